import type { ServerResponse } from 'node:http';
import type { InspectorFrame, WatcherFrame } from '../../core/inspection/frames.js';
import type { InspectorEnd } from '../../core/inspection/link.js';
import { PULSE_MS } from './lines.js';

/** The executor's end of the link to one page: its frames are lines of a response that does not end. */
export class Connection implements InspectorEnd {
  readonly #response: ServerResponse;
  readonly #pulse: NodeJS.Timeout;
  #listener: ((frame: WatcherFrame) => void) | undefined = undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    // Else a page would not notice that a tunnel between it and this process is gone.
    this.#pulse = setInterval(() => this.#write('\n'), PULSE_MS).unref();
  }

  send(frame: InspectorFrame): void {
    this.#write(`${JSON.stringify(frame)}\n`);
  }

  /** A command may be answered when nobody is there any more; writing then would be an error of the process. */
  #write(text: string): void {
    if (!this.#response.writableEnded && !this.#response.destroyed) this.#response.write(text);
  }

  onFrame(listener: (frame: WatcherFrame) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  /** The page has sent this. */
  receive(frame: WatcherFrame): void {
    this.#listener?.(frame);
  }

  end(): void {
    clearInterval(this.#pulse);
    this.#response.end();
  }
}
