import { PubSubError } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Delivery } from './delivery.js';
import type { RunEvent } from './run-event.js';
import { RunRecord } from './run-record.js';
import { RunState, type StateLimits } from './run-state.js';

/**
 * The state that a list of events leads to: `fold(events)` is what the executor that recorded them holds live.
 *
 * @param limits how much history to keep; as the executor's `retention`, 100,000 nodes by default.
 * @throws PubSubError `EXECUTION_ERROR` when events are missing or do not belong together.
 */
export function fold(events: Iterable<RunEvent>, limits: StateLimits = { nodes: 100_000 }): RunState {
  const state = new RunState(limits);
  for (const event of events) applyEvent(state, event);
  return state;
}

/** Applies one event to a state, in place. */
export function applyEvent(state: RunState, event: RunEvent): void {
  if (event.seq !== state.seq + 1) {
    throw new PubSubError('EXECUTION_ERROR', `event ${event.seq} cannot follow event ${state.seq}`, {
      details: { expected: state.seq + 1, received: event.seq },
    });
  }
  state.seq = event.seq;
  applyBody(state, event);
}

function applyBody(state: RunState, event: RunEvent): void {
  const { at } = event;
  switch (event.type) {
    case 'executor.opened':
      return state.sessionOpened({ prefix: event.session, startedAt: Math.floor(at) });
    case 'executor.paused':
      state.paused = true;
      return;
    case 'executor.resumed':
      state.paused = false;
      return;
    case 'agent.registered':
      return state.agentRegistered(event.agent);
    case 'agent.unregistered':
      return state.agentUnregistered(event.agent);
    case 'channel.opened':
      return state.channelOpened(at, event.channel, event.capacity, event.overflow, event.retain);
    case 'channel.closed':
      return state.channelClosed(at, event.channel);
    case 'run.started':
      return state.runStarted(new RunRecord(event.run, event.kind, at));
    case 'run.ended': {
      const run = required(state.runs.get(event.run), `run ${event.run}`);
      return state.runEnded(at, run, event.status, event.error);
    }
    case 'run.deleted':
      state.runs.delete(event.run);
      return;
    case 'message.published': {
      const channel = channelOf(state, event.message.channel ?? '');
      const publisher = event.publisher === undefined ? undefined : delivery(state, event.publisher);
      const mailboxes = event.to.map((agent) => mailboxOf(channel, agent));
      const run = event.run === undefined ? undefined : state.runs.get(event.run);
      const { message, ordinal, fromOutside } = event;
      return state.messagePublished(
        at,
        channel,
        message,
        publisher,
        ordinal,
        fromOutside ?? false,
        run,
        mailboxes,
      );
    }
    case 'message.handed': {
      const channel = channelOf(state, event.channel);
      const retained = channel.retained.find(({ message }) => message.id === event.message);
      const run = event.run === undefined ? undefined : state.runs.get(event.run);
      return state.messageHanded(at, required(retained, event.message), mailboxOf(channel, event.to), run);
    }
    case 'message.refused':
      return state.messageRefused(at, event.channel, event.node);
    case 'delivery.started':
      return state.deliveryStarted(at, delivery(state, event.delivery));
    case 'delivery.succeeded':
      return state.deliverySucceeded(at, delivery(state, event.delivery));
    case 'delivery.retrying':
      return state.deliveryRetrying(at, delivery(state, event.delivery), event.error, event.dueAt);
    case 'delivery.failed':
      return state.deliveryFailed(at, delivery(state, event.delivery), event.error, event.invalid);
    case 'delivery.dropped':
      return state.deliveryDropped(at, delivery(state, event.delivery));
    case 'delivery.returned':
      return state.deliveryReturned(delivery(state, event.delivery), event.parked);
    case 'delivery.redelivered': {
      const mailbox = mailboxOf(channelOf(state, event.message.channel ?? ''), event.to);
      const run = event.run === undefined ? undefined : state.runs.get(event.run);
      return state.deliveryRedelivered(at, event.node, event.message, mailbox, run);
    }
    case 'human.asked':
      return state.humanAsked(event.request, delivery(state, event.request.delivery));
    case 'human.answered':
      return state.humanResolved(event.request, { answer: event.answer, source: event.source });
    case 'human.cancelled':
      return state.humanResolved(event.request, { cancelled: true });
    case 'tokens.reserved':
      return state.tokensReserved(delivery(state, event.delivery), event.amount);
    case 'tokens.used':
      return state.tokensUsed(delivery(state, event.delivery), event.amount);
    case 'cache.set':
    case 'cache.appended':
      return state.cache.apply(event);
    case 'task.set':
      return state.tasks.set(event.task);
    case 'tasks.planned':
      state.tasks.planned = event.count;
      return;
  }
}

function delivery(state: RunState, number: number): Delivery {
  return required(state.unfinished.find(number), `delivery ${number}`);
}

function channelOf(state: RunState, name: string): Channel {
  return required(state.channels.get(name), `channel ${name}`);
}

function mailboxOf(channel: Channel, agent: string): Mailbox<Delivery> {
  return required(channel.mailboxes.get(agent), `mailbox of ${agent} on ${channel.name}`);
}

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined)
    throw new PubSubError('EXECUTION_ERROR', `an event names ${what}, which does not exist`);
  return value;
}
