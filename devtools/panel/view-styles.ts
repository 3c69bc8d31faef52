/** What the single views look like. */
export const VIEW_STYLES: string = `
/* What the page's people wrote may run from right to left in the middle of our English: each is a direction of its own. */
.chip, .json .key, .json .string, .json .lost, .ask, .error-text, .brand span, .card .title > :first-child, td.name, .table-row > * { unicode-bidi: plaintext; }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 11.5px; }
.split { flex: 1 1 0; min-height: 0; display: flex; }
.split > .main { flex: 1 1 0; min-width: 0; min-height: 0; display: flex; flex-direction: column; }
.split > .side { flex: 0 0 min(42%, 460px); border-left: 1px solid var(--border); overflow: auto; background: var(--background); }
@container (max-width: 720px) {
  .split { flex-direction: column; }
  .split > .side { flex: 0 1 auto; max-height: 56%; border-left: 0; border-top: 1px solid var(--border); min-height: 0; }
}
.viewbar { display: flex; gap: 6px; align-items: center; padding: 6px 8px; border-bottom: 1px solid var(--border); flex: none; flex-wrap: wrap; }
.viewbar .search { flex: 1 1 180px; position: relative; display: flex; }
.viewbar .search .field { width: 100%; padding-left: 28px; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px; }
.viewbar .search svg { position: absolute; left: 8px; top: 7px; color: var(--muted); pointer-events: none; }
.viewbar .hint { color: var(--muted); }
.viewbar .hint.bad { color: var(--bad); }

.table { flex: 1 1 0; min-height: 0; overflow-y: auto; position: relative; outline-offset: -2px; overflow-anchor: none; }
.table-head, .table-row { display: grid; grid-template-columns: var(--columns); align-items: center; min-width: 100%; }
.table-head { height: 26px; border-bottom: 1px solid var(--border); color: var(--muted); font-weight: 600; font-size: 11.5px; background: var(--surface); position: sticky; top: 0; z-index: 2; }
.table-head > *, .table-row > * { padding: 0 8px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.table-row { position: absolute; left: 0; right: 0; height: 26px; contain: strict; border-bottom: 1px solid var(--grid); cursor: default; font-variant-numeric: tabular-nums; }
.table-row:hover { background: var(--surface); }
.table-row[aria-selected='true'] { background: var(--tint); }
.table-row[data-compared='true'] { box-shadow: inset 3px 0 0 var(--accent); }
.table-row .end, .table-head .end { text-align: right; }
.table[data-narrow='true'] .wide { display: none; }
.table-row .chip { border: 0; background: none; padding: 0; font-size: inherit; font-weight: 500; }
.table > .empty { position: absolute; inset: 26px 0 0; display: grid; place-content: center; margin: 0 auto; }
.canvas-slot .empty { position: absolute; inset: 0; display: grid; place-content: center; margin: 0 auto; pointer-events: none; }
.dim { color: var(--muted); }
.status { display: inline-flex; align-items: center; gap: 6px; flex: none; }
.status::before { content: ''; width: 7px; height: 7px; border-radius: 50%; background: var(--dot); flex: none; }
.status[data-shape='ring']::before { background: transparent; box-shadow: inset 0 0 0 2px var(--dot); }
.status[data-shape='square']::before { border-radius: 1px; }
.chip { display: inline-block; padding: 0 6px; border-radius: 4px; line-height: 18px; background: var(--surface); border: 1px solid var(--border); font-size: 11.5px; max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: middle; }
.chip.channel { color: var(--channel); }
.chip.agent { color: var(--busy); }

.detail { padding: 12px; display: flex; flex-direction: column; gap: 12px; }
.detail h2 { font-size: 13px; font-weight: 600; display: flex; gap: 8px; align-items: center; min-width: 0; }
.detail h3 { font-size: 11.5px; font-weight: 600; color: var(--muted); margin-bottom: 4px; display: flex; align-items: center; gap: 6px; }
.facts { display: grid; grid-template-columns: minmax(72px, max-content) 1fr; gap: 3px 12px; }
.facts dt { color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
.block { border: 1px solid var(--border); border-radius: 8px; background: var(--surface); padding: 8px 10px; overflow: auto; }
.failed { width: 100%; max-width: 560px; margin: 0 auto; }
.failed h2 { font-size: 14px; font-weight: 600; }
.failed .error-text { margin: 6px 0; }
.error-text { color: var(--bad); overflow-wrap: anywhere; white-space: pre-wrap; }
.error { min-width: 0; }
.error summary { color: var(--muted); cursor: pointer; width: fit-content; }
.error pre { font: 11.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; max-height: 160px; margin-top: 2px; overflow: auto; overflow-wrap: anywhere; white-space: pre-wrap; }

.json { font: 12px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.json ul { padding-left: 14px; border-left: 1px solid var(--border); margin-left: 5px; }
.json .line { display: block; white-space: pre-wrap; border-radius: 3px; }
.json .toggle { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: left; }
.json .toggle::before { content: '▸'; display: inline-block; width: 13px; color: var(--muted); }
.json .toggle[aria-expanded='true']::before { content: '▾'; }
.json .leaf { padding-left: 13px; }
.json .key { color: var(--text); }
.json .string { color: var(--string); }
.json .number { color: var(--number); }
.json .literal { color: var(--keyword); }
.json .lost { color: var(--warn); font-style: italic; }
.diff .line { padding: 0 4px; }
.diff .added { background: color-mix(in srgb, var(--good) 16%, transparent); }
.diff .removed { background: color-mix(in srgb, var(--bad) 16%, transparent); }

.scroll { flex: 1 1 0; min-height: 0; overflow: auto; padding: 12px; display: flex; flex-direction: column; gap: 14px; }
.section > h2, .scroll > h2 { font-size: 12.5px; font-weight: 600; }
.section > h2 { margin-bottom: 6px; display: flex; gap: 8px; align-items: center; min-height: 28px; }
.section > h2 .field { margin-left: auto; font-weight: 400; width: min(220px, 45%); }
.section > h2 .dim { font-weight: 400; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 8px; }
.card { border: 1px solid var(--border); border-radius: 8px; padding: 8px 10px; background: var(--raised); min-width: 0; display: flex; flex-direction: column; gap: 4px; }
.card .title { font-weight: 600; display: flex; justify-content: space-between; gap: 8px; min-width: 0; }
.card .title > .dim { font-weight: 400; max-width: 50%; flex: none; }
.card .title .icon-button { width: 22px; height: 22px; margin: -2px -4px -2px 0; }
.card .title > :first-child, .card .title > .dim, .channels .name, .channels .readers { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.card .numbers { display: flex; flex-wrap: wrap; gap: 2px 12px; color: var(--muted); font-variant-numeric: tabular-nums; }
.meter { height: 5px; border-radius: 3px; background: var(--grid); overflow: hidden; border: 1px solid var(--border); }
.meter i { display: block; height: 100%; background: var(--channel); width: var(--share); }
.meter[data-level='full'] i { background: var(--bad); }
.meter[data-level='high'] i { background: var(--warn); }
.board { align-items: start; display: grid; grid-template-columns: repeat(4, minmax(150px, 1fr)); gap: 8px; overflow-x: auto; }
.column { background: var(--surface); border: 1px solid var(--border); border-radius: 8px; padding: 6px; display: flex; flex-direction: column; gap: 6px; min-height: 72px; max-height: 340px; overflow-y: auto; }
.column h3 { font-size: 11.5px; font-weight: 600; color: var(--muted); padding: 0 4px; display: flex; justify-content: space-between; }
.plain { width: 100%; border-collapse: collapse; }
.plain th { text-align: left; font-weight: 600; font-size: 11.5px; color: var(--muted); padding: 3px 8px; border-bottom: 1px solid var(--border); }
.plain td { padding: 4px 8px; border-bottom: 1px solid var(--grid); vertical-align: top; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.plain .end { text-align: right; }

.root .inbox { display: grid; gap: 10px; max-width: 720px; width: 100%; margin: 0 auto; }
.form-row > label:not(.checkbox) { display: block; font-weight: 600; margin-bottom: 3px; }
.question { border: 1px solid var(--border); border-radius: 10px; padding: 14px; background: var(--raised); display: flex; flex-direction: column; gap: 10px; }
.question .ask { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
.form { display: flex; flex-direction: column; gap: 10px; }
.form-row .field:not([type='checkbox']) { width: 100%; max-width: 560px; }
.form small { color: var(--muted); display: block; }
.form small.bad { color: var(--bad); }
.form fieldset { border: 1px solid var(--border); border-radius: 8px; padding: 8px 10px; display: flex; flex-direction: column; gap: 8px; }
.form legend { font-weight: 600; padding: 0 4px; }
.checkbox { display: inline-flex; gap: 8px; align-items: center; }
.ticked { display: flex; flex-wrap: wrap; gap: 4px 16px; max-height: 180px; overflow-y: auto; }
.wanted { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: flex-start; justify-content: space-between; margin-top: 4px; max-width: 560px; }
.wanted .json { flex: 1 1 240px; max-height: 220px; overflow: auto; }
.no-value { display: flex; color: var(--muted); margin-top: 3px; }

.root .problems { display: grid; border: 1px solid var(--border); border-radius: 8px; background: var(--raised); overflow: hidden; flex: none; }
.problem { padding: 7px 8px 7px 12px; display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; align-items: center; box-shadow: inset 3px 0 0 var(--dot); }
.problem + .problem { border-top: 1px solid var(--border); }
.problem .times { font-weight: 600; font-variant-numeric: tabular-nums; }
.problem .where { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
.problem .error { grid-column: 1 / -1; font-size: 12px; }
.channels td { vertical-align: middle; }
.channels .meter { width: 72px; display: inline-block; vertical-align: middle; }
.channels .name, .channels .readers { max-width: min(280px, 40cqw); }
.channels .name { color: var(--channel); font-weight: 500; }
.channels .icon-button { width: 24px; height: 24px; margin: -3px 0; }
.channels td:last-child { width: 32px; padding: 0 4px; }
.channels tbody tr:hover { background: var(--surface); }
.sheet { border: 1px solid var(--border); border-radius: 8px; overflow-x: auto; background: var(--raised); }
.sheet .plain tr:last-child td { border-bottom: 0; }
.sheet .plain th, .sheet .plain td { padding-left: 10px; padding-right: 10px; white-space: nowrap; }
@container (max-width: 640px) {
  .channels .roomy, .channels .meter { display: none; }
  .root .board { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@container (max-width: 560px) {
  .problem { grid-template-columns: 1fr; gap: 6px; }
  .problem .actions { grid-row: 3; justify-content: flex-start; }
}
.root .more { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; margin-top: 6px; }
.filters { display: flex; gap: 4px; flex-wrap: wrap; }

.canvas-slot { position: relative; flex: 1 1 0; min-height: 0; overflow: hidden; }
.canvas-slot canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; touch-action: none; outline-offset: -2px; }
.outline { max-height: 50%; overflow: auto; border-top: 1px solid var(--border); padding: 8px 12px; flex: none; background: var(--background); }
.outline ul ul { padding-left: 16px; }
.outline button { font: inherit; color: inherit; background: none; border: 0; padding: 1px 4px; border-radius: 4px; cursor: pointer; text-align: left; }
.outline button:hover, .outline button[aria-pressed='true'] { background: var(--tint); }
`;
