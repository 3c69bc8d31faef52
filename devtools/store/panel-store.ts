import type {
  CommandResult,
  GapFrame,
  InspectorCommand,
  InspectorFrame,
} from '../../core/inspection/frames.js';
import { INSPECTOR_VERSION } from '../../core/inspection/frames.js';
import type { WatcherEnd } from '../../core/inspection/link.js';
import type { SafeValue } from '../../core/inspection/safe-value.js';
import { RunState } from '../../core/state/run-state.js';
import type { CanvasSelection } from '../canvas-contract.js';
import { type Acks, pendingAcks } from './acks.js';
import { type FrameScheduler, pageFrames } from './frame-scheduler.js';
import { Notifier } from './notifier.js';
import { Player } from './player.js';
import { Recording } from './recording.js';

/** Milliseconds of folding per turn in the background, with 40 ms between turns, when the page has little to do. */
const IDLE_FOLD_MS = 4;
/** How long a seek may take before it goes on in the next frame. */
const SEEK_MS = 60;

export interface PanelStoreOptions {
  /** For tests and recordings: when to notify and to fold on. The page's frames and timers by default. */
  readonly scheduler?: FrameScheduler;
  /** Events between two checkpoints for time travel; 25,000 by default. */
  readonly checkpointEvents?: number;
}

/** What the panel shows: live, or as it was after an event. */
export type Position = 'live' | number;

/**
 * The one store of the panel. It takes in frames, holds what they come to, and tells its listeners, at most once in a
 * frame of the page, that something changed.
 */
export class PanelStore {
  readonly player: Player;
  readonly #link: WatcherEnd | undefined;
  readonly #scheduler: FrameScheduler;
  readonly #notifier: Notifier;
  readonly #checkpointEvents: number | undefined;
  readonly #acks: Acks = pendingAcks();
  #offFrame: (() => void) | undefined;
  #recording: Recording | undefined;
  #position: Position = 'live';
  /** The state at the position, once it has been folded. */
  #turnedBack: RunState | undefined;
  #generation = 0;
  #cancelFold: (() => void) | undefined;

  name = '';
  gaps: readonly GapFrame[] = [];
  /** Set when the other end speaks a version that we do not know. */
  foreignVersion: number | undefined;
  #filedPayloads: ReadonlyMap<number, SafeValue> = new Map();
  selection: CanvasSelection | undefined;
  /** Set while a file is looked at instead of an executor. */
  imported = false;

