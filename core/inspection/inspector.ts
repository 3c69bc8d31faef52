import { requireOptions } from '../config.js';
import { invalid, toPubSubError } from '../errors.js';
import type { RunEvent } from '../state/run-event.js';
import { observableOf } from '../state/run-observer.js';
import type { RunState } from '../state/run-state.js';
import { partsBesideTree, type SnapshotPart, snapshotOf } from '../state/snapshot.js';
import { treeNodeParts } from '../state/tree-snapshot.js';
import { perform } from './commands.js';
import { Disclosure, type Redact } from './disclosure.js';
import { type BatchHost, BatchWriter } from './event-batch.js';
import { type CommandFrame, INSPECTOR_VERSION, type InspectorFrame, type WatcherFrame } from './frames.js';
import type { Inspected } from './inspected.js';
import { type InspectorEnd, isFrame } from './link.js';
import { RecentMessages } from './recent-messages.js';
import { DEFAULT_LIMITS, safeValue, type ValueLimits } from './safe-value.js';

export interface InspectorOptions {
  /** What the executor is called in the panel. `executor` by default. */
  readonly name?: string | undefined;
  /** Replaces what must not be seen; see {@link Redact}. With it, no state is shared inside a page either. */
  readonly redact?: Redact | undefined;
  /** How much of one value is shown. 24 levels and 262,144 characters by default. */
  readonly limits?: { readonly [Limit in keyof ValueLimits]?: number | undefined } | undefined;
  /** Messages whose payloads can still be asked for, while watched. 10,000 by default; 1,000 while very many come. */
  readonly recentMessages?: number | undefined;
  /** Milliseconds between two batches. 100 by default, which is also the least. */
  readonly batchMs?: number | undefined;
  /** Events under way, sent and not yet taken in, before detail is given up. 200,000 by default. */
  readonly eventsUnderWay?: number | undefined;
  /** For tests: calls back after a while, like `setTimeout`; the answer cancels. */
  readonly setTimer?: ((milliseconds: number, callback: () => void) => () => void) | undefined;
}

const KNOWN = ['name', 'redact', 'limits', 'recentMessages', 'batchMs', 'eventsUnderWay', 'setTimer'];
const MIN_BATCH_MS = 100;
/** A batch of more events than this: very many come. */
const FLOOD_EVENTS = 6000;

/**
 * Lets whoever is at the other end of `link` watch an executor. Until somebody asks to, and after they leave, it costs
 * nothing. A watcher that cannot keep up loses detail and is told so; the run never waits for it.
 *
 * @returns a function that detaches.
 * @throws PubSubError `VALIDATION_ERROR` when `executor` or `link` is none, or for a bad option, which is named.
 * @example
 * const { port1, port2 } = new MessageChannel();
 * const detach = attachInspector(executor, portInspectorEnd(port1));
 * panelWindow.postMessage('inspect', '*', [port2]);
 */
export function attachInspector(
  executor: Inspected,
  link: InspectorEnd,
  options: InspectorOptions = {},
): () => void {
  if (typeof executor?.subscribe !== 'function') throw invalid('executor', 'an executor', executor);
  if (typeof link?.onFrame !== 'function') throw invalid('link', 'the inspector’s end of a link', link);
  // A `redact` that is misspelt must not let out what it was to keep back.
  requireOptions(options, 'options', KNOWN);
  const inspector = new Inspector(executor, link, options);
  return () => inspector.detach();
}

class Inspector {
  readonly #executor: Inspected;
  readonly #link: InspectorEnd;
  readonly #name: string;
  readonly #batchMs: number;
  readonly #eventsUnderWay: number;
  readonly #setTimer: (milliseconds: number, callback: () => void) => () => void;
  readonly #disclosure: Disclosure;
  readonly #recent: RecentMessages;
  readonly #writer: BatchWriter;
  readonly #offFrame: () => void;
  readonly #flush = (): void => this.#sendBatch();

