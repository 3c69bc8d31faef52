import type { Channel, RetainedMessage } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import { Delivery } from './delivery.js';
import { notePublished } from './publish-ledger.js';
import type { RunRecord } from './run-record.js';
import type { RunState } from './run-state.js';
import { type TreeScope, treeLabel } from './tree-labels.js';

// How messages change the state. The live executor and the fold call the same functions.

/** A message is published: a node of the tree, and a delivery for each mailbox. */
export function messagePublished(
  state: RunState,
  at: number,
  channel: Channel,
  message: Message,
  publisher: Delivery | undefined,
  ordinal: number,
  fromOutside: boolean,
  run: RunRecord | undefined,
  mailboxes: readonly Mailbox<Delivery>[],
): void {
  const scope = state.scopeOf(run, state.session);
  const node = state.tree.addPublish(
    mailboxes.length === 0 ? 'unheard' : 'published',
    at,
    publisher ? publisher.node : 0,
    channel.label,
    // Ids tell of the session that the publisher's delivery came from, which may be one before a restart.
    publisher && publisher.session !== state.session ? state.scopeOf(run, publisher.session) : scope,
    publisher ? publisher.number : 0,
    ordinal,
    fromOutside ? message.id : undefined,
  );
  if (publisher) {
    publisher.published = notePublished(publisher.published, message, ordinal);
  } else {
    state.published = Math.max(state.published, ordinal + 1);
  }
  if (fromOutside) state.outsideIds.add(message.id);
  const place = channel.received(message, node);
  if (run) {
    run.counts.published++;
    if (mailboxes.length === 0) run.counts.unheard++;
  }
  for (let index = 0; index < mailboxes.length; index++) {
    const mailbox = mailboxes[index];
    if (!mailbox) continue;
    mailbox.lastReceived = place;
    deliver(state, at, node, message, mailbox, run, scope);
  }
}

/** A retained message goes to an agent that came after it was published. */
export function messageHanded(
  state: RunState,
  at: number,
  retained: RetainedMessage,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
): void {
  mailbox.lastReceived = retained.number;
  deliver(state, at, retained.node, retained.message, mailbox, run, state.scopeOf(run, state.session));
}

/** A dead letter is delivered once more, as a child of the invocation that failed. */
export function deliveryRedelivered(
  state: RunState,
  at: number,
  node: number,
  message: Message,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
): void {
  state.tree.forgetDeadLetter(node);
  deliver(state, at, node, message, mailbox, run, state.scopeOf(run, state.session));
}

/** A publish came too late: a mark in the tree, and nothing else. */
export function messageRefused(state: RunState, at: number, name: string, node: number): void {
  const label = state.channels.get(name)?.label ?? treeLabel('', name);
  state.tree.addPublish(
    'refused',
    at,
    node,
    label,
    state.scopeOf(undefined, state.session),
    0,
    0,
    `refused-${state.seq}`,
  );
}

function deliver(
  state: RunState,
  at: number,
  parent: number,
  message: Message,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
  scope: TreeScope,
): void {
  const number = state.nextDelivery++;
  const node = state.tree.addInvocation(at, parent, mailbox.label, scope, number);
  const delivery = new Delivery(number, state.session, message, mailbox, run, node);
  state.unfinished.push(delivery);
  mailbox.push(delivery);
  if (run) {
    run.counts.delivered++;
    run.outstanding++;
  }
}
