import type { ErrorRecord } from '../errors.js';
import type { Message } from '../messaging/message.js';
import { NO_SESSION } from './session.js';
import { type LabelTable, type TreeLabel, type TreeScope, treeLabel } from './tree-labels.js';
import type { TreeRing } from './tree-ring.js';
import type { RowValues } from './tree-rows.js';

/** Rows of the execution tree, column by column; names are indexes into the lists beside them. */
export interface TreeRowsPart {
  readonly part: 'tree';
  readonly first: number;
  readonly agents: readonly string[];
  readonly channels: readonly string[];
  readonly scopes: readonly {
    readonly run: string | null;
    readonly sessionPrefix: string;
    readonly sessionStartedAt: string;
  }[];
  readonly status: readonly number[];
  readonly parent: readonly number[];
  /** Agent and channel of each row: agent index × number of channels + channel index. */
  readonly label: readonly number[];
  readonly scope: readonly number[];
  readonly delivery: readonly number[];
  readonly count: readonly number[];
  readonly time: readonly number[];
  /** -1 where a row has not settled. */
  readonly duration: readonly number[];
}

/** What a few nodes have besides their row. */
export interface TreeNodePart {
  readonly part: 'tree-node';
  readonly number: number;
  readonly id: string | null;
  readonly errors: readonly ErrorRecord[] | null;
  readonly deadLetter: Message | null;
}

export type TreePart = TreeRowsPart | TreeNodePart;

/** Rows that go into one part. */
const ROWS_PER_PART = 1024;

/** What a tree is made of. */
export interface TreeData {
  readonly ring: TreeRing;
  readonly labels: LabelTable<TreeLabel>;
  readonly scopes: LabelTable<TreeScope>;
  readonly irregularIds: Map<number, string>;
  readonly errors: Map<number, ErrorRecord[]>;
  readonly deadLetters: Map<number, Message>;
}

/** Gives each value a number, in the order in which they first appear. */
class Dictionary<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string, make: () => Value): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.values.push(make()) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** The parts that a tree comes to, oldest nodes first. */
export function* treeParts(data: TreeData): Generator<TreePart> {
  const { first: oldest, next } = data.ring;
  for (let first = oldest; first < next; first += ROWS_PER_PART) {
    yield rowsPart(data, first, Math.min(next, first + ROWS_PER_PART));
  }
  yield* treeNodeParts(data);
}

/** What nodes have besides their rows. */
export function* treeNodeParts({ irregularIds, errors, deadLetters }: TreeData): Generator<TreeNodePart> {
  const special = new Set([...irregularIds.keys(), ...errors.keys(), ...deadLetters.keys()]);
  for (const number of [...special].sort((left, right) => left - right)) {
    yield {
      part: 'tree-node',
      number,
      id: irregularIds.get(number) ?? null,
      errors: errors.get(number) ?? null,
      deadLetter: deadLetters.get(number) ?? null,
    };
  }
}

function rowsPart({ ring, labels, scopes }: TreeData, first: number, end: number): TreeRowsPart {
  const agents = new Dictionary<string>();
  const channels = new Dictionary<string>();
  const sessions = new Dictionary<TreeRowsPart['scopes'][number]>();
  const places = Array.from({ length: end - first }, (_, offset) => ring.row(first + offset));
  const names = places.map((row) => {
    const { agent, channel } = labels.get(ring.label(row)) ?? { agent: '', channel: '' };
    return [agents.numberOf(agent, () => agent), channels.numberOf(channel, () => channel)] as const;
  });
  const scope = places.map((row) => {
    const { run = null, session = NO_SESSION } = scopes.get(ring.scope(row)) ?? {};
    const { prefix, startedAt } = session;
    const named = { run, sessionPrefix: prefix, sessionStartedAt: startedAt };
    return sessions.numberOf(`${run} ${prefix}`, () => named);
  });
  return {
    part: 'tree',
    first,
    agents: agents.values,
    channels: channels.values,
    scopes: sessions.values,
    status: places.map((row) => ring.status(row)),
    parent: places.map((row) => ring.parent(row)),
    label: names.map(([agent, channel]) => agent * channels.values.length + channel),
    scope,
    delivery: places.map((row) => ring.delivery(row)),
    count: places.map((row) => ring.count(row)),
    time: places.map((row) => ring.time(row)),
    duration: places.map((row) => {
      const duration = ring.duration(row);
      return Number.isNaN(duration) ? -1 : duration;
    }),
  };
}

/** One row of a part; its names by other numbers. */
export function rowValues(part: TreeRowsPart, offset: number, label: number, scope: number): RowValues {
  const duration = part.duration[offset] ?? -1;
  return {
    status: part.status[offset] ?? 0,
    parent: part.parent[offset] ?? 0,
    label,
    scope,
    delivery: part.delivery[offset] ?? 0,
    count: part.count[offset] ?? 0,
    time: part.time[offset] ?? 0,
    duration: duration < 0 ? Number.NaN : duration,
  };
}

/** Puts a part back. Nodes beyond what the tree keeps are left out. */
export function restoreTreePart(data: TreeData, part: TreePart): void {
  if (part.part === 'tree') {
    restoreRows(data, part);
    return;
  }
  const { number, id, errors, deadLetter } = part;
  const row = data.ring.row(number);
  if (row < 0) return;
  data.ring.markSpecial(row);
  if (id !== null) data.irregularIds.set(number, id);
  if (errors) data.errors.set(number, [...errors]);
  if (deadLetter) data.deadLetters.set(number, deadLetter);
}

function restoreRows({ ring, labels, scopes }: TreeData, part: TreeRowsPart): void {
  const names = part.agents.flatMap((agent) => part.channels.map((channel) => treeLabel(agent, channel)));
  const sessions = part.scopes.map(({ run, sessionPrefix, sessionStartedAt }) => ({
    run: run ?? undefined,
    session: { prefix: sessionPrefix, startedAt: sessionStartedAt },
    index: -1,
  }));
  part.status.forEach((_, offset) => {
    const row = ring.row(part.first + offset);
    const label = names[part.label[offset] ?? 0];
    const scope = sessions[part.scope[offset] ?? 0];
    if (row < 0 || !label || !scope) return;
    ring.put(row, rowValues(part, offset, labels.indexOf(label), scopes.indexOf(scope)));
  });
}
