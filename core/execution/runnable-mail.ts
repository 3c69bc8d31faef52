import { type ResolvedConfig, retryDelay } from '../config.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Runtime } from '../runtime.js';
import type { Delivery } from '../state/delivery.js';

// Which of the deliveries that wait for an agent may be started.

/** Deliveries whose retry is not due yet, with what cancels their timer. They keep their place: order is kept. */
export type PendingRetries = Map<Delivery, () => void>;

/** The oldest in this mailbox whose run goes on. */
export function firstRunnable(
  mailbox: Mailbox<Delivery>,
  retrying: PendingRetries | undefined,
): Delivery | undefined {
  const { head } = mailbox;
  return head === undefined || isRunnable(head, retrying) ? head : findRunnable(mailbox, head, retrying);
}

function findRunnable(
  mailbox: Mailbox<Delivery>,
  head: Delivery,
  retrying: PendingRetries | undefined,
): Delivery | undefined {
  let candidate = mailbox.after(head);
  while (candidate !== undefined && !isRunnable(candidate, retrying)) candidate = mailbox.after(candidate);
  return candidate;
}

/** The oldest over all these mailboxes whose run goes on. */
export function oldestRunnable(
  mailboxes: readonly Mailbox<Delivery>[],
  retrying: PendingRetries | undefined,
): Delivery | undefined {
  let oldest: Delivery | undefined;
  for (const mailbox of mailboxes) {
    const candidate = firstRunnable(mailbox, retrying);
    if (candidate && (!oldest || candidate.number < oldest.number)) oldest = candidate;
  }
  return oldest;
}

function isRunnable(delivery: Delivery, retrying: PendingRetries | undefined): boolean {
  if (delivery.status !== 'waiting' || delivery.run?.isRunning !== true) return false;
  return retrying === undefined || !retrying.has(delivery);
}

/**
 * Milliseconds until its retry is due; 0 where it waits for none. Never more than the whole delay: between two sessions the
 * clock may have been set back by a day.
 */
export function leftToWait(
  { dueAt, errors }: Delivery,
  at: number,
  { retryStrategy }: ResolvedConfig,
): number {
  const left = Math.max(0, dueAt - at);
  return left === 0 ? 0 : Math.min(left, retryDelay(retryStrategy, errors?.length ?? 1));
}

/** Whether it must wait for its retry. Most have nothing to wait for: that is seen at once. */
export function isEarly(
  delivery: Delivery,
  { runtime, config }: { readonly runtime: Runtime; readonly config: ResolvedConfig },
): boolean {
  return delivery.extras !== undefined && leftToWait(delivery, runtime.now(), config) > 0;
}
