import type { Message, RunState } from 'dagger-agents';
import { expect } from 'vitest';
import { snapshotOf } from '../../core/state/snapshot.js';

/**
 * A state as plain data, for comparing two of them: its snapshot, and what a snapshot leaves to be derived (the order
 * within each mailbox, what each run has outstanding, the nodes of the tree as people see them).
 */
export function viewOf(state: RunState, replace?: (key: string, value: unknown) => unknown): string {
  const view = {
    parts: partsOf(state),
    mailboxes: [...state.channels.values()].map(({ name, mailboxes }) => [
      name,
      [...mailboxes.values()].map((mailbox) => [
        mailbox.agent,
        mailbox.subscribed,
        mailbox.length,
        waitingIn(mailbox).map(({ number, status }) => [number, status]),
      ]),
    ]),
    runs: [...state.runs.values()].map((run) => [run.id, run.outstanding, run.stalled, run.tokensReserved]),
    claimable: [...new Set([...state.tasks.values()].map(({ taskType }) => taskType))].map((type) => [
      type,
      state.tasks.firstPending(type)?.taskId ?? null,
    ]),
    nodes: [...state.tree.nodes()],
  };
  return JSON.stringify(view, replace);
}

/** A snapshot writes a message that several deliveries share once; here each has its own. */
function partsOf(state: RunState): unknown[] {
  const messages = new Map<number, Message>();
  return snapshotOf(state).map((part) => {
    if (part.part !== 'delivery') return part;
    const message = typeof part.message === 'number' ? messages.get(part.message) : part.message;
    if (message) messages.set(part.number, message);
    return { ...part, message };
  });
}

/** Compares two states, and shows where they differ. */
export function expectSameState(one: RunState, other: RunState): void {
  expectSameView(viewOf(one), viewOf(other));
}

/** The same for who watches from elsewhere, and is not told what messages say. */
export function expectSameStateButPayloads(one: RunState, other: RunState): void {
  const withoutPayloads = (key: string, value: unknown) => (key === 'payload' ? null : value);
  expectSameView(viewOf(one, withoutPayloads), viewOf(other, withoutPayloads));
}

function expectSameView(left: string, right: string): void {
  // Comparing text is a hundred times faster than walking both, and nearly always all there is to do.
  if (left !== right) expect(JSON.parse(left)).toEqual(JSON.parse(right));
}

type AnyMailbox =
  RunState['channels'] extends Map<string, { mailboxes: Map<string, infer Box> }> ? Box : never;

function waitingIn(mailbox: AnyMailbox) {
  const waiting = [];
  for (let at = mailbox.head; at; at = mailbox.after(at)) waiting.push(at);
  return waiting;
}

/** What must hold in every state, whatever happened before. */
export function checkInvariants(state: RunState): void {
  const unfinished = [...state.unfinished];
  same([state.unfinished.length], [unfinished.length], 'unfinished');
  for (const run of state.runs.values()) {
    const own = unfinished.filter((delivery) => delivery.run === run);
    const stalled = own.filter(
      ({ status, mailbox }) => status === 'parked' || (status === 'waiting' && !mailbox.subscribed),
    );
    const reserved = own.reduce((sum, { tokensReserved }) => sum + tokensReserved, 0);
    same([run.outstanding, run.stalled, run.tokensReserved], [own.length, stalled.length, reserved], run.id);
  }
  const inMailboxes: number[] = [];
  for (const { mailboxes, subscribers } of state.channels.values()) {
    for (const mailbox of mailboxes.values()) {
      const waiting = waitingIn(mailbox);
      const numbers = waiting.map(({ number }) => number);
      same(
        [mailbox.length, mailbox.subscribed],
        [waiting.length, subscribers.includes(mailbox)],
        mailbox.agent,
      );
      same(
        numbers,
        numbers.toSorted((left, right) => left - right),
        mailbox.agent,
      );
      inMailboxes.push(...numbers);
    }
  }
  // Whatever waits is in a mailbox where it can be found, and nothing else is.
  const waiting = unfinished.filter(({ status }) => status === 'waiting' || status === 'parked');
  same(
    waiting.map(({ number }) => number),
    inMailboxes.sort((left, right) => left - right),
    'waiting',
  );
}

function same(found: readonly unknown[], wanted: readonly unknown[], what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect([what, ...found]).toEqual([what, ...wanted]);
}
