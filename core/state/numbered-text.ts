/** The last three digits of a number, as text: of one below 1,000, and of a larger one, with leading zeros. */
interface Endings {
  readonly small: readonly string[];
  readonly large: readonly string[];
}

/** Endings for {@link NumberedText} with something after the number. */
export function endingsWith(suffix: string): Endings {
  const numbers = Array.from({ length: 1000 }, (_, number) => String(number));
  return {
    small: numbers.map((digits) => digits + suffix),
    large: numbers.map((digits) => digits.padStart(3, '0') + suffix),
  };
}

const PLAIN = endingsWith('');

/**
 * `prefix` followed by a number that mostly counts up (and by what `endings` add), as ids end in. It keeps all but the last three digits: an id is
 * then joined from two texts (15 ns), where turning its whole number into text costs 50.
 */
export class NumberedText {
  readonly #prefix: string;
  readonly #endings: Endings;
  #thousands = 0;
  #begin: string;

  constructor(prefix: string, endings: Endings = PLAIN) {
    this.#endings = endings;
    this.#prefix = prefix;
    this.#begin = prefix;
  }

  /** @param number whole, 0 or more. */
  with(number: number): string {
    const thousands = Math.floor(number / 1000);
    if (thousands !== this.#thousands) {
      this.#thousands = thousands;
      this.#begin = thousands === 0 ? this.#prefix : `${this.#prefix}${thousands}`;
    }
    const { small, large } = this.#endings;
    return this.#begin + ((thousands === 0 ? small : large)[number - thousands * 1000] ?? '');
  }
}
