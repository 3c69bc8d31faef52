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

/** Least share of English function words in an English text. */
const LEAST_ENGLISH = 0.12;
/** Indexing rests after so long, for painting and input to have their turn. */
const WORK_MILLISECONDS = 12;

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
    const texts = new Map<string, string>();
    const seen = new Set<string>();
    for (const path of paths) {
      const text = await corpus.read(path);
      if (!seen.has(text)) texts.set(path, text); // one package's documents may be there twice
      seen.add(text);
    }
    const english = [...texts].filter(([, text]) => englishShare(text.slice(0, 20_000)) > LEAST_ENGLISH);
    const kept = english.length > 0 ? english : [...texts];
    const index = new SearchIndex();
    let rested = performance.now();
    for (const [done, [path, text]] of kept.entries()) {
      for (const section of skimSections(path, text)) index.add(section);
      onProgress(done + 1, kept.length);
      if (performance.now() - rested < WORK_MILLISECONDS) continue;
      await new Promise<void>((resolve) => setTimeout(resolve));
      rested = performance.now();
    }
    const characters = kept.reduce((sum, [, text]) => sum + text.length, 0);
    return new Library(corpus, index, { documents: kept.length, sections: index.size, characters });
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