  /** Whether the other end can read the executor's state itself, and wants to. */
  #shares = false;
  #rowsShared = false;
  #unsubscribe: (() => void) | undefined;
  #offClosed: (() => void) | undefined;
  /** Whether it has been said, since the newest snapshot, that the executor is closed. */
  #saidClosed = false;
  #cancelTimer: (() => void) | undefined;
  /** What the newest snapshot was taken of; an executor that loads another state has another. */
  #state: RunState;
  /** Whether the state tells of events as they happen; they are then gathered without a look at their numbers. */
  #observed = false;
  /** Newest event that was sent, and that was taken in at the other end. */
  #sent = 0;
  #received = 0;
  /** Set while detail is given up. */
  #gapSince: number | undefined;

  constructor(executor: Inspected, link: InspectorEnd, options: InspectorOptions) {
    const { name = 'executor', redact, limits, recentMessages = 10_000, batchMs = MIN_BATCH_MS } = options;
    const { eventsUnderWay = 200_000, setTimer = platformTimer } = options;
    if (!Number.isInteger(recentMessages) || recentMessages < 1) {
      throw invalid('options.recentMessages', 'a whole number of 1 or more', recentMessages);
    }
    if (!(batchMs >= MIN_BATCH_MS)) throw invalid('options.batchMs', `${MIN_BATCH_MS} or more`, batchMs);
    if (!(eventsUnderWay >= 1)) throw invalid('options.eventsUnderWay', '1 or more', eventsUnderWay);
    if (typeof name !== 'string') throw invalid('options.name', 'a text', name);
    if (redact !== undefined && typeof redact !== 'function')
      throw invalid('options.redact', 'a function', redact);
    this.#executor = executor;
    this.#state = executor.state;
    this.#link = link;
    this.#name = name;
    this.#batchMs = batchMs;
    this.#eventsUnderWay = eventsUnderWay;
    this.#setTimer = setTimer;
    const { depth = DEFAULT_LIMITS.depth, characters = DEFAULT_LIMITS.characters } = limits ?? {};
    this.#disclosure = new Disclosure(redact, { depth, characters });
    this.#recent = new RecentMessages(recentMessages);
    const host: BatchHost = {
      encodeBody: (event) => this.#disclosure.event(event),
      began: () => {
        this.#cancelTimer ??= this.#setTimer(this.#batchMs, this.#flush);
      },
      overflowed: () => this.#giveUpDetail(),
      take: (event) => this.#taken(event),
    };
    this.#writer = new BatchWriter(host, eventsUnderWay, this.#recent);
    if (!redact && link.shareState) {
      link.shareState(() => this.#executor.state);
      this.#shares = true;
    }
    this.#offFrame = link.onFrame((frame) => this.#receive(frame));
  }

  detach(): void {
    this.#unwatch();
    this.#offFrame();
  }

  #receive(frame: WatcherFrame): void {
    if (!isFrame(frame)) return; // a link of somebody's own may hand on whatever comes
    switch (frame.type) {
      case 'watch':
        this.#send({ v: INSPECTOR_VERSION, type: 'hello', name: this.#name, at: this.#now() });
        this.#rowsShared = this.#shares && frame.rows === 'shared';
        this.#begin();
        return;
      case 'unwatch':
        this.#unwatch();
        return;
      case 'received':
        this.#received = Math.max(this.#received, frame.seq);
        if (this.#gapSince !== undefined && this.#received >= this.#sent) this.#begin();
        return;
      case 'command':
        void this.#perform(frame);
        return;
    }
  }

  /** Sends a snapshot, and from then on what happens. */
  #begin(): void {
    const { state } = this.#executor;
    const { seq } = state;
    this.#stopGathering();
    if (this.#gapSince !== undefined) {
      this.#send({ v: INSPECTOR_VERSION, type: 'gap', from: this.#gapSince, to: seq, reason: 'slow' });
      this.#gapSince = undefined;
    }
    const parts: SnapshotPart[] = this.#rowsShared
      ? [...partsBesideTree(state), ...treeNodeParts(state.tree.data)]
      : snapshotOf(state);
    const shown = parts.map((part) => this.#disclosure.part(part));
    this.#writer.reset(seq);
    this.#sent = seq;
    this.#received = seq;
    this.#state = state;
    const observable = observableOf(state);
    this.#observed = observable !== undefined;
    // A follower's state is nobody's: its events are heard of as they come.
    this.#unsubscribe =
      observable?.observe(this.#writer) ?? this.#executor.subscribe((event) => this.#taken(event));
    this.#send({ v: INSPECTOR_VERSION, type: 'snapshot', seq, parts: shown });
    this.#saidClosed = false;
    this.#offClosed = observable?.whenClosed(() => this.#closed());
  }

  /** Says so at once, but after what led to it. */
  #closed(): void {
    this.#cancelTimer?.();
    this.#sendBatch();
    // A batch that could not be sent may have become a snapshot, which has said it.
    if (this.#saidClosed) return;
    this.#saidClosed = true;
    this.#send({ v: INSPECTOR_VERSION, type: 'closed' });
  }

  #unwatch(): void {
    this.#stopGathering();
    this.#gapSince = undefined;
    this.#recent.clear();
  }

  #stopGathering(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#offClosed?.();
    this.#offClosed = undefined;
    this.#writer.reset(this.#sent);
  }

