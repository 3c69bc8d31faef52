import type { Corpus } from './corpus.js';
import { type ParsedDocument, parseDocument } from './markdown.js';
import { SearchIndex } from './search-index.js';
import { skimSections } from './sections.js';
import { englishShare } from './terms.js';

export interface LibraryFigures {
  readonly documents: number;
  readonly sections: number;
  readonly characters: number;
}

/** The documents in hand: skimmed once for the search index, parsed one by one when somebody reads them. */
export class Library {
  readonly index: SearchIndex;
  readonly figures: LibraryFigures;
  readonly #corpus: Corpus;
  readonly #parsed = new Map<string, Promise<ParsedDocument>>();

  private constructor(corpus: Corpus, index: SearchIndex, figures: LibraryFigures) {
    this.#corpus = corpus;
    this.index = index;
    this.figures = figures;
  }

  /**
   * Skims every document of the corpus. The index is derived data: after a crash it is simply built again.
   * Documents that are not English prose are left out while others are there, since stems and stop words are English.
   */
  static async open(
    corpus: Corpus,
    onProgress: (done: number, total: number) => void = () => {},
  ): Promise<Library> {
    const paths = await corpus.list();
    const texts: { readonly path: string; readonly text: string }[] = [];
    const seen = new Set<string>();
    for (const [done, path] of paths.entries()) {
      const text = await corpus.read(path);
      if (!seen.has(text)) texts.push({ path, text }); // copies of one package's documents
      seen.add(text);
      onProgress(done + 1, paths.length);
    }
    const english = texts.filter(({ text }) => englishShare(text.slice(0, 20_000)) > 0.12);
    const kept = english.length > 0 ? english : texts;
    const sections = kept.flatMap(({ path, text }) => skimSections(path, text));
    const characters = kept.reduce((sum, { text }) => sum + text.length, 0);
    return new Library(corpus, new SearchIndex(sections), {
      documents: kept.length,
      sections: sections.length,
      characters,
    });
  }

  /** Parses a document, once. */
  document(path: string): Promise<ParsedDocument> {
    let parsed = this.#parsed.get(path);
    if (!parsed) {
      parsed = this.#corpus.read(path).then((text) => parseDocument(path, text));
      this.#parsed.set(path, parsed);
      parsed.catch(() => this.#parsed.delete(path)); // so that a retry reads again
    }
    return parsed;
  }
}
