import { fold, type RunEvent } from 'dagger-agents';
import { foldRecord } from '../../../core/persistence/record-reader.js';
import { type SnapshotPart, snapshotOf } from '../../../core/state/snapshot.js';
import { pathOf } from './life.js';
import { behaviourOf, childPath, type Team } from './team.js';

/** One delivery, as the log tells of it. */
export interface LoggedDelivery {
  readonly number: number;
  readonly nodeId: string;
  readonly agent: string;
  readonly channel: string;
  readonly path: string;
  /** Paths that its invocation has published, with their channels. */
  readonly published: string[];
  outcome: 'succeeded' | 'failed' | undefined;
  /** The session that recorded its outcome. */
  finishedIn: string;
}

/** Thrown when a promise was broken. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function claim(holds: boolean, promise: () => string): asserts holds {
  if (!holds) throw new Broken(promise());
}

export function eventsOf(records: readonly string[]): RunEvent[] {
  const events: RunEvent[] = [];
  const state = fold([]);
  for (const record of records) foldRecord(state, record, (event) => events.push(event));
  return events;
}

export function partsOf(events: readonly RunEvent[], team: Team): SnapshotPart[] {
  return snapshotOf(fold(events, team.retention));
}

/** Reads the log as a witness of what was delivered; nothing in it may contradict itself. */
export class History {
  readonly deliveries: Map<number, LoggedDelivery> = new Map();
  readonly messages: Set<string> = new Set();
  readonly #team: Team;
  readonly #contents = new Set<string>();
  #session = { prefix: '', startedAt: 0 };
  /** Newest delivery that was finished, by agent and channel, where order is promised. */
  readonly #newest = new Map<string, number>();

  constructor(events: readonly RunEvent[], team: Team, unordered: ReadonlySet<string>) {
    this.#team = team;
    for (const event of events) this.#read(event, unordered);
  }

  #read(event: RunEvent, unordered: ReadonlySet<string>): void {
    switch (event.type) {
      case 'executor.opened':
        this.#session = { prefix: event.session, startedAt: Math.floor(event.at) };
        return;
      case 'message.published': {
        const { id, channel = '', payload } = event.message;
        const path = pathOf(payload);
        claim(!this.messages.has(id), () => `message ${id} was published twice`);
        claim(!this.#contents.has(`${channel}/${path}`), () => `the content ${path} was published twice`);
        this.messages.add(id);
        this.#contents.add(`${channel}/${path}`);
        if (event.publisher !== undefined)
          this.#delivery(event.publisher).published.push(`${channel}/${path}`);
        for (const agent of event.to) this.#add(agent, channel, path);
        return;
      }
      case 'delivery.started': {
        const { outcome, nodeId } = this.#delivery(event.delivery);
        claim(outcome === undefined, () => `${nodeId} was started again after it had ${outcome}`);
        return;
      }
      case 'delivery.succeeded':
      case 'delivery.failed': {
        const delivery = this.#delivery(event.delivery);
        claim(delivery.outcome === undefined, () => `${delivery.nodeId} was finished twice`);
        delivery.outcome = event.type === 'delivery.succeeded' ? 'succeeded' : 'failed';
        delivery.finishedIn = this.#session.prefix;
        if (!unordered.has(delivery.agent)) this.#inOrder(delivery);
        return;
      }
      case 'delivery.dropped':
        throw new Broken(`delivery ${event.delivery} was dropped`);
    }
  }

  #inOrder({ agent, channel, number, nodeId }: LoggedDelivery): void {
    const mailbox = `${agent}/${channel}`;
    const newest = this.#newest.get(mailbox) ?? 0;
    claim(number > newest, () => `${nodeId} was finished after ${newest}, which came later`);
    this.#newest.set(mailbox, number);
  }

  #add(agent: string, channel: string, path: string): void {
    const number = this.deliveries.size + 1;
    const nodeId = `${agent}_${this.#session.startedAt}_${number}`;
    this.deliveries.set(number, {
      number,
      nodeId,
      agent,
      channel,
      path,
      published: [],
      outcome: undefined,
      finishedIn: '',
    });
  }

  #delivery(number: number): LoggedDelivery {
    const delivery = this.deliveries.get(number);
    claim(delivery !== undefined, () => `an event names delivery ${number}, which was never made`);
    return delivery;
  }

  /** Once everything is over: each delivery came to the end that its agent gives it, with all its messages. */
  checkOutcomes(): void {
    for (const { nodeId, agent, path, published, outcome } of this.deliveries.values()) {
      const member = this.#team.members.find(({ name }) => name === agent);
      claim(member !== undefined, () => `nobody knows agent ${agent}`);
      const { children, failures, failsAfter } = behaviourOf(this.#team, member, path);
      const isDoomed = failures === Number.POSITIVE_INFINITY;
      const expected = isDoomed ? 'failed' : 'succeeded';
      claim(outcome === expected, () => `${nodeId} (${path}) should have ${expected}, but ${outcome}`);
      const count = isDoomed ? (member.transactional ? 0 : failsAfter) : children.length;
      const wanted = children
        .slice(0, count)
        .map((channel, index) => `${channel}/${childPath(path, agent, index)}`);
      claim(
        [...published].sort().join() === wanted.sort().join(),
        () => `${nodeId} should have published ${wanted}, but published ${published}`,
      );
    }
  }
}
