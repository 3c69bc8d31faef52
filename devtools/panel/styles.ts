import { FORCED_COLOURS } from './forced-colours.js';
import { NARROW } from './preferences.js';
import { VIEW_STYLES } from './view-styles.js';

/**
 * Dock, chrome and controls of the panel, and what its views look like. Text, so that it can be adopted; a comment in it
 * would be loaded with it, so the reasons are here:
 * - NARROW: half of a phone's screen shows neither the page nor the panel; there it takes all of it.
 * - `.resizer`, for a finger: it reaches out of the panel, over the page, as inside are buttons.
 * - `.button.primary[disabled]`: its label is made for the accent colour, which is not behind it then.
 * - `.brand`: figures change, the name does not. Where there is not room for both, it is the name that is cut.
 * - `.notice.thin`: above the time, where it moves nothing that is looked at.
 * - `.dialog textarea`: as high as ten lines where the panel has room for them.
 * - `.dialog-foot`: what went wrong and the buttons stay in sight, however low the panel is and however long the reason.
 */
export const PANEL_STYLES: string = `
.panel {
  position: fixed; z-index: 2147483000; display: flex; flex-direction: column;
  background: var(--background); overflow: hidden; container-type: size;
}
.root[data-dock='bottom'] .panel { left: 0; right: 0; bottom: 0; height: max(var(--size), 220px); max-height: 100%; border-top: 1px solid var(--border); }
.root[data-dock='top'] .panel { left: 0; right: 0; top: 0; height: max(var(--size), 220px); max-height: 100%; border-bottom: 1px solid var(--border); }
.root[data-dock='left'] .panel { left: 0; top: 0; bottom: 0; width: max(var(--size), 320px); max-width: 100%; border-right: 1px solid var(--border); }
.root[data-dock='right'] .panel { right: 0; top: 0; bottom: 0; width: max(var(--size), 320px); max-width: 100%; border-left: 1px solid var(--border); }
.root:not([data-dock='fill']) .panel { box-shadow: 0 0 24px rgb(16 24 40 / 0.14); }
.root[data-dock='fill'] { position: relative; display: block; width: 100%; height: 100%; min-height: 240px; }
.root[data-dock='fill'] .panel { position: absolute; inset: 0; z-index: 0; }
@media ${NARROW} {
  .root:not([data-dock='fill']) .panel { inset: 0; width: auto; height: auto; border: 0; }
  .root:not([data-dock='fill']) .resizer { display: none; }
}

.resizer { position: absolute; z-index: 5; background: transparent; touch-action: none; border: 0; padding: 0; }
.resizer::after { content: ''; position: absolute; background: var(--accent); opacity: 0; }
.resizer:hover::after, .resizer:focus-visible::after, .resizer:active::after { opacity: 1; }
.root[data-dock='bottom'] .resizer, .root[data-dock='top'] .resizer { left: 0; right: 0; height: 10px; cursor: ns-resize; }
.root[data-dock='bottom'] .resizer { top: -4px; } .root[data-dock='top'] .resizer { bottom: -4px; }
.root[data-dock='left'] .resizer, .root[data-dock='right'] .resizer { top: 0; bottom: 0; width: 10px; cursor: ew-resize; }
.root[data-dock='left'] .resizer { right: -4px; } .root[data-dock='right'] .resizer { left: -4px; }
.root[data-dock='bottom'] .resizer::after, .root[data-dock='top'] .resizer::after { left: 0; right: 0; top: 4px; height: 2px; }
.root[data-dock='left'] .resizer::after, .root[data-dock='right'] .resizer::after { top: 0; bottom: 0; left: 4px; width: 2px; }
@media (pointer: coarse) {
  .root:not([data-dock='fill']) .panel { overflow: clip; overflow-clip-margin: 16px; }
  .root[data-dock='bottom'] .resizer, .root[data-dock='top'] .resizer { height: 24px; }
  .root[data-dock='left'] .resizer, .root[data-dock='right'] .resizer { width: 24px; }
  .root[data-dock='bottom'] .resizer { top: -16px; } .root[data-dock='top'] .resizer { bottom: -16px; }
  .root[data-dock='left'] .resizer { right: -16px; } .root[data-dock='right'] .resizer { left: -16px; }
  .root[data-dock='bottom'] .resizer::after { top: 15px; } .root[data-dock='top'] .resizer::after { top: 7px; }
  .root[data-dock='right'] .resizer::after { left: 15px; } .root[data-dock='left'] .resizer::after { left: 7px; }
}

.button, .icon-button {
  font: inherit; color: inherit; background: transparent; border: 1px solid transparent; border-radius: 6px;
  height: 28px; display: inline-flex; align-items: center; justify-content: center; gap: 6px; cursor: pointer; white-space: nowrap;
}
.icon-button { width: 28px; padding: 0; color: var(--muted); flex: none; }
.button { padding: 0 10px; border-color: var(--border); background: var(--raised); }
.button:hover, .icon-button:hover { background: var(--tint); color: var(--text); }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.primary:hover { filter: brightness(1.08); color: var(--on-accent); }
.button.danger { color: var(--bad); }
.button[disabled], .icon-button[disabled], .icon-button[aria-disabled='true'] { opacity: 0.45; cursor: default; background: transparent; }
.button.primary[disabled] { opacity: 1; filter: none; border-color: var(--border); background: var(--surface); color: var(--muted); }
.icon-button[aria-pressed='true'], .button[aria-pressed='true'] { background: var(--tint); color: var(--accent); }
.field {
  font: inherit; color: var(--text); background: var(--background); border: 1px solid var(--border); border-radius: 6px;
  height: 28px; padding: 0 8px; min-width: 0;
}
textarea.field { height: auto; padding: 6px 8px; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; resize: vertical; }
textarea.prose { font: inherit; line-height: 1.5; }
.field::placeholder { color: var(--muted); opacity: 1; }
.field[aria-invalid='true'] { border-color: var(--bad); }
select.field { padding: 0 4px; }
.speed { width: 58px; }

.toolbar {
  display: flex; align-items: center; gap: 4px; padding: 5px 8px; border-bottom: 1px solid var(--border);
  background: var(--surface); flex: none; min-width: 0;
}
.brand { display: flex; align-items: center; gap: 7px; font-weight: 600; padding-right: 6px; min-width: 64px; flex: 0 1000 auto; }
.brand svg { color: var(--accent); flex: none; }
.brand span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.spacer { flex: 1 1 0; min-width: 0; }
.divider { width: 1px; height: 18px; background: var(--border); margin: 0 4px; flex: none; }
.figures { display: flex; gap: 12px; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; overflow: hidden; }
.figures b { color: var(--text); font-weight: 600; }

.tabs { display: flex; gap: 2px; padding: 0 8px; border-bottom: 1px solid var(--border); background: var(--surface); flex: none; overflow-x: auto; scrollbar-width: none; }
.tab {
  font: inherit; color: var(--muted); background: none; border: 0; padding: 7px 10px 6px; cursor: pointer; white-space: nowrap;
  border-bottom: 2px solid transparent; display: inline-flex; gap: 6px; align-items: center;
}
.tab:hover { color: var(--text); }
.tab[aria-selected='true'] { color: var(--text); border-bottom-color: var(--accent); font-weight: 600; }
.tab:focus-visible { outline-offset: -2px; }
.count { font-size: 11px; font-weight: 600; line-height: 16px; min-width: 16px; padding: 0 5px; border-radius: 8px; background: var(--tint); color: var(--accent); text-align: center; font-variant-numeric: tabular-nums; }
.count.bad { background: var(--bad-tint); color: var(--bad); }
.view { flex: 1 1 0; min-height: 0; overflow: hidden; position: relative; display: flex; flex-direction: column; outline-offset: -2px; }

.timebar { display: flex; align-items: center; gap: 4px; padding: 4px 8px; border-top: 1px solid var(--border); background: var(--surface); flex: none; }
.timebar input[type='range'] { flex: 1 1 80px; min-width: 60px; accent-color: var(--accent); height: 20px; margin: 0 4px; }
.timebar .moment { font-variant-numeric: tabular-nums; color: var(--muted); white-space: nowrap; min-width: 128px; text-align: right; }
.live-dot { width: 8px; height: 8px; border-radius: 50%; background: var(--good); flex: none; }
.button[aria-pressed='false'] .live-dot { background: var(--muted); }
.slider { position: relative; flex: 1 1 80px; display: flex; min-width: 60px; }
.ticks { position: absolute; left: 12px; right: 12px; bottom: 0; height: 3px; pointer-events: none; }
.ticks i { position: absolute; width: 2px; height: 3px; background: var(--bad); }

.notice { padding: 6px 12px; background: var(--warn-tint); color: var(--warn); border-bottom: 1px solid var(--border); display: flex; gap: 8px; align-items: center; flex: none; }
.notice.bad { background: var(--bad-tint); color: var(--bad); }
.notice .spacer { flex: 1; }
.notice.thin { padding: 2px 8px 2px 12px; border-bottom: 0; border-top: 1px solid var(--border); min-height: 27px; }
.notice.thin .button { height: 22px; }
.toast {
  position: absolute; left: 12px; right: 12px; bottom: 50px; z-index: 25; width: fit-content; max-width: min(520px, 100% - 24px); margin: 0 auto;
  display: flex; gap: 10px; align-items: center; padding: 5px 5px 5px 12px; border-radius: 9px; overflow-wrap: anywhere;
  background: var(--raised); color: var(--text); border: 1px solid var(--border); box-shadow: 0 8px 28px rgb(16 24 40 / 0.22);
}
.toast.bad { border-color: var(--bad); color: var(--bad); }
.toast .icon-button { height: 24px; width: 24px; }
.root .empty { margin: auto; padding: 24px; max-width: 44ch; text-align: center; color: var(--muted); }
.empty strong { display: block; color: var(--text); font-size: 14px; font-weight: 600; margin-bottom: 4px; }
.empty svg { display: block; margin: 0 auto 10px; opacity: 0.7; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.menu { position: relative; }
.menu-list {
  position: absolute; right: 0; top: 32px; z-index: 20; min-width: 224px; padding: 4px; background: var(--raised);
  border: 1px solid var(--border); border-radius: 8px; box-shadow: 0 8px 28px rgb(16 24 40 / 0.22);
  max-height: calc(100cqh - 48px); overflow-y: auto;
}
.menu-list button { font: inherit; color: inherit; background: none; border: 0; width: 100%; text-align: left; padding: 6px 10px; border-radius: 5px; cursor: pointer; display: flex; gap: 8px; align-items: center; }
.menu-list button:hover, .menu-list button:focus-visible { background: var(--tint); }
.menu-list button[disabled] { opacity: 0.45; }
.menu-list .check { width: 14px; color: var(--accent); }
.menu-list hr { border: 0; border-top: 1px solid var(--border); margin: 4px 0; }
.menu-title { font-size: 11px; font-weight: 600; color: var(--muted); padding: 4px 10px 2px; }

.backdrop { position: absolute; inset: 0; z-index: 30; background: rgb(10 14 22 / 0.42); display: grid; place-items: center; padding: 12px; }
.dialog { background: var(--raised); border: 1px solid var(--border); border-radius: 10px; width: min(560px, 100%); max-height: 100%; overflow: auto; padding: 16px; display: flex; flex-direction: column; gap: 10px; box-shadow: 0 16px 48px rgb(16 24 40 / 0.3); }
.dialog h2 { font-size: 15px; font-weight: 600; }
.dialog label, .form-row > span { display: block; font-weight: 600; margin-bottom: 3px; }
.dialog .row, .actions { display: flex; gap: 8px; align-items: center; justify-content: flex-end; flex-wrap: wrap; }
.dialog .field { width: 100%; }
.dialog textarea.field { height: clamp(68px, 100cqh - 260px, 194px); }
.dialog-foot { position: sticky; bottom: -16px; margin: 0 -16px -16px; padding: 6px 16px 16px; background: var(--raised); display: flex; flex-direction: column; gap: 10px; }
.dialog-foot .error-text { max-height: 72px; overflow: auto; }

@container (max-width: 620px) {
  .hide-narrow { display: none; }
  .timebar .moment { min-width: 0; }
  .tab { padding: 7px 7px 6px; }
  .tabs { padding-right: 20px; mask-image: linear-gradient(to left, transparent, #000 22px); }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .icon-button, .tab { transition: background-color 120ms, color 120ms; }
}
${VIEW_STYLES}
${FORCED_COLOURS}
`;