  constructor(link: WatcherEnd | undefined, options: PanelStoreOptions = {}) {
    this.#link = link;
    this.#scheduler = options.scheduler ?? pageFrames();
    this.#checkpointEvents = options.checkpointEvents;
    this.#notifier = new Notifier(this.#scheduler);
    this.player = new Player(this, this.#scheduler);
  }

  /** Begins to watch. Calls in pairs with `disconnect`. */
  connect(): void {
    if (this.#offFrame || !this.#link) return;
    this.#offFrame = this.#link.onFrame((frame) => this.#receive(frame));
    this.#link.send({ v: INSPECTOR_VERSION, type: 'watch' });
  }

  /** Stops watching; from then on the executor pays nothing. What has come stays. */
  disconnect(): void {
    this.player.stop();
    this.#notifier.cancel();
    this.#cancelFold?.();
    this.#cancelFold = undefined;
    if (!this.#offFrame) return;
    this.#link?.send({ v: INSPECTOR_VERSION, type: 'unwatch' });
    this.#offFrame();
    this.#offFrame = undefined;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => this.#notifier.subscribe(listener);

  /** For `useSyncExternalStore`: changes with everything that can be seen. */
  readonly getSnapshot = (): number => this.#notifier.version;

  get version(): number {
    return this.#notifier.version;
  }

  /** Changes when the past is another: a seek, a gap, another recording. */
  get generation(): number {
    return this.#generation;
  }

  get recording(): Recording | undefined {
    return this.#recording;
  }

  get isConnected(): boolean {
    return this.#recording !== undefined;
  }

  get position(): Position {
    return this.#position;
  }

  get live(): boolean {
    return this.#position === 'live';
  }

  /** The last event that is shown. */
  get seq(): number {
    return this.#position === 'live' ? (this.#recording?.last ?? 0) : this.#position;
  }

  get last(): number {
    return this.#recording?.last ?? 0;
  }

  get first(): number {
    return this.#recording?.first ?? 0;
  }

  /** True while a seek is still folding its way there. */
  get seeking(): boolean {
    return this.#position !== 'live' && this.#turnedBack?.seq !== this.#position;
  }

  /** How far the history has been folded, from 0 to 1. */
  get foldedShare(): number {
    const recording = this.#recording;
    if (!recording || recording.log.length === 0) return 1;
    return (recording.history.folded - recording.first) / recording.log.length;
  }

  /** The state as it is shown. While a seek goes on, the one shown before. Read it; never change it. */
  get state(): RunState {
    if (this.#position !== 'live' && this.#turnedBack) return this.#turnedBack;
    return this.#liveState() ?? EMPTY;
  }

  /** When what is shown was: the clock while live, the time of the event otherwise. */
  now(): number {
    if (this.#position === 'live' && !this.imported) return performance.timeOrigin + performance.now();
    return this.#recording?.log.timeOf(this.seq) ?? 0;
  }

  /** Shows everything as it was after event `seq`; 'live' is the present. */
  seek(position: Position): void {
    const recording = this.#recording;
    if (!recording) return;
    const wanted =
      position === 'live' ? position : Math.min(Math.max(position, recording.first), recording.last);
    if (wanted === this.#position && !this.seeking) return;
    this.#position = wanted;
    if (wanted === 'live') this.#turnedBack = undefined;
    else this.#foldToPosition();
    this.#generation++;
    this.#notifier.changed();
  }

  forgetGaps(): void {
    this.gaps = [];
    this.#notifier.changed();
  }

  select(selection: CanvasSelection | undefined): void {
    this.selection = selection;
    this.#notifier.changed();
  }

  /** Sends a command; resolves with its result, rejects with the `PubSubError` that it met. */
  command(command: InspectorCommand): Promise<CommandResult | undefined> {
    const link = this.#link;
    if (!link || this.imported)
      return Promise.reject(new Error('This is a recording: there is no executor to ask.'));
    return this.#acks.expect((id) => link.send({ v: INSPECTOR_VERSION, type: 'command', id, command }));
  }

  /** Payloads of messages, by the sequence numbers of their events; null for those that are no longer there. */
  async payloads(messages: readonly number[]): Promise<readonly (SafeValue | null)[]> {
    if (this.imported) return messages.map((seq) => this.#filedPayloads.get(seq) ?? null);
    return (await this.command({ name: 'payloads', messages }))?.payloads ?? messages.map(() => null);
  }

  /** Messages with a text in their payload, by the sequence numbers of their events. */
  async findText(text: string): Promise<ReadonlySet<number>> {
    if (!this.imported) return new Set((await this.command({ name: 'search', text }))?.found);
    const wanted = text.toLowerCase();
    const holds = ({ json }: SafeValue): boolean => JSON.stringify(json).toLowerCase().includes(wanted);
    return new Set([...this.#filedPayloads].filter(([, value]) => holds(value)).map(([seq]) => seq));
  }

  /** The event that published the message of a node: the publish itself, or what an invocation was given. */
  messageOfNode(node: number): number | undefined {
    const { messages } = this.#recording?.activity ?? {};
    const found = this.state.tree.get(node);
    const row = messages?.rowOfNode(found?.kind === 'invocation' ? found.parent : node) ?? -1;
    return row < 0 ? undefined : messages?.seqOf(row) || undefined;
  }

  /** Shows a recording instead of the executor. */
  show(recording: Recording, name: string, payloads: ReadonlyMap<number, SafeValue>): void {
    this.disconnect();
    this.imported = true;
    this.name = name;
    this.gaps = [];
    this.#filedPayloads = payloads;
    this.#replace(recording);
    this.seek(recording.last);
  }

  /** Back from a recording to the executor. */
  leaveImport(): void {
    this.imported = false;
    this.#filedPayloads = new Map();
    this.connect();
  }

  #liveState(): RunState | undefined {
    const shared = this.imported ? undefined : this.#link?.liveState?.();
    if (shared && this.#offFrame) return shared;
    return this.#recording?.history.head;
  }

  #receive(frame: InspectorFrame): void {
    if (frame.v !== INSPECTOR_VERSION) {
      this.foreignVersion = frame.v;
      this.#notifier.changed();
      return;
    }
    switch (frame.type) {
      case 'hello':
        this.name = frame.name;
        break;
      case 'snapshot':
        this.#replace(new Recording(frame.seq, frame.parts, this.#checkpointEvents));
        this.#received(frame.seq);
        break;
      case 'gap':
        this.gaps = [...this.gaps.slice(-99), frame];
        break;
      case 'delta': {
        this.#notifier.batch(frame.batch.kind.length);
        // What does not follow is never shown: a fresh snapshot is.
        if (!this.#recording?.append(frame.batch)) this.#link?.send({ v: INSPECTOR_VERSION, type: 'watch' });
        else this.#appended(this.#recording);
        this.#notifier.came();
        return;
      }
      case 'ack':
        this.#acks.settle(frame);
        return;
    }
    this.#notifier.changed();
  }

  #appended(recording: Recording): void {
    if (recording.trim()) {
      this.#generation++;
      if (this.#position !== 'live' && this.#position < recording.first) this.seek(recording.first);
    }
    // Where the state is not shared, what is shown is folded here and now.
    if (!this.#link?.liveState?.()) recording.history.advance(Number.POSITIVE_INFINITY);
    else this.#planFold();
    recording.activity.sweep(this.#liveState() ?? EMPTY);
    this.#received(recording.last);
  }

  #received(seq: number): void {
    this.#link?.send({ v: INSPECTOR_VERSION, type: 'received', seq });
  }

  #replace(recording: Recording): void {
    this.#recording = recording;
    this.#position = 'live';
    this.#turnedBack = undefined;
    this.#generation++;
    this.#notifier.changed();
  }

  /** Folds the history bit by bit, so that turning back time later is quick. */
  #planFold(): void {
    const wait = Math.max(40, this.#notifier.busyFor);
    this.#cancelFold ??= this.#scheduler.later(wait, () => {
      this.#cancelFold = undefined;
      // While many events come it would compete with the page.
      if (this.#notifier.busyFor > 0 || !this.#recording?.history.advance(IDLE_FOLD_MS)) this.#planFold();
    });
  }

  #foldToPosition(): void {
    if (this.#position === 'live') return;
    const reached = this.#recording?.history.stateAt(this.#position, SEEK_MS);
    if (reached) {
      this.#turnedBack = reached;
      return;
    }
    this.#scheduler.later(0, () => {
      if (!this.seeking) return;
      this.#foldToPosition();
      if (!this.seeking) this.#generation++;
      this.#notifier.changed();
    });
  }
}

const EMPTY = new RunState({ nodes: 1 });
