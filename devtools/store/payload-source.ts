import type { CommandResult, InspectorCommand } from '../../core/inspection/frames.js';
import type { SafeValue } from '../../core/inspection/safe-value.js';

/** Where payloads come from: they are not part of what is recorded. Messages go by the numbers of their events. */
export interface PayloadSource {
  /** Null for those that are no longer there. */
  of(messages: readonly number[]): Promise<readonly (SafeValue | null)[]>;
  /** Those with a text in their payload. */
  find(text: string): Promise<ReadonlySet<number>>;
}

/** The executor has those of the newest messages. */
export function executorPayloads(
  ask: (command: InspectorCommand) => Promise<CommandResult | undefined>,
): PayloadSource {
  return {
    of: async (messages) => (await ask({ name: 'payloads', messages }))?.payloads ?? messages.map(() => null),
    find: async (text) => new Set((await ask({ name: 'search', text }))?.found),
  };
}

/** A file has those that were saved with it. */
export function filedPayloads(payloads: ReadonlyMap<number, SafeValue>): PayloadSource {
  return {
    of: async (messages) => messages.map((seq) => payloads.get(seq) ?? null),
    async find(text) {
      const wanted = text.toLowerCase();
      const holds = ({ json }: SafeValue): boolean => JSON.stringify(json).toLowerCase().includes(wanted);
      return new Set([...payloads].filter(([, value]) => holds(value)).map(([seq]) => seq));
    },
  };
}
