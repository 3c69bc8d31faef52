import type { Logger } from './logger.js';
import type { Recorder } from './recorder.js';

/** So many channels are looked at, and so many notes written: whoever makes channels by the hundred means it. */
const MOST_CHANNELS = 200;
const MOST_NOTES = 10;

/**
 * Tells the developer of messages on a channel that came into being by being published on, as after a slip of the pen:
 * what the application says and nobody hears, and what an agent says where the name of a channel with subscribers is
 * nearly the same. An agent may well say what nobody wants to hear, so of that alone nothing is said.
 */
export class UnheardNote {
  readonly #recorder: Recorder;
  readonly #logger: Logger;
  #written = 0;

  constructor(recorder: Recorder, logger: Logger) {
    this.#recorder = recorder;
    this.#logger = logger;
  }

  /** A message brought this channel into being. */
  write(name: string, byAgent: boolean): void {
    const { channels } = this.#recorder.state;
    if (this.#written >= MOST_NOTES || channels.size > MOST_CHANNELS) return;
    const heard: string[] = [];
    for (const channel of channels.values()) if (channel.subscribers.length > 0) heard.push(channel.name);
    // What an agent may say is written down in it: pings and pongs are no slip of the pen there.
    const meant = heard.find((other) => isNearlySame(name, other, !byAgent));
    // Before the first agent is there, nothing can be told apart.
    if (heard.length === 0 || (byAgent && meant === undefined)) return;
    this.#written++;
    const hint = meant === undefined ? `agents subscribe to: ${listOf(heard)}` : `did you mean "${meant}"?`;
    this.#logger.warn(
      `nobody subscribes to channel "${name}", so its messages are not heard; ${hint} (openChannel("${name}") says that it is meant)`,
    );
  }
}

function listOf(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
}

/** Whether two names differ by case and separators only, or by one slip within one of their words. */
function isNearlySame(name: string, other: string, mayReplace: boolean): boolean {
  const words = wordsOf(name);
  const others = wordsOf(other);
  if (words.join('') === others.join('')) return true;
  if (words.length !== others.length) return false;
  const differing = words.flatMap((word, index) => {
    const another = others[index] ?? '';
    return word === another ? [] : [isOneSlip(word, another, mayReplace)];
  });
  return differing.length === 1 && differing[0] === true;
}

function wordsOf(name: string): string[] {
  return name.toLowerCase().split(/[-_.:/\s]+/);
}

/** One letter too many, too few, perhaps another one, or two that changed places. Short words and numbers are not slips. */
function isOneSlip(word: string, other: string, mayReplace: boolean): boolean {
  const shorter = Math.min(word.length, other.length);
  if (shorter < 3 || word.replace(/\d+/g, '') === other.replace(/\d+/g, '')) return false;
  let from = 0;
  while (from < shorter && word[from] === other[from]) from++;
  const isSame = (skipped: number, skippedInOther: number): boolean =>
    word.slice(from + skipped) === other.slice(from + skippedInOther);
  if (isSame(0, 1) || isSame(1, 0)) return true;
  const haveChangedPlaces = word[from] === other[from + 1] && word[from + 1] === other[from] && isSame(2, 2);
  return haveChangedPlaces || (mayReplace && shorter >= 5 && isSame(1, 1));
}
