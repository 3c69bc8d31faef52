import { isNearlySame } from '../nearly-same.js';
import type { SchemaNode } from './copy-schema.js';
import { KEYWORDS } from './keywords.js';

/** So many notes are written, and so many names looked at: whoever has annotations by the hundred means them. */
const MOST_NOTES = 10;
const MOST_NAMES = 200;

/** A `note` is no `not`. */
const SHORTEST = 4;
const NAMES: readonly string[] = [...KEYWORDS.keys(), 'const'].filter(({ length }) => length >= SHORTEST);

/**
 * Tells the developer of a keyword that is none but nearly: `requird` is an annotation to JSON Schema, so it checks nothing,
 * and nobody would know.
 */
export class KeywordNote {
  readonly #warn: (note: string) => void;
  /** The keyword that a name was meant to be, by the name. */
  readonly #meant = new Map<string, string | undefined>();
  #written = 0;

  constructor(warn: (note: string) => void) {
    this.#warn = warn;
  }

  /** @param where names the schema: `agent "reader", input schema`. */
  write(where: string, nodes: ReadonlyMap<SchemaNode, string>): void {
    for (const [node, pointer] of nodes) {
      for (const name of Object.keys(node)) {
        if (this.#written >= MOST_NOTES) return;
        const meant = KEYWORDS.has(name) || name === 'const' ? undefined : this.#meantBy(name);
        if (meant === undefined) continue;
        this.#written++;
        const place = `${where}: schema${pointer}/${name}`;
        this.#warn(`${place} is no keyword of JSON Schema, so it checks nothing; did you mean "${meant}"?`);
      }
    }
  }

  #meantBy(name: string): string | undefined {
    if (this.#meant.has(name) || this.#meant.size >= MOST_NAMES) return this.#meant.get(name);
    const meant = NAMES.find((keyword) => name.length >= SHORTEST && isNearlySame(name, keyword, true));
    this.#meant.set(name, meant);
    return meant;
  }
}
