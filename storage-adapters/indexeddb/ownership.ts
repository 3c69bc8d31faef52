import { PubSubError } from '../../core/errors.js';
import { databaseError } from './faults.js';

/**
 * Who may write a namespace: the tab that holds a Web Lock of its name. The browser frees it when the tab goes,
 * whatever way it goes. A tab that is frozen keeps its lock; a waiting one notices that it does not answer, and
 * takes the lock away.
 */
export interface NamespaceChannel {
  /** Name of the lock, and of the channel on which its holder answers. */
  readonly lock: string;
  /** Milliseconds for which a holder may be silent before a waiting tab takes the lock away. */
  readonly patience: number;
}

/** What tabs tell each other about a namespace. */
export type NamespaceMessage =
  | { readonly kind: 'anybody-there' }
  /** The holder, by the id that the browser gave its page; unknown in the first moment, and to earlier builds. */
  | { readonly kind: 'here'; readonly holder?: string | undefined }
  /** The holder is being frozen: take the lock away. */
  | { readonly kind: 'going-to-sleep'; readonly holder?: string | undefined }
  /** Something is stored that was not there before. */
  | { readonly kind: 'stored' };

/** Lock names are well-formed strings, namespaces need not be: JSON escapes what is not, and never maps two to one. */
export function lockName(database: string, namespace: string): string {
  return `dagger ${JSON.stringify([database, namespace])}`;
}

/**
 * A lock that we hold, and the voice that says so to those who wait. A frozen page gets messages all the same
 * (Chromium 156), while its timers and its database stand still: so it must know that it is frozen, and be silent.
 */
export class Ownership {
  readonly #channel: BroadcastChannel;
  readonly #lock: HeldLock;
  readonly #stopWatching: () => void;
  #released = false;

  constructor(lock: HeldLock, name: string) {
    this.#lock = lock;
    this.#channel = new BroadcastChannel(name);
    let frozen = false;
    let holder: string | undefined;
    void holderOf(name).then((id) => {
      holder = id;
    });
    this.#channel.onmessage = ({ data }: MessageEvent<NamespaceMessage>) => {
      if (data.kind === 'anybody-there' && !frozen) this.#say({ kind: 'here', holder });
    };
    this.#stopWatching = watchFreezing((freezing) => {
      frozen = freezing;
      this.#say({ kind: freezing ? 'going-to-sleep' : 'here', holder });
    });
    this.#say({ kind: 'here' });
  }

  /** Calls `listener` once when the lock has been taken away. */
  onTaken(listener: () => void): void {
    void this.#lock.taken.then(listener);
  }

  /** Tells those who follow that there is more to read. */
  announceStored(): void {
    this.#say({ kind: 'stored' });
  }

  /** Resolves when the next one can have it. */
  async release(): Promise<void> {
    this.#released = true;
    this.#stopWatching();
    this.#channel.close();
    await this.#lock.release();
  }

  #say(message: NamespaceMessage): void {
    if (this.#released) return;
    this.#channel.postMessage(message);
  }
}

/** Calls back when the browser freezes this page, and when it wakes it. Workers are frozen without being told. */
function watchFreezing(callback: (freezing: boolean) => void): () => void {
  if (typeof document !== 'object') return () => {};
  const freeze = (): void => callback(true);
  const resume = (): void => callback(false);
  document.addEventListener('freeze', freeze);
  document.addEventListener('resume', resume);
  return () => {
    document.removeEventListener('freeze', freeze);
    document.removeEventListener('resume', resume);
  };
}

interface HeldLock {
  release(): Promise<void>;
  /** Resolves when somebody has stolen the lock; never when it was released. */
  readonly taken: Promise<void>;
}

/** Takes the lock if it is free, else answers undefined. */
export async function takeIfFree({ lock }: NamespaceChannel): Promise<Ownership | undefined> {
  const held = await request(lock, { ifAvailable: true });
  return held && new Ownership(held, lock);
}

/**
 * Waits for the lock, and takes it away from a holder that is silent for too long.
 * @throws PubSubError `CANCELLED` when the signal fires first.
 */
