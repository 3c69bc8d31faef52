import { requireOptions, requireWhole } from '../config.js';
import { invalid, PubSubError } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import { Publication } from '../messaging/publication.js';
import type { Delivery } from './delivery.js';
import {
  deliveryDropped,
  deliveryFailed,
  deliveryRetrying,
  deliveryReturned,
  deliveryStarted,
  deliverySucceeded,
  humanAsked,
  humanResolved,
  tokensReserved,
  tokensUsed,
} from './delivery-changes.js';
import { deliveryRedelivered, messageHanded, messagePublished, messageRefused } from './message-changes.js';
import {
  agentRegistered,
  agentUnregistered,
  channelClosed,
  channelOpened,
  runEnded,
  runStarted,
  sessionOpened,
} from './run-changes.js';
import { EVENT_FORMAT, type RunEvent } from './run-event.js';
import { RunRecord } from './run-record.js';
import { RunState, type StateLimits } from './run-state.js';

/**
 * The state that a list of events leads to: `fold(events)` is what the executor that recorded them holds live.
 *
 * @param limits how much history to keep; as the executor's `retention`, 100,000 nodes by default.
 * @throws PubSubError `EXECUTION_ERROR` when events are missing or do not belong together; `VALIDATION_ERROR` when
 * these are no events.
 */
export function fold(events: Iterable<RunEvent>, limits: StateLimits = { nodes: 100_000 }): RunState {
  if (typeof Reflect.get(Object(events), Symbol.iterator) !== 'function') {
    throw invalid('events', 'events, one after the other', events);
  }
  requireOptions(limits, 'limits', ['nodes']);
  requireWhole(limits.nodes, 'limits.nodes', 1);
  const state = new RunState(limits);
  for (const event of events) applyEvent(state, event);
  return state;
}

/** Applies one event to a state, in place. */
export function applyEvent(state: RunState, event: RunEvent): void {
  if (!(state instanceof RunState)) throw invalid('state', 'a RunState, as fold() gives it', state);
  if (typeof event !== 'object' || event === null) throw invalid('event', 'an event', event);
  if (event.seq !== state.seq + 1) {
    throw new PubSubError('EXECUTION_ERROR', `event ${event.seq} cannot follow event ${state.seq}`, {
      details: { expected: state.seq + 1, received: event.seq },
    });
  }
  state.advance(event.at);
  try {
    applyBody(state, event);
  } catch (thrown) {
    // What could not happen has no place in the log: the next event must not leave a gap behind it.
    state.seq = event.seq - 1;
    throw thrown;
  }
}

function applyBody(state: RunState, event: RunEvent): void {
  const { at } = event;
  switch (event.type) {
    case 'executor.opened':
      requireFormat(event.format);
      sessionOpened(state, { prefix: event.session, startedAt: String(Math.floor(at)) });
      return;
    case 'executor.paused':
      state.paused = true;
      return;
    case 'executor.resumed':
      state.paused = false;
      return;
    case 'agent.registered':
      agentRegistered(state, event.agent);
      return;
    case 'agent.unregistered':
      agentUnregistered(state, event.agent);
      return;
    case 'channel.opened':
      channelOpened(state, at, event.channel, event.capacity, event.overflow, event.retain);
      return;
    case 'channel.closed':
      channelClosed(state, event.channel);
      return;
    case 'run.started':
      runStarted(state, new RunRecord(event.run, event.kind, at));
      return;
    case 'run.ended': {
      const run = required(state.runs.get(event.run), `run ${event.run}`);
      runEnded(state, at, run, event.status, event.error);
      return;
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
      const publication = Publication.of(message, ordinal, fromOutside ?? false);
      messagePublished(state, channel, publication, publisher, run, mailboxes);
      return;
    }
    case 'message.handed': {
      const channel = channelOf(state, event.channel);
      const mailbox = mailboxOf(channel, event.to);
      // An id of its own can come again once it is forgotten: the message is the first of that id not handed yet.
      const retained = channel.retained.find(
        ({ publication, number }) => publication.id === event.message && number > mailbox.lastReceived,
      );
      const run = event.run === undefined ? undefined : state.runs.get(event.run);
      messageHanded(state, required(retained, event.message), mailbox, run);
      return;
    }
    case 'message.refused':
      messageRefused(state, event.channel, event.node);
      return;
    case 'delivery.started':
      deliveryStarted(state, delivery(state, event.delivery));
      return;
    case 'delivery.succeeded':
      deliverySucceeded(state, delivery(state, event.delivery));
      return;
    case 'delivery.retrying':
      deliveryRetrying(state, delivery(state, event.delivery), event.error, event.dueAt);
      return;
    case 'delivery.failed':
      deliveryFailed(state, delivery(state, event.delivery), event.error, event.invalid);
      return;
    case 'delivery.dropped':
      deliveryDropped(state, delivery(state, event.delivery));
      return;
    case 'delivery.returned':
      deliveryReturned(state, delivery(state, event.delivery), event.parked, event.dueAt);
      return;
    case 'delivery.redelivered': {
      const mailbox = mailboxOf(channelOf(state, event.message.channel ?? ''), event.to);
      const run = event.run === undefined ? undefined : state.runs.get(event.run);
      const publication = Publication.of(event.message, 0, false);
      deliveryRedelivered(state, event.node, publication, mailbox, run);
      return;
    }
    case 'human.asked':
      humanAsked(state, event.request, delivery(state, event.request.delivery));
      return;
    case 'human.answered':
      humanResolved(state, event.request, { answer: event.answer, source: event.source });
      return;
    case 'human.cancelled':
      humanResolved(state, event.request, { cancelled: true });
      return;
    case 'tokens.reserved':
      tokensReserved(delivery(state, event.delivery), event.amount);
      return;
    case 'tokens.used':
      tokensUsed(delivery(state, event.delivery), event.amount);
      return;
    case 'cache.set':
    case 'cache.appended':
      state.cache.apply(event);
      return;
    case 'task.set':
      state.tasks.set(event.task);
      return;
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

function requireFormat(format: number): void {
  if (format <= EVENT_FORMAT) return;
  throw new PubSubError(
    'DATABASE_ERROR',
    `events have format ${format}; this version reads up to ${EVENT_FORMAT}`,
    {
      details: { format, supported: EVENT_FORMAT },
    },
  );
}
