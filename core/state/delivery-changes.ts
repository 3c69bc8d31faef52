import type { ErrorRecord } from '../errors.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from './delivery.js';
import type { HumanRequest, HumanResolution } from './human-request.js';
import type { RunState } from './run-state.js';

// How deliveries change the state, from their start to their outcome. The live executor and the fold call the same
// functions.

/** How the story of a delivery can end. */
export type FinalStatus = 'succeeded' | 'failed' | 'invalid' | 'dropped' | 'cancelled';

export function deliveryStarted(state: RunState, delivery: Delivery): void {
  // What waited for its retry was taken out already: to look for it would go through a backlog each time.
  if (delivery.status !== 'retrying') delivery.mailbox.remove(delivery);
  delivery.status = 'running';
  delivery.attempts++;
  if (!state.tree.started(delivery.node, delivery.attempts)) addForgottenNode(state, delivery);
}

/** It has waited, or run, for so long that its node is gone; what becomes of it now must still be seen. */
function addForgottenNode(state: RunState, delivery: Delivery): void {
  delivery.node = state.tree.addInvocation(0, delivery.mailbox, delivery.scope, delivery.number);
  if (delivery.errors) state.tree.setErrors(delivery.node, delivery.errors);
  state.tree.started(delivery.node, delivery.attempts);
}

export function deliveryRetrying(
  state: RunState,
  delivery: Delivery,
  error: ErrorRecord,
  dueAt: number,
): void {
  delivery.status = 'retrying';
  delivery.dueAt = dueAt;
  noteError(state, delivery, error);
  releaseTokens(delivery);
  state.tree.settled(delivery.node, 'retrying');
  if (delivery.run) delivery.run.counts.retried++;
}

export function deliveryFailed(
  state: RunState,
  delivery: Delivery,
  error: ErrorRecord,
  invalid: boolean,
): void {
  noteError(state, delivery, error);
  if (delivery.run) delivery.run.counts.failed++;
  finish(state, delivery, invalid ? 'invalid' : 'failed');
  state.tree.setDeadLetter(delivery.node, delivery.message);
}

export function deliverySucceeded(state: RunState, delivery: Delivery): void {
  const { run } = delivery;
  if (run !== undefined) run.counts.succeeded++;
  finish(state, delivery, 'succeeded');
}

export function deliveryDropped(state: RunState, delivery: Delivery): void {
  const { mailbox, run } = delivery;
  // Where its own channel was closed, one of that name is another.
  const channel = mailbox.closed ? undefined : state.channels.get(mailbox.channel);
  if (channel) channel.droppedCount++;
  if (run) run.counts.dropped++;
  finish(state, delivery, 'dropped');
}

/** Back in its mailbox, as if this attempt had not begun; dropped when its channel has been closed meanwhile. */
export function deliveryReturned(state: RunState, delivery: Delivery, parked: boolean, dueAt = 0): void {
  if (delivery.mailbox.closed) {
    deliveryDropped(state, delivery);
    return;
  }
  const wasStalled = isStalled(delivery);
  if (delivery.status === 'running') delivery.attempts--;
  if (delivery.status !== 'waiting' && delivery.status !== 'parked') delivery.mailbox.insert(delivery);
  delivery.mailbox.parked += Number(parked) - Number(delivery.status === 'parked');
  delivery.status = parked ? 'parked' : 'waiting';
  delivery.dueAt = dueAt;
  releaseTokens(delivery);
  state.tree.mark(delivery.node, delivery.status, delivery.attempts);
  restall(delivery, wasStalled);
}

export function humanAsked(state: RunState, request: HumanRequest, delivery: Delivery): void {
  state.humans.set(request.id, request);
  const extras = delivery.withExtras();
  extras.questions ??= [];
  if (!extras.questions.includes(request.id)) extras.questions.push(request.id);
}

export function humanResolved(state: RunState, id: string, resolution: HumanResolution): void {
  const request = state.humans.get(id);
  state.humans.delete(id);
  const asked = request && { question: request.question, schema: request.schema };
  state.resolutions.set(id, asked ? { ...resolution, asked } : resolution);
}

export function tokensReserved(delivery: Delivery, amount: number): void {
  delivery.tokensReserved += amount;
  if (delivery.run) delivery.run.tokensReserved += amount;
}

export function tokensUsed(delivery: Delivery, amount: number): void {
  const freed = Math.min(amount, delivery.tokensReserved);
  delivery.tokensReserved -= freed;
  if (!delivery.run) return;
  delivery.run.tokensReserved -= freed;
  delivery.run.tokensUsed += amount;
}

export function finish(state: RunState, delivery: Delivery, status: FinalStatus): void {
  const { run } = delivery;
  if (run !== undefined) run.outstanding--;
  if (delivery.status === 'waiting' || delivery.status === 'parked') leaveMailbox(state, delivery, status);
  else if (!state.tree.settled(delivery.node, status)) {
    addForgottenNode(state, delivery);
    state.tree.settled(delivery.node, status);
  }
  state.unfinished.remove(delivery);
  delivery.mailbox.unfinished--;
  if (delivery.mailbox.subscribed === false) forgetIfDone(state, delivery.mailbox);
  if (delivery.extras !== undefined) forgetExtras(state, delivery);
  // Whatever waited long is old to the collector, which keeps what old objects know until its next full turn, though they
  // are of no use any more: in a burst, all that was published because of them.
  delivery.published = undefined;
}

function forgetExtras(state: RunState, delivery: Delivery): void {
  releaseTokens(delivery);
  if (delivery.questions !== undefined) forgetQuestions(state, delivery.questions);
}

/** It ends without having been started (again). */
function leaveMailbox(state: RunState, delivery: Delivery, status: FinalStatus): void {
  if (delivery.run && isStalled(delivery)) delivery.run.stalled--;
  if (delivery.status === 'parked') delivery.mailbox.parked--;
  delivery.mailbox.remove(delivery);
  state.tree.mark(delivery.node, status, delivery.attempts);
}

function forgetQuestions(state: RunState, questions: readonly string[]): void {
  for (const id of questions) {
    state.humans.delete(id);
    state.resolutions.delete(id);
  }
}

/** The mailbox of an agent that is gone stays as long as anything may come back to it. */
export function forgetIfDone(state: RunState, mailbox: Mailbox<Delivery>): void {
  if (mailbox.closed || mailbox.unfinished > 0) return;
  state.channels.get(mailbox.channel)?.forget(mailbox);
}

export function noteError(state: RunState, delivery: Delivery, error: ErrorRecord): void {
  const extras = delivery.withExtras();
  extras.errors ??= [];
  extras.errors.push(error);
  state.tree.setErrors(delivery.node, extras.errors);
}

export function releaseTokens(delivery: Delivery): void {
  if (delivery.run) delivery.run.tokensReserved -= delivery.tokensReserved;
  delivery.tokensReserved = 0;
}

/** Cannot go on by itself: it waits for an answer, or for its agent to come back. */
export function isStalled(delivery: Delivery): boolean {
  return delivery.status === 'parked' || (delivery.status === 'waiting' && !delivery.mailbox.subscribed);
}

export function restall(delivery: Delivery, wasStalled: boolean): void {
  if (delivery.run) delivery.run.stalled += Number(isStalled(delivery)) - Number(wasStalled);
}
