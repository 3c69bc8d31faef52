/** For high contrast, where the system's few colours take the place of ours: what was told by a tint alone is told anew. */
export const FORCED_COLOURS: string = `
@media (forced-colors: active) {
  /* A border that is transparent would be seen under every tab. */
  .tab { border-bottom-color: Canvas; }
  .tab[aria-selected='true'] { border-bottom-color: Highlight; }
  .table-row[aria-selected='true'], .icon-button[aria-pressed='true'], .button[aria-pressed='true'],
  .outline button[aria-pressed='true'], .menu-list button:focus-visible {
    forced-color-adjust: none; background: Highlight; color: HighlightText; border-color: Highlight;
  }
  .table-row[aria-selected='true'] *, .button[aria-pressed='true'] *, .menu-list button:focus-visible * { color: HighlightText; }
  .table-row[data-compared='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
  .resizer { forced-color-adjust: none; }
  .resizer::after { background: Highlight; }
  /* Their colours are what they say; the words beside them say it too. */
  .status::before, .live-dot, .meter i, .ticks i { forced-color-adjust: none; }
}
`;
