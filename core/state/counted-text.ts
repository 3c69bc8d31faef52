/** Texts of 0 to 999, with leading zeros and without, each with a text behind it; made when first needed. */
class Endings {
  readonly behind: string;
  readonly #padded: (string | undefined)[] = [];
  readonly #plain: (string | undefined)[] = [];

  constructor(behind: string) {
    this.behind = behind;
  }

  padded(number: number): string {
    return this.#padded[number] ?? this.#make(this.#padded, number, String(number).padStart(3, '0'));
  }

  plain(number: number): string {
    return this.#plain[number] ?? this.#make(this.#plain, number, String(number));
  }

  #make(texts: (string | undefined)[], number: number, digits: string): string {
    const text = digits + this.behind;
    texts[number] = text;
    return text;
  }
}

const BARE = new Endings('');
/** Behind the number of an invocation stands the ordinal of its message: nearly always the first. */
const FIRST = new Endings('.0');

/** How many ids share all but their last digits. */
const SHARING = 1000;

/**
 * Ids that begin alike and go on with a number that mostly counts up. All but its last three digits are kept from one
 * call to the next, so that an id is two known texts joined: 20 ns, where the engine's own conversion costs 50 and each
 * further join 15.
 */
export class CountedText {
  readonly #prefix: string;
  /** The first number that `#begin` is for, and the text all ids of the thousand from there begin with. */
  #from = 0;
  #begin: string;
  /** The same for another thousand: what goes on at the same time lies on both sides of a border, or is read later. */
  #otherFrom = 0;
  #otherBegin: string;
  /** The thousand asked for last that is neither: worth keeping when it is asked for again, which of many agents is rare. */
  #asked = -1;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.#begin = prefix;
    this.#otherBegin = prefix;
  }

  /** The prefix and a whole number of 0 or more. */
  of(number: number): string {
    return this.#join(number, BARE);
  }

  /** The same with `.0` behind it. */
  first(number: number): string {
    return this.#join(number, FIRST);
  }

  #join(number: number, endings: Endings): string {
    if (number >= this.#from && number < this.#from + SHARING) {
      return this.#begin + endingOf(number, number - this.#from, endings);
    }
    if (number < this.#otherFrom || number >= this.#otherFrom + SHARING) {
      const thousands = Math.floor(number / SHARING);
      if (thousands !== this.#asked) {
        this.#asked = thousands;
        return `${this.#prefix}${number}${endings.behind}`;
      }
      this.#replaceOther(thousands);
    }
    return this.#otherBegin + endingOf(number, number - this.#otherFrom, endings);
  }

  #replaceOther(thousands: number): void {
    this.#from = this.#otherFrom;
    this.#begin = this.#otherBegin;
    this.#otherFrom = thousands * SHARING;
    this.#otherBegin = thousands === 0 ? this.#prefix : this.#prefix + thousands;
  }
}

function endingOf(number: number, rest: number, endings: Endings): string {
  return number < SHARING ? endings.plain(rest) : endings.padded(rest);
}
