import type { CommandResult, InspectorCommand } from '../../core/inspection/frames.js';
import type { SafeValue } from '../../core/inspection/safe-value.js';

/** What a search in payloads found, and how far it went: those of older messages are no longer there. */
export interface FoundPayloads {
  readonly messages: ReadonlySet<number>;
  /** How many were searched: all from `oldest` on. */
  readonly searched: number;
  readonly oldest: number;
}

/** Where payloads come from: they are not part of what is recorded. Messages go by the numbers of their events. */
export interface PayloadSource {
  /** Null for those that are no longer there. */
  of(messages: readonly number[]): Promise<readonly (SafeValue | null)[]>;
  /** Those with a text in their payload. */
  find(text: string): Promise<FoundPayloads>;
}

/** The executor has those of the newest messages. */
export function executorPayloads(
  ask: (command: InspectorCommand) => Promise<CommandResult | undefined>,
): PayloadSource {
  return {
    of: async (messages) => (await ask({ name: 'payloads', messages }))?.payloads ?? messages.map(() => null),
    async find(text) {
      const { found = [], searched = 0, oldest = 0 } = (await ask({ name: 'search', text })) ?? {};
      return { messages: new Set(found), searched, oldest };
    },
  };
}

/** A file has those that were saved with it. */
export function filedPayloads(payloads: ReadonlyMap<number, SafeValue>): PayloadSource {
  return {
    of: async (messages) => messages.map((seq) => payloads.get(seq) ?? null),
    async find(text) {
      const wanted = text.toLowerCase();
      const holds = ({ json }: SafeValue): boolean => JSON.stringify(json).toLowerCase().includes(wanted);
      const messages = new Set([...payloads].filter(([, value]) => holds(value)).map(([seq]) => seq));
      // They were saved in the order in which they were published.
      const [oldest = 0] = payloads.keys();
      return { messages, searched: payloads.size, oldest };
    },
  };
}
