import { isNearlySame } from '../nearly-same.js';
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
