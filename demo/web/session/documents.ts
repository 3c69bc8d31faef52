import { type Corpus, memoryCorpus } from '../../research/corpus.js';

/** What the team reads: the bundled documents, or files of the user's own, by name. */
export type Documents =
  | { readonly kind: 'packages' }
  | { readonly kind: 'own'; readonly texts: Readonly<Record<string, string>> };

/** Bounds of what is taken, so that any folder may be dropped. */
const MOST_FILES = 200;
const MOST_BYTES = 4_000_000;
const DOCUMENT = /\.(?:md|markdown|mdx|txt|text)$/iu;

export const ACCEPTED_FILES = '.md,.markdown,.mdx,.txt,.text,text/plain,text/markdown';

export function corpusOf(documents: Documents): Corpus {
  if (documents.kind === 'own') return memoryCorpus(documents.texts);
  let bundled: Promise<Corpus> | undefined;
  const load = (): Promise<Corpus> => {
    bundled ??= import('./bundled-documents.js').then((module) => memoryCorpus(module.bundledDocuments()));
    return bundled;
  };
  return {
    list: async () => (await load()).list(),
    read: async (path) => (await load()).read(path),
  };
}

export interface FilesTaken {
  readonly texts: Record<string, string>;
  /** Names of those left out: no text, or past the bounds. */
  readonly leftOut: readonly string[];
}

/** Reads the text files among those dropped or chosen. Two of one name are both kept. */
export async function takeFiles(files: readonly File[]): Promise<FilesTaken> {
  const texts: Record<string, string> = {};
  const leftOut: string[] = [];
  let bytes = 0;
  for (const file of files) {
    const fits = Object.keys(texts).length < MOST_FILES && bytes + file.size <= MOST_BYTES;
    const text = DOCUMENT.test(file.name) && fits ? await file.text() : '';
    if (text.trim() === '') {
      leftOut.push(file.name);
      continue;
    }
    bytes += file.size;
    texts[freeName(file.name, texts)] = text;
  }
  return { texts, leftOut };
}

function freeName(name: string, taken: Readonly<Record<string, string>>): string {
  let free = name;
  for (let number = 2; Object.hasOwn(taken, free); number++)
    free = name.replace(/(\.\w+)$/u, ` (${number})$1`);
  return free;
}
