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
import { Checkpointing } from './checkpointing.js';
import { type FrameScheduler, pageFrames } from './frame-scheduler.js';
import { Gathering } from './gathering.js';
import { Notifier } from './notifier.js';
import type { PanelStoreOptions, Position } from './panel-store-options.js';
import { executorPayloads, type FoundPayloads, filedPayloads, type PayloadSource } from './payload-source.js';
import { Player } from './player.js';
import { Recording } from './recording.js';

/** How long a seek may take before it goes on in the next frame. */
const SEEK_MS = 60;

const WATCH = { v: INSPECTOR_VERSION, type: 'watch', rows: 'shared' } as const;

/**
 * The one store of the panel. It takes in frames, holds what they come to, and tells its listeners, at most once in a
 * frame of the page, that something changed.
 */
export class PanelStore {
  readonly player: Player;
  readonly #link: WatcherEnd | undefined;
  readonly #scheduler: FrameScheduler;
  readonly #notifier: Notifier;
  readonly #checkpointing: Checkpointing;
  /** What is gathered from the events: all but the state itself. */
  readonly gathering: Gathering;
  readonly #checkpointEvents: number | undefined;
  readonly acks: Acks = pendingAcks();
  #offFrame: (() => void) | undefined;
  #recording: Recording | undefined;
  #position: Position = 'live';
  /** The state at the position, once it has been folded. */
  #turnedBack: RunState | undefined;
  #generation = 0;
  /** The executor's own state, where it shares it, since the newest snapshot. */
  #shared: RunState | undefined;

  name = '';
  gaps: readonly GapFrame[] = [];
  /** Set when the other end speaks a version that we do not know. */
  foreignVersion: number | undefined = undefined;
  #payloads: PayloadSource = executorPayloads((command) => this.command(command));
  selection: CanvasSelection | undefined = undefined;
  /** Set while a file is looked at instead of an executor. */
  imported = false;

  constructor(link: WatcherEnd | undefined, options: PanelStoreOptions = {}) {
    this.#link = link;
    this.#scheduler = options.scheduler ?? pageFrames();
    this.#checkpointEvents = options.checkpointEvents;
    this.#notifier = new Notifier(this.#scheduler);
    this.player = new Player(this, this.#scheduler);
    this.#checkpointing = new Checkpointing(
      this.#scheduler,
      this.#notifier,
      () => this.#recording?.history,
      () => {
        const state = this.#link?.liveState?.();
        return state === this.#shared ? state : undefined;
      },
    );
    const shown = (): RunState => this.#liveState() ?? EMPTY;
    this.gathering = new Gathering(this.#scheduler, this.#notifier, () => this.#recording, shown);
  }

  /** Begins to watch. Calls in pairs with `disconnect`. */
  connect(): void {
    if (this.#offFrame || !this.#link) return;
    this.#offFrame = this.#link.onFrame((frame) => this.#receive(frame));
    this.#link.send(WATCH);
  }

  /** Stops watching; from then on the executor pays nothing. What has come stays. */
  disconnect(): void {
    this.player.stop();
    this.#notifier.cancel();
    this.#checkpointing.cancel();
    this.gathering.cancel();
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

  /** Milliseconds that should pass between two frames of what moves by itself. */
  get frameGap(): number {
    return this.#notifier.frameGap;
  }

  /** Whether so many events come that taking them in is enough for the page. */
  get isFlooded(): boolean {
    return this.#notifier.isFlooded;
  }

  /** Changes when the past is another: a seek, a gap, another recording. */
  get generation(): number {
    return this.#generation;
  }

  get recording(): Recording | undefined {
    return this.#recording;
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

  /** How far a seek that still goes on has come, from 0 to 1. */
  get foldedShare(): number {
    const recording = this.#recording;
    if (!recording || !this.seeking || this.seq === recording.first) return 1;
    return (recording.history.reached - recording.first) / (this.seq - recording.first);
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
    if (wanted !== 'live') this.gathering.catchUp();
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
    return this.acks.expect((id) => link.send({ v: INSPECTOR_VERSION, type: 'command', id, command }));
  }

  /** Payloads of messages, by the sequence numbers of their events; null for those that are no longer there. */
  payloads(messages: readonly number[]): Promise<readonly (SafeValue | null)[]> {
    return this.#payloads.of(messages);
  }

  /** Messages with a text in their payload, by the sequence numbers of their events. */
  findText(text: string): Promise<FoundPayloads> {
    return this.#payloads.find(text);
  }

  /** The event that published the message of a node: the publish itself, or what an invocation was given. */
  messageOfNode(node: number): number | undefined {
    return this.#recording?.activity.messageOf(this.state.tree, node);
  }

  /** Shows a recording instead of the executor. */
  show(recording: Recording, name: string, payloads: ReadonlyMap<number, SafeValue>): void {
    this.disconnect();
    this.imported = true;
    this.name = name;
    this.gaps = [];
    this.#payloads = filedPayloads(payloads);
    this.#replace(recording);
    this.seek(recording.last);
  }

  /** Back from a recording to the executor. */
  leaveImport(): void {
    this.imported = false;
    this.#payloads = executorPayloads((command) => this.command(command));
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
        // In the same page frames come at once: the state is what the snapshot was made of.
        this.#shared = this.#link?.liveState?.();
        this.#replace(new Recording(frame.seq, frame.parts, this.#shared, this.#checkpointEvents));
        this.#received(frame.seq);
        break;
      case 'gap':
        this.gaps = [...this.gaps.slice(-99), frame];
        break;
      case 'delta': {
        this.#notifier.batch(frame.batch.kind.length);
        // What does not follow is never shown: a fresh snapshot is.
        if (!this.#recording?.append(frame.batch, !this.gathering.waits)) this.#link?.send(WATCH);
        else this.#appended(this.#recording);
        this.#notifier.came();
        return;
      }
      case 'closed':
        this.acks.close(frame.reason);
        break;
      case 'ack':
        this.acks.settle(frame);
        break;
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
    this.#checkpointing.came();
    this.gathering.came();
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
