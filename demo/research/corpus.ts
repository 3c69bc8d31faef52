/**
 * Where the team gets its documents from. The headless program reads a folder, the web page reads what was bundled or
 * dropped on it; agents see only this port, so that the same team runs in both.
 */
export interface Corpus {
  /** Paths of all documents, in a fixed order. They are shown in sources, so they should mean something to people. */
  list(): Promise<readonly string[]>;
  /** The text of one document. Rejects when there is none of that path. */
  read(path: string): Promise<string>;
}

/** A corpus from texts already at hand: `{ 'guide.md': '# Guide …' }`. */
export function memoryCorpus(documents: Readonly<Record<string, string>>): Corpus {
  const texts = new Map(Object.entries(documents));
  return {
    list: async () => [...texts.keys()].sort(),
    read: async (path) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`no document ${path} in this corpus`);
      return text;
    },
  };
}
