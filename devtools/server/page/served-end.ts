import {
  INSPECTOR_VERSION,
  type InspectorFrame,
  type WatcherFrame,
} from '../../../core/inspection/frames.js';
import { isFrame, type WatcherEnd } from '../../../core/inspection/link.js';
import { CONNECTION_HEADER, LINK_PATH, Lines, PULSE_MS } from '../lines.js';

/** The watcher's end of the link to the process that serves this page. */
export interface ServedEnd extends WatcherEnd {
  /** What the executor is called, once it has said so. */
  readonly name: Promise<string>;
  /** Resolves when the other end is gone. */
  readonly lost: Promise<void>;
}

/** Nobody answers, or what answers is not what has served the page. */
export class Unreachable extends Error {}
/** The process is another one: it was started anew, with another key. */
export class KeyRefused extends Error {}

/** @throws KeyRefused @throws Unreachable */
export async function connect(key: string): Promise<ServedEnd> {
  const stopped = new AbortController();
  // Beside the page, wherever a proxy has put that.
  const path = `.${LINK_PATH}`;
  const response = await ask(path, key, { signal: stopped.signal });
  const id = response.headers.get(CONNECTION_HEADER);
  if (id === null || response.body === null) throw new Unreachable('no connection');
  const end = new StreamEnd(`${path}/${id}`, key, stopped);
  void end.read(response.body);
  return end;
}

async function ask(path: string, key: string, options: RequestInit): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}` };
  const response = await fetch(path, { ...options, headers, cache: 'no-store' }).catch((cause: unknown) => {
    throw new Unreachable('nobody answers', { cause });
  });
  if (response.status === 401) throw new KeyRefused('the key is another one');
  if (!response.ok) throw new Unreachable(`answered ${response.status}`);
  return response;
}

class StreamEnd implements ServedEnd {
  readonly name: Promise<string>;
  readonly lost: Promise<void>;
  readonly #path: string;
  readonly #key: string;
  readonly #stopped: AbortController;
  #listener: ((frame: InspectorFrame) => void) | undefined = undefined;
  #queue: string[] = [];
  #sending = false;
  #isLost = false;
  #silence: ReturnType<typeof setTimeout> | undefined = undefined;
  #tellName: (name: string) => void = () => {};
  #tellLost: () => void = () => {};

  constructor(path: string, key: string, stopped: AbortController) {
    this.#path = path;
    this.#key = key;
    this.#stopped = stopped;
    this.name = new Promise((resolve) => {
      this.#tellName = resolve;
    });
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
  }

  send(frame: WatcherFrame): void {
    if (this.#isLost) return;
    this.#queue.push(JSON.stringify(frame));
    if (!this.#sending) void this.#sendAll();
  }

  onFrame(listener: (frame: InspectorFrame) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /** Hands on what comes, until no more does. */
  async read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = new Lines();
    try {
      this.#expectMore();
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        this.#expectMore();
        for (const line of lines.add(piece.value)) this.#receive(JSON.parse(line));
      }
    } catch {
      // Cut off, in the middle of a line perhaps.
    }
    this.#lose();
  }

  #receive(frame: unknown): void {
    if (!isFrame<InspectorFrame>(frame)) return;
    if (frame.type === 'hello') this.#tellName(frame.name);
    this.#listener?.(frame);
  }

  /** One request at a time: what was sent first must come first. */
  async #sendAll(): Promise<void> {
    this.#sending = true;
    try {
      while (this.#queue.length > 0) {
        const body = this.#queue.join('\n');
        this.#queue = [];
        await ask(this.#path, this.#key, { method: 'POST', body });
      }
    } catch {
      this.#lose();
    }
    this.#sending = false;
  }

  /** Where nothing comes for long, not even a sign of life, nothing will. */
  #expectMore(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), 3 * PULSE_MS);
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#silence);
    this.#stopped.abort();
    this.#listener?.({ v: INSPECTOR_VERSION, type: 'closed', reason: 'lost' });
    this.#tellLost();
  }
}