  #taken(event: RunEvent): void {
    if (event.seq !== this.#writer.last + 1) {
      // Events that the snapshot holds already may still come; anything else means that the state is another one now.
      if (event.seq > this.#writer.last || event.type === 'executor.opened') this.#replaced(event.seq);
      return;
    }
    this.#writer.add(event);
  }

  #sendBatch(): void {
    this.#cancelTimer = undefined;
    const { length, last } = this.#writer;
    if (length === 0) return;
    const { state } = this.#executor;
    if (this.#observed && (state !== this.#state || state.seq !== last)) {
      this.#replaced(state.seq);
      return;
    }
    if (last - this.#received > this.#eventsUnderWay) {
      this.#giveUpDetail();
      return;
    }
    this.#sent = last;
    this.#recent.setNarrow(length > FLOOD_EVENTS);
    this.#writer.send(
      (batch) => this.#send({ v: INSPECTOR_VERSION, type: 'delta', batch }),
      this.#rowsShared,
    );
  }

  /** Stops listening until everything sent has been taken in: then a snapshot brings the watcher up to date. */
  #giveUpDetail(): void {
    this.#gapSince = this.#sent + 1;
    this.#stopGathering();
    if (this.#received >= this.#sent) this.#begin();
  }

  #replaced(seq: number): void {
    this.#send({
      v: INSPECTOR_VERSION,
      type: 'gap',
      from: this.#sent + 1,
      to: Math.max(seq, this.#sent + 1),
      reason: 'replaced',
    });
    this.#recent.clear();
    this.#begin();
  }

  async #perform({ id, command }: CommandFrame): Promise<void> {
    try {
      const result = await perform(command, {
        executor: this.#executor,
        recent: this.#recent,
        disclosure: this.#disclosure,
      });
      this.#send({ v: INSPECTOR_VERSION, type: 'ack', id, ...(result && { result }) });
    } catch (thrown) {
      const { code, message, details } = toPubSubError(thrown);
      // They are about what the watcher itself has sent, and may quote it.
      const shown = details && { details: { ...Object(safeValue(details).json) } };
      this.#send({ v: INSPECTOR_VERSION, type: 'ack', id, error: { code, message, ...shown } });
    }
  }

  /** A link that fails must not reach the run: it is taken as gone. */
  #send(frame: InspectorFrame): void {
    try {
      this.#link.send(frame);
    } catch {
      this.#unwatch();
    }
  }

  #now(): number {
    return performance.timeOrigin + performance.now();
  }
}

function platformTimer(milliseconds: number, callback: () => void): () => void {
  const handle = setTimeout(callback, milliseconds);
  // In Node, watching alone must not keep a process alive.
  if (typeof handle === 'object' && 'unref' in handle) handle.unref();
  return () => clearTimeout(handle);
}
