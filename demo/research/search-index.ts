import MiniSearch from 'minisearch';
import type { Section } from './sections.js';
import { stemsOf } from './terms.js';

/** A term of a query. `weight` 1 is a term of the question itself; context and feedback terms weigh less. */
export interface QueryTerm {
  readonly stem: string;
  readonly word: string;
  readonly weight: number;
}

export interface SectionHit {
  readonly section: Section;
  readonly score: number;
  /** Stems of the query found in it. */
  readonly matched: readonly string[];
}

export interface DocumentHit {
  readonly path: string;
  readonly score: number;
  /** Its matching sections, best first. */
  readonly sections: readonly SectionHit[];
}

interface IndexedSection {
  readonly id: number;
  readonly headings: string;
  readonly prose: string;
  readonly code: string;
  readonly path: string;
}

/** Added to every weight, so that in a small folder, where every section has the subject, the subject still counts. */
const SMOOTHING = 0.5;
const BOOST = { headings: 2, prose: 1, code: 0.4, path: 0.5 };

/** BM25 over sections, gathered by document. */
export class SearchIndex {
  readonly #sections: Section[] = [];
  readonly #frequency = new Map<string, number>();
  readonly #index = new MiniSearch<IndexedSection>({
    fields: ['headings', 'prose', 'code', 'path'],
    tokenize: stemsOf, // stems already, stop words gone
    processTerm: (stem) => stem,
    searchOptions: { boost: BOOST, combineWith: 'OR', prefix: false, fuzzy: false },
  });

  constructor(sections: readonly Section[] = []) {
    for (const section of sections) this.add(section);
  }

  get size(): number {
    return this.#sections.length;
  }

  add(section: Section): void {
    const id = this.#sections.push(section) - 1;
    const headings = section.headings.join(' ');
    const path = section.path.replace(/\.\w+$/u, '').replace(/readme|node_modules/giu, ' ');
    this.#index.add({ id, headings, prose: section.prose, code: section.code, path });
    for (const stem of new Set(stemsOf(`${headings} ${section.prose}`))) {
      this.#frequency.set(stem, (this.#frequency.get(stem) ?? 0) + 1);
    }
  }

  /** Number of sections whose headings or prose hold the term. */
  documentFrequency(stem: string): number {
    return this.#frequency.get(stem) ?? 0;
  }

  /** How telling a term is: high for rare ones, low for those in every section, the highest for unknown ones. */
  inverseFrequency(stem: string): number {
    const frequency = this.documentFrequency(stem);
    return SMOOTHING + Math.log(1 + (this.#sections.length - frequency + 0.5) / (frequency + 0.5));
  }

  /** Sections by BM25, those that match more of the query's weight first. Ties keep the order of the corpus. */
  searchSections(query: readonly QueryTerm[]): SectionHit[] {
    if (query.length === 0) return [];
    const weights = new Map(query.map((term) => [term.stem, term.weight]));
    const weigh = (stem: string): number => (weights.get(stem) ?? 0) * this.inverseFrequency(stem);
    const total = query.reduce((sum, term) => sum + weigh(term.stem), 0);
    const results = this.#index.search([...weights.keys()].join(' '), {
      tokenize: (text) => text.split(' '),
      boostTerm: (stem) => weights.get(stem) ?? 1,
    });
    const hits = results.flatMap(({ id, score, queryTerms }) => {
      const section = this.#sections[Number(id)];
      if (!section) return [];
      const share = queryTerms.reduce((sum, stem) => sum + weigh(stem), 0) / (total || 1);
      return [{ id: Number(id), hit: { section, score: score * share, matched: queryTerms } }];
    });
    return hits.sort((a, b) => b.hit.score - a.hit.score || a.id - b.id).map(({ hit }) => hit);
  }

  /** Documents by their best sections: further sections count half as much as the one before. */
  searchDocuments(query: readonly QueryTerm[], limit: number): DocumentHit[] {
    const byPath = new Map<string, SectionHit[]>();
    for (const hit of this.searchSections(query)) {
      const hits = byPath.get(hit.section.path);
      if (hits) hits.push(hit);
      else byPath.set(hit.section.path, [hit]);
    }
    return [...byPath]
      .map(([path, sections]) => ({
        path,
        sections,
        score: sections.slice(0, 4).reduce((sum, hit, rank) => sum + hit.score / 2 ** rank, 0),
      }))
      .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
      .slice(0, limit);
  }
}
