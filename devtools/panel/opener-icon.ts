/** The mark of the panel: three nodes and what flows between them, in 24 × 24. */
export const ICON_PATH = 'M4 4h6v6H4zM14 14h6v6h-6zM14 4h6v6h-6zM10 7h4M17 10v4M7 10v7h7';
