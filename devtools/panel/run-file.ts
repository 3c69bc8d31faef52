import { PubSubError } from '../../core/errors.js';
import { EVENT_KINDS, type EventBatch } from '../../core/inspection/event-batch.js';
import { rebuildPublished } from '../../core/inspection/event-rebuild.js';
import type { SafeValue } from '../../core/inspection/safe-value.js';
import { applyEvent } from '../../core/state/fold.js';
import { restore } from '../../core/state/restore.js';
import type { RunEvent } from '../../core/state/run-event.js';
import type { SnapshotPart } from '../../core/state/snapshot.js';
import { serializeTreeToDot } from '../../core/state/tree-dot.js';
import type { PanelStore } from '../store/panel-store.js';
import { Recording } from '../store/recording.js';

const FORMAT = 'dagger-run';
const VERSION = 1;
const KINDS: Readonly<Partial<Record<RunEvent['type'], number>>> = {
  'delivery.started': EVENT_KINDS.started,
  'delivery.succeeded': EVENT_KINDS.succeeded,
};
/** Payloads asked for at a time. */
const CHUNK = 500;

/** A run as a file: a snapshot, the events after it, and the payloads that were still there. */
interface RunFile {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly name: string;
  readonly seq: number;
  readonly parts: readonly SnapshotPart[];
  readonly events: readonly RunEvent[];
  readonly payloads: readonly (readonly [seq: number, payload: SafeValue])[];
}

/** Saves what is recorded as a file. Answers what was saved, in words. */
export async function exportRun(store: PanelStore): Promise<string> {
  const text = await runText(store);
  const name = `${store.name || 'run'}-${store.last}.dagger.json`;
  download(name, text, 'application/json');
  return `Saved ${name}.`;
}

/** The text of the file. */
export async function runText(store: PanelStore): Promise<string> {
  const { recording, name } = store;
  if (!recording) throw new PubSubError('EXECUTION_ERROR', 'nothing has been recorded yet');
  const { log, history, first, last } = recording;
  const limits = history.limits;
  const state = restore(history.firstParts, limits);
  const events: RunEvent[] = [];
  for (let seq = first + 1; seq <= last; seq++) {
    const publish = log.kindOf(seq) === 1 ? log.publishOf(seq) : undefined;
    const event = publish
      ? rebuildPublished(state, seq, log.timeOf(seq), publish.publisher, publish.ordinal, publish.route)
      : log.event(seq, state);
    if (!event) break;
    applyEvent(state, event);
    events.push(event);
  }
  const published = events.filter(({ type }) => type === 'message.published').map(({ seq }) => seq);
  const payloads: [number, SafeValue][] = [];
  for (let at = 0; at < published.length; at += CHUNK) {
    const messages = published.slice(at, at + CHUNK);
    const values = await store.payloads(messages);
    for (const [index, value] of values.entries()) if (value) payloads.push([messages[index] ?? 0, value]);
  }
  const parts = history.firstParts;
  const file: RunFile = { format: FORMAT, version: VERSION, name, seq: first, parts, events, payloads };
  return JSON.stringify(file);
}

/** Lets the user choose a file and shows it. */
export async function importRun(store: PanelStore): Promise<string> {
  const file = await chooseFile();
  if (!file) return 'Nothing was opened.';
  return showRun(store, await file.text());
}

/** Shows a saved run. @throws PubSubError `SERIALIZATION_ERROR` when the text is none. */
export function showRun(store: PanelStore, text: string): string {
  const file = parseRun(text);
  const recording = new Recording(file.seq, file.parts);
  recording.append(batchOf(file.seq + 1, file.events));
  // Proves that the events fit together before anything is shown of them.
  recording.history.advance(Number.POSITIVE_INFINITY);
  recording.gather(Number.POSITIVE_INFINITY);
  recording.activity.sweep(recording.history.head);
  store.show(recording, `${file.name} (file)`, new Map(file.payloads));
  return `${file.events.length} events of “${file.name}”.`;
}

/** The events as if they came from an executor: starts and good ends as numbers, all others whole. */
function batchOf(first: number, events: readonly RunEvent[]): EventBatch {
  const deliveryOf = (event: RunEvent): number =>
    event.type === 'delivery.started' || event.type === 'delivery.succeeded' ? event.delivery : 0;
  return {
    first,
    kind: events.map(({ type }) => KINDS[type] ?? EVENT_KINDS.body),
    at: events.map(({ at }) => at),
    delivery: events.map(deliveryOf),
    publisher: [],
    ordinal: [],
    route: [],
    routes: [],
    bodies: events.filter(({ type }) => KINDS[type] === undefined),
  };
}

function parseRun(text: string): RunFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PubSubError('SERIALIZATION_ERROR', 'this file is not JSON', { cause });
  }
  if (!isRunFile(value)) throw new PubSubError('SERIALIZATION_ERROR', 'this file is no exported run');
  if (value.version > VERSION) {
    throw new PubSubError(
      'SERIALIZATION_ERROR',
      `this file has version ${value.version}; ${VERSION} is the newest known`,
    );
  }
  return value;
}

/** Looks at the outside only: the fold refuses events that do not fit together. */
function isRunFile(value: unknown): value is RunFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    Reflect.get(value, 'format') === FORMAT &&
    typeof Reflect.get(value, 'version') === 'number' &&
    ['parts', 'events', 'payloads'].every((name) => Array.isArray(Reflect.get(value, name)))
  );
}

/** Saves the execution tree for Graphviz. */
export async function downloadDot(store: PanelStore): Promise<string> {
  const run = [...store.state.runs.keys()].at(-1) ?? 'tree';
  download(`${run}.dot`, serializeTreeToDot(store.state.tree, run), 'text/vnd.graphviz');
  return `Saved ${run}.dot.`;
}

export function download(name: string, content: string | Blob, type: string): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser has begun to read it by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function chooseFile(): Promise<File | undefined> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.json,application/json';
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}
