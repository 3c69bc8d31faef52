import type { AgentMetadata } from '../agents/agent-metadata.js';
import type { ErrorRecord } from '../errors.js';
import { Channel, type OverflowPolicy } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from './delivery.js';
import {
  deliveryDropped,
  deliveryFailed,
  deliveryReturned,
  finish,
  forgetIfDone,
  isStalled,
  noteError,
  restall,
} from './delivery-changes.js';
import type { RunRecord, RunStatus } from './run-record.js';
import type { RunState } from './run-state.js';
import type { Session } from './session.js';

// How sessions, runs, agents and channels come and go. The live executor and the fold call the same functions.

/**
 * What no run works on is its first work. What waits for a person's answer is nothing that a run with a message of its own
 * could do anything about, and not what its report should tell of.
 */
export function runStarted(state: RunState, run: RunRecord): void {
  state.runs.set(run.id, run);
  for (const delivery of state.unfinished) {
    if (delivery.run?.isRunning || (run.kind === 'message' && delivery.status === 'parked')) continue;
    own(state, delivery, run);
  }
}

/**
 * What the run leaves is the next run's first work. When it was cancelled, or ran out of time or tokens, that is only what
 * was there before it; of that, what it was working on when it ran out may be why, and is left as a dead letter.
 */
export function runEnded(
  state: RunState,
  at: number,
  run: RunRecord,
  status: RunStatus,
  error: ErrorRecord | undefined,
): void {
  const abandon = status === 'cancelled' || status === 'timed-out' || status === 'budget-exceeded';
  for (const delivery of state.unfinished) {
    if (delivery.run !== run) continue;
    const begun = delivery.status === 'running';
    if (!abandon) {
      if (begun) deliveryReturned(state, delivery, false);
    } else if (begun && error && (status === 'timed-out' || (status !== 'cancelled' && delivery.isAdopted))) {
      deliveryFailed(state, delivery, error, false);
    } else if (delivery.isAdopted) {
      if (begun) deliveryReturned(state, delivery, false);
      disown(state, delivery, run);
    } else {
      if (begun && error) noteError(state, delivery, error);
      finish(state, delivery, 'cancelled');
    }
  }
  run.status = status;
  run.finishedAt = at;
  run.error = error;
}

/** A new executor took over: what ran is unfinished again. */
export function sessionOpened(state: RunState, session: Session): void {
  state.session = session;
  state.published = 0;
  state.paused = false;
  for (const run of state.runs.values()) if (run.isRunning) run.status = 'interrupted';
  for (const delivery of state.unfinished) {
    if (delivery.status !== 'running') continue;
    // The attempt stays counted: whether it was the message that brought the process down cannot be known.
    delivery.attempts++;
    deliveryReturned(state, delivery, false);
  }
  // Agents are code, and code does not survive: each must be registered again. Only now, as a mailbox that is empty
  // goes with its agent.
  for (const agent of [...state.agents.keys()]) agentUnregistered(state, agent);
}

export function agentRegistered(state: RunState, agent: AgentMetadata): void {
  state.agents.set(agent.name, agent);
  for (const name of agent.subscriptions) {
    const channel = state.channels.get(name);
    if (!channel) continue;
    changeSubscription(channel.mailboxes.get(agent.name), () => channel.subscribe(agent.name));
  }
}

export function agentUnregistered(state: RunState, name: string): void {
  const agent = state.agents.get(name);
  state.agents.delete(name);
  for (const subscription of agent?.subscriptions ?? []) {
    const channel = state.channels.get(subscription);
    const mailbox = channel?.mailboxes.get(name);
    if (!mailbox?.subscribed) continue;
    changeSubscription(mailbox, () => channel?.unsubscribe(name));
    forgetIfDone(state, mailbox);
  }
}

export function channelOpened(
  state: RunState,
  at: number,
  name: string,
  capacity: number,
  overflow: OverflowPolicy,
  retain: number,
): void {
  const present = state.channels.get(name);
  if (present) present.configure(capacity, overflow, retain);
  else state.channels.set(name, new Channel(name, at, capacity, overflow, retain, state.unfinished));
}

export function channelClosed(state: RunState, name: string): void {
  const channel = state.channels.get(name);
  if (!channel) return;
  for (const mailbox of channel.mailboxes.values()) {
    while (mailbox.head) deliveryDropped(state, mailbox.head);
    // What runs or waits for its retry goes on; it must not find its way back into a closed mailbox's agent.
    mailbox.subscribed = false;
    mailbox.closed = true;
    mailbox.consumer = undefined;
  }
  channel.isOpen = false;
  state.channels.delete(name);
}

/** What waits in a mailbox is stalled or not by whether its agent is there. */
function changeSubscription(mailbox: Mailbox<Delivery> | undefined, change: () => void): void {
  const before: boolean[] = [];
  for (let at = mailbox?.head; at; at = mailbox?.after(at)) before.push(isStalled(at));
  change();
  let place = 0;
  for (let at = mailbox?.head; at; at = mailbox?.after(at)) restall(at, before[place++] ?? false);
}

function own(state: RunState, delivery: Delivery, run: RunRecord): void {
  const stalled = Number(isStalled(delivery));
  if (delivery.run) {
    delivery.run.outstanding--;
    delivery.run.stalled -= stalled;
    delivery.run.tokensReserved -= delivery.tokensReserved;
    // Going on is no way to a new budget; beginning with a message is.
    if (run.kind !== 'message') run.tokensUsed = Math.max(run.tokensUsed, delivery.run.tokensUsed);
  }
  delivery.run = run;
  delivery.isAdopted = true;
  delivery.scope = state.scopeWithin(run, delivery.session);
  run.outstanding++;
  run.stalled += stalled;
  run.tokensReserved += delivery.tokensReserved;
}

/** Back to what it was before the run: it waits for whichever comes next. */
function disown(state: RunState, delivery: Delivery, run: RunRecord): void {
  // Its channel was closed: it has been dropped.
  if (state.unfinished.find(delivery.number) === undefined) return;
  run.outstanding--;
  run.stalled -= Number(isStalled(delivery));
  delivery.run = undefined;
  delivery.isAdopted = false;
  delivery.scope = state.scopeWithin(undefined, delivery.session);
}
