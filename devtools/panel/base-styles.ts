import { DARK, FONT, LIGHT, paletteCss } from './palette.js';

/** What holds for the button as for the panel behind it: colours and font. The rest loads when the panel is opened. */
export const BASE_STYLES: string = `
:host {
  all: initial;
  display: contents;
  color-scheme: light dark;
}
.root {
  ${paletteCss(LIGHT)}
  color-scheme: light;
  font: 12.5px/1.45 ${FONT};
  color: var(--text);
  -webkit-font-smoothing: antialiased;
}
.root[data-theme='dark'] {
  ${paletteCss(DARK)}
  color-scheme: dark;
}
*, *::before, *::after { box-sizing: border-box; }
.root [hidden] { display: none; }
.root h2, .root h3, .root p, .root ul, .root ol, .root dl, .root dd, .root fieldset, .root figure { margin: 0; padding: 0; border: 0; }
.root ul, .root ol { list-style: none; }

.opener {
  position: fixed; right: calc(16px + 52px * var(--corner, 0)); bottom: 16px; z-index: 2147483000;
  width: 44px; height: 44px; border-radius: 50%; padding: 0;
  border: 1px solid var(--border); background: var(--raised); color: var(--accent);
  box-shadow: 0 2px 10px rgb(16 24 40 / 0.18); cursor: pointer;
  display: grid; place-items: center;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.opener:hover { background: var(--tint); }
.root[data-dock='fill'] .opener { position: absolute; }
`;