export async function takeWhenFree(
  channel: NamespaceChannel,
  signal: AbortSignal | undefined,
): Promise<Ownership> {
  for (;;) {
    refuseCancelled(signal);
    const queued = new AbortController();
    const watch = new AbortController();
    const stop = (): void => queued.abort();
    signal?.addEventListener('abort', stop);
    try {
      const turn = request(channel.lock, { signal: queued.signal }).then((held) => held ?? 'cancelled');
      const first = await Promise.race([turn, silence(channel, watch.signal)]);
      if (first !== 'cancelled' && 'release' in first) return new Ownership(first, channel.lock);
      queued.abort();
      const late = await turn; // granted after all, in the moment we gave up waiting?
      if (late !== 'cancelled') return new Ownership(late, channel.lock);
      refuseCancelled(signal);
      const taken = first === 'cancelled' ? undefined : await takeAway(channel, await first.silent);
      if (taken !== undefined) return taken;
    } finally {
      watch.abort();
      signal?.removeEventListener('abort', stop);
    }
  }
}

/**
 * Of several tabs that wait, one takes the lock away. The others, who have found the same holder silent and come a little
 * later, must not take it from that one in turn.
 */
async function takeAway(
  { lock }: NamespaceChannel,
  silent: string | undefined,
): Promise<Ownership | undefined> {
  const right = await request(`${lock} takeover`, { ifAvailable: true });
  if (right === undefined) return undefined;
  try {
    if ((await holderOf(lock)) !== silent) return undefined;
    const held = await request(lock, { steal: true });
    return held && new Ownership(held, lock);
  } finally {
    await right.release();
  }
}

/** Questions a silent holder may leave unanswered. Counted, not timed: our own timers may be the slow ones. */
const UNANSWERED = 4;

/** A holder that does not answer; undefined where it cannot be known which. */
interface Silence {
  readonly silent: Promise<string | undefined>;
}

/** Resolves when the holder of the lock leaves several questions in a row unanswered, or says that it will. */
function silence({ lock, patience }: NamespaceChannel, signal: AbortSignal): Promise<Silence> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(lock);
    let unanswered = 0;
    let holder = holderOf(lock);
    channel.onmessage = ({ data }: MessageEvent<NamespaceMessage>) => {
      if (data.kind === 'anybody-there') return;
      unanswered = 0;
      if (data.kind === 'stored') return;
      holder = data.holder === undefined ? holderOf(lock) : Promise.resolve(data.holder);
      if (data.kind === 'going-to-sleep') resolve({ silent: holder });
    };
    const ask = (): void => {
      if (unanswered === UNANSWERED) {
        resolve({ silent: holder });
        return;
      }
      unanswered += 1;
      const question: NamespaceMessage = { kind: 'anybody-there' };
      channel.postMessage(question);
    };
    ask();
    const timer = setInterval(ask, patience / UNANSWERED);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      channel.close();
    });
  });
}

/** Asks for a lock. Undefined when it is not available, or the waiting was ended by the signal. */
function request(name: string, options: LockOptions): Promise<HeldLock | undefined> {
  if (navigator.locks === undefined) {
    return Promise.reject(
      new PubSubError(
        'DATABASE_ERROR',
        'Web Locks are not available here, so two tabs could not be kept apart: serve the page from https or localhost',
        { details: { retryable: false } },
      ),
    );
  }
  return new Promise((resolve, reject) => {
    let tellTaken: () => void;
    const taken = new Promise<void>((tell) => {
      tellTaken = tell;
    });
    let held = false;
    const ended: Promise<void> = navigator.locks
      .request(name, options, (lock) => {
        if (lock === null) return resolve(undefined);
        held = true;
        return new Promise<void>((free) => {
          resolve({
            taken,
            release: () => {
              free();
              return ended;
            },
          });
        });
      })
      .then(
        () => {},
        (error: unknown) => {
          if (held) tellTaken();
          else if (options.signal?.aborted === true) resolve(undefined);
          else reject(databaseError('the browser gave no Web Lock', error, { retryable: false }));
        },
      );
  });
}

/** The page that holds a lock. Undefined when it is free, or the browser does not tell. */
async function holderOf(lock: string): Promise<string | undefined> {
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return held.find(({ name }) => name === lock)?.clientId;
}

function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new PubSubError('CANCELLED', 'no longer waiting for the store', { cause: signal.reason });
}
