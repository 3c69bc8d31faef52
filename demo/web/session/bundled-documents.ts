/** The README files of the packages installed when the page was built. A chunk of its own: imported when first needed. */
const readmes = import.meta.glob<string>(
  [
    '../../../node_modules/*/{README,readme,Readme}.md',
    '../../../node_modules/@*/*/{README,readme,Readme}.md',
    '!**/@types/**',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** Bounds of what is searched, whatever is installed. */
const MOST_FILES = 400;
const MOST_CHARACTERS = 2_000_000;

/** By path as the headless program shows it: `node_modules/ajv/README.md`. */
export function bundledDocuments(): Record<string, string> {
  const documents: Record<string, string> = {};
  let files = 0;
  let characters = 0;
  for (const [path, text] of Object.entries(readmes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (files >= MOST_FILES || characters + text.length > MOST_CHARACTERS) continue;
    files++;
    characters += text.length;
    documents[path.replace(/^(?:\.\.\/)+/u, '')] = text;
  }
  return documents;
}
