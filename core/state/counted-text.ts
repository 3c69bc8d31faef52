/** How many ids share all but their last digits. */
const SHARING = 1000;

/** "000" to "999", to which a text is added; made when they are first needed. */
class Endings {
  readonly texts: string[] = [];
  private readonly behind: string;

  constructor(behind: string) {
    this.behind = behind;
  }

  fill(): void {
    while (this.texts.length < SHARING) {
      this.texts.push(String(this.texts.length).padStart(3, '0') + this.behind);
    }
  }
}

const BARE = new Endings('');
/** Behind the number of an invocation stands the ordinal of its message: nearly always the first. */
const FIRST = new Endings('.0');

/** Before the first number: nothing lies in this thousand. */
const NONE = -SHARING;

/**
 * Ids that begin alike and go on with a number that mostly counts up. All but its last three digits are kept from one
 * call to the next, so that an id is two known texts joined: 20 ns, where the engine's own conversion costs 50 and each
 * further join 15. What stands in the module is at hand here, and `SHARING` written out in the common ways: bundlers make
 * variables of a module's constants, and the engine would read each from memory.
 */
export class CountedText {
  private readonly prefix: string;
  /** The first number that `#begin` is for, and the text all ids of the thousand from there begin with. */
  private from = NONE;
  private begin = '';
  /** The same for another thousand: what goes on at the same time lies on both sides of a border, or is read later. */
  private otherFrom = NONE;
  private otherBegin = '';
  /** The thousand asked for last that is neither: worth keeping when it is asked for again. */
  private asked = -1;
  private readonly bare: readonly string[] = BARE.texts;
  private readonly firsts: readonly string[] = FIRST.texts;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** The prefix and a whole number of 0 or more. */
  of(number: number): string {
    const place = number - this.from;
    if (place < 0 || place >= 1000) return this.ofAnother(number, this.bare, '');
    return this.begin + (this.bare[place] ?? '');
  }

  /** The same with `.0` behind it. */
  first(number: number): string {
    const place = number - this.from;
    if (place < 0 || place >= 1000) return this.ofAnother(number, this.firsts, '.0');
    return this.begin + (this.firsts[place] ?? '');
  }

  private ofAnother(number: number, texts: readonly string[], behind: string): string {
    const place = number - this.otherFrom;
    if (place >= 0 && place < 1000) return this.otherBegin + (texts[place] ?? '');
    const thousands = Math.floor(number / SHARING);
    if (thousands === this.asked && thousands > 0) this.keep(thousands);
    this.asked = thousands;
    // Not a template: the engine takes that conversion for free to make early, and with two such ids in one function made it
    // for every message, whether needed or not. Each text went into its cache, and lived until the next full collection.
    return this.prefix + number.toFixed(0) + behind;
  }

  private keep(thousands: number): void {
    BARE.fill();
    FIRST.fill();
    this.otherFrom = this.from;
    this.otherBegin = this.begin;
    this.from = thousands * SHARING;
    this.begin = this.prefix + thousands;
  }
}
