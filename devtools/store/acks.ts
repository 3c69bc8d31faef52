import { PubSubError } from '../../core/errors.js';
import type { AckFrame, CommandResult } from '../../core/inspection/frames.js';

/** Commands on their way, by their ids. */
export interface Acks {
  expect(send: (id: number) => void): Promise<CommandResult | undefined>;
  settle(frame: AckFrame): void;
  /** Whether the executor has said that it is closed, by itself or in an answer. */
  readonly closed: boolean;
  /** It has said so by itself. */
  close(): void;
}

export function pendingAcks(): Acks {
  const waiting = new Map<number, (frame: AckFrame) => void>();
  let ids = 0;
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    close() {
      closed = true;
    },
    expect(send) {
      const id = ++ids;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ error, result }) => {
          if (error) reject(PubSubError.fromRecord(error));
          else resolve(result);
        });
        send(id);
      });
    },
    settle(frame) {
      closed ||= frame.error?.code === 'EXECUTOR_CLOSED';
      waiting.get(frame.id)?.(frame);
      waiting.delete(frame.id);
    },
  };
}
