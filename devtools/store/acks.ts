import { PubSubError } from '../../core/errors.js';
import type { AckFrame, ClosedFrame, CommandResult } from '../../core/inspection/frames.js';

/** Commands on their way, by their ids. */
export interface Acks {
  expect(send: (id: number) => void): Promise<CommandResult | undefined>;
  settle(frame: AckFrame): void;
  /** Why nothing can be changed any more: the executor has said that it is closed, by itself or in an answer; or its link is lost. */
  readonly over: keyof typeof OVER | undefined;
  /** It has said so by itself, or its link has: then nothing is answered any more. */
  close(reason: ClosedFrame['reason']): void;
}

/** The same in words. */
export const OVER = { closed: 'The executor is closed', lost: 'The connection is lost' } as const;

export function pendingAcks(): Acks {
  const waiting = new Map<number, (frame: Pick<AckFrame, 'error' | 'result'>) => void>();
  let ids = 0;
  let over: Acks['over'];
  return {
    get over() {
      return over;
    },
    close(reason) {
      over = reason ?? 'closed';
      if (!reason) return;
      for (const settle of waiting.values()) settle({ error: { code: 'CANCELLED', message: OVER.lost } });
      waiting.clear();
    },
    expect(send) {
      if (over === 'lost') return Promise.reject(new PubSubError('CANCELLED', OVER.lost));
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
      if (frame.error?.code === 'EXECUTOR_CLOSED') over ??= 'closed';
      waiting.get(frame.id)?.(frame);
      waiting.delete(frame.id);
    },
  };
}
