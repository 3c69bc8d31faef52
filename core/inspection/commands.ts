import { PubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { RunState } from '../state/run-state.js';
import type { Disclosure } from './disclosure.js';
import type { CommandResult, InspectorCommand } from './frames.js';
import type { Inspected } from './inspected.js';
import type { RecentMessages } from './recent-messages.js';

/** What commands may touch. */
export interface CommandGround {
  readonly executor: Inspected;
  readonly recent: RecentMessages;
  readonly disclosure: Disclosure;
}

/** Payloads answered to one command. */
const MOST_PAYLOADS = 1000;

/** Carries a command out. @throws PubSubError as the executor's own methods do. */
export async function perform(
  command: InspectorCommand,
  { executor, recent, disclosure }: CommandGround,
): Promise<CommandResult | undefined> {
  switch (command.name) {
    case 'pause':
      await executor.pause();
      return undefined;
    case 'resume':
      executor.resume();
      return undefined;
    case 'step':
      return { started: executor.step(command.count) };
    case 'publish': {
      const { id } = await executor.publish(command.channel, command.payload, { source: 'devtools' });
      return { message: id };
    }
    case 'retry':
      executor.retryDeadLetter(command.node);
      return undefined;
    case 'answer':
      executor.humans.answer(command.question, command.value);
      return undefined;
    case 'cancel-question':
      executor.humans.cancel(command.question);
      return undefined;
    case 'payloads': {
      const wanted = command.messages.slice(0, MOST_PAYLOADS).map((seq) => recent.find(seq));
      return { payloads: wanted.map((message) => (message ? disclosure.payload(message) : null)) };
    }
    case 'node-message': {
      const message = messageOfNode(executor.state, command.node);
      return { payloads: [message ? disclosure.payload(message) : null] };
    }
    case 'search':
      return search(command.text, recent, disclosure);
    default:
      throw new PubSubError('VALIDATION_ERROR', 'the inspector has no such command', {
        details: { command },
      });
  }
}

function messageOfNode(state: RunState, node: number): Message | undefined {
  const letter = state.tree.deadLetter(node);
  if (letter) return letter;
  for (const delivery of state.unfinished) if (delivery.node === node) return delivery.message;
  return undefined;
}

function search(text: string, recent: RecentMessages, disclosure: Disclosure): CommandResult {
  const wanted = text.toLowerCase();
  const found: number[] = [];
  let searched = 0;
  let oldest = 0;
  for (const [seq, message] of recent.entries()) {
    if (searched++ === 0) oldest = seq;
    if (JSON.stringify(disclosure.payload(message).json).toLowerCase().includes(wanted)) found.push(seq);
  }
  return { found, searched, oldest };
}
