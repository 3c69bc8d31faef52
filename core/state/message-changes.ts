import type { Channel, RetainedMessage } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
import { Delivery } from './delivery.js';
import { addPublished } from './publish-ledger.js';
import type { RunRecord } from './run-record.js';
import type { RunState } from './run-state.js';
import { type TreeScope, treeLabel } from './tree-labels.js';

// How messages change the state. The live executor and the fold call the same functions.

/** A message is published: a node of the tree, and a delivery for each mailbox. */
export function messagePublished(
  state: RunState,
  channel: Channel,
  publication: Publication,
  publisher: Delivery | undefined,
  run: RunRecord | undefined,
  mailboxes: readonly Mailbox<Delivery>[],
): void {
  const { ordinal } = publication;
  const scope = state.scopeOf(run);
  let parent = 0;
  let by = 0;
  let byScope = scope;
  let published = ordinal + 1;
  if (publisher !== undefined) {
    const earlier = publisher.published;
    publisher.published =
      earlier === undefined && ordinal === 0 ? publication : addPublished(earlier, publication);
    parent = publisher.node;
    by = publisher.number;
    byScope = publisher.scope;
    published = 0;
  }
  // For every message, as what is done for the first time after a pause makes the engine compile all this anew.
  state.published = Math.max(state.published, published);
  const heard = mailboxes.length > 0;
  const node = state.tree.addPublish(heard, parent, channel.label, byScope, by, ordinal);
  if (publication.fromOutside === true) noteOutside(state, node, publication);
  const place = channel.received(publication, node);
  if (run !== undefined) {
    run.counts.published++;
    if (!heard) run.counts.unheard++;
  }
  for (let index = 0; index < mailboxes.length; index++) {
    const mailbox = mailboxes[index];
    if (mailbox === undefined) continue;
    mailbox.lastReceived = place;
    deliver(state, node, scope, publication, mailbox, run);
  }
}

function noteOutside(state: RunState, node: number, { id, channel }: Publication): void {
  state.tree.setId(node, id);
  state.outsideIds.add(channel, id);
}

/** A retained message goes to an agent that came after it was published. */
export function messageHanded(
  state: RunState,
  retained: RetainedMessage,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
): void {
  mailbox.lastReceived = retained.number;
  deliver(state, retained.node, state.scopeOf(run), retained.publication, mailbox, run);
}

/** A dead letter is delivered once more, as a child of the invocation that failed. */
export function deliveryRedelivered(
  state: RunState,
  node: number,
  publication: Publication,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
): void {
  const failed = state.tree.takeDeadLetter(node, publication.message.id, mailbox.agent);
  deliver(state, failed, state.scopeOf(run), publication, mailbox, run);
}

/** A publish came too late: a mark in the tree, and nothing else. */
export function messageRefused(state: RunState, name: string, node: number): void {
  const label = state.channels.get(name)?.label ?? treeLabel('', name);
  const refused = state.tree.addRefused(node, label, state.scopeOf(undefined));
  state.tree.setId(refused, `refused-${state.seq}`);
}

function deliver(
  state: RunState,
  parent: number,
  scope: TreeScope,
  publication: Publication,
  mailbox: Mailbox<Delivery>,
  run: RunRecord | undefined,
): void {
  const number = state.nextDelivery++;
  const node = state.tree.addInvocation(parent, mailbox, scope, number);
  const delivery = new Delivery(number, scope, publication, mailbox, run, node);
  state.unfinished.push(delivery);
  mailbox.unfinished++;
  mailbox.push(delivery);
  if (run !== undefined) {
    run.counts.delivered++;
    run.outstanding++;
  }
}
