import { isoTime } from '../identifiers.js';
import type { Message } from '../messaging/message.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunState } from '../state/run-state.js';
import { messageIdOf, nodeIdOf } from '../state/session-ids.js';
import type { MessageRoute } from './event-batch.js';

/**
 * The event that a row of a batch stands for, its payload null. `state` is the state just before it: ids, source and
 * parent follow from the delivery that published.
 */
export function rebuildPublished(
  state: RunState,
  seq: number,
  at: number,
  publisher: number,
  ordinal: number,
  route: MessageRoute,
): RunEvent {
  const message = rebuildMessage(state, at, publisher, ordinal, route.channel);
  return {
    seq,
    at,
    type: 'message.published',
    message,
    ordinal,
    to: route.to,
    ...(publisher > 0 && { publisher }),
    ...(route.run !== null && { run: route.run }),
  };
}

function rebuildMessage(
  state: RunState,
  at: number,
  publisher: number,
  ordinal: number,
  channel: string,
): Message {
  const timestamp = isoTime(at);
  const delivery = publisher > 0 ? state.unfinished.find(publisher) : undefined;
  if (!delivery) {
    const id = messageIdOf(state.session, 0, ordinal);
    return { id, timestamp, source: 'app', channel, payload: null };
  }
  const { session, mailbox, message } = delivery;
  return {
    id: messageIdOf(session, publisher, ordinal),
    timestamp,
    source: nodeIdOf(mailbox.agent, session, publisher),
    channel,
    payload: null,
    parentId: message.id,
  };
}
