import type { Message } from '../messaging/message.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunState } from '../state/run-state.js';

/** What an inspector needs of an executor; `PubSubExecutor` is one. */
export interface Inspected {
  readonly state: RunState;
  subscribe(listener: (event: RunEvent) => void): () => void;
  pause(): Promise<void>;
  resume(): void;
  step(count?: number): number;
  publish(
    channel: string,
    payload: unknown,
    options?: { readonly source?: string | undefined },
  ): Promise<Message>;
  retryDeadLetter(nodeId: string): void;
  readonly humans: {
    answer(id: string, value: unknown): void;
    cancel(id: string): void;
  };
}
