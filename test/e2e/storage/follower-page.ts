import {
  defineAgent,
  type PubSubAgent,
  PubSubError,
  PubSubExecutor,
  PubSubFollower,
  type RunHandle,
  serializeCacheToJson,
  serializeTreeToDot,
} from '../../../core/index.js';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';

/** What a tab shows of the run, as text that another's can be compared with. */
export interface Picture {
  readonly seq: number;
  readonly tree: string;
  readonly cache: string;
}

/** One invocation: which agent, on which page. */
export type Work = `${string} ${number}`;

interface PageMessage {
  readonly number: number;
  /** The first tab never finishes this one. */
  readonly slow?: boolean;
}

const number = { type: 'integer' } as const;
const page = {
  type: 'object',
  properties: { number, slow: { type: 'boolean' } },
  required: ['number'],
} as const;

/** A tab under test: the owner of a run, or its follower. Driven from outside. */
class Team {
  readonly #storage = indexedDbStorage({
    name: new URLSearchParams(location.search).get('store') ?? 'store',
  });
  #executor: PubSubExecutor | undefined;
  #follower: PubSubFollower | undefined;
  #run: RunHandle | undefined;
  #publishing: Promise<void> | undefined;
  #next = 1;
  readonly #acknowledged: number[] = [];
  readonly #finished: Work[] = [];
  readonly #processed: Work[] = [];
  readonly #workOf = new Map<string, Work>();
  readonly #warnings: string[] = [];
  readonly #heard: number[] = [];
  #frozenAt = 0;

  constructor() {
    document.addEventListener('freeze', () => {
      this.#frozenAt = Date.now();
    });
  }

  /** Owns the store, and runs agents until somebody stops it. Numbers acknowledged and work finished are noted outside. */
  async own(): Promise<void> {
    this.#executor = await PubSubExecutor.open({ storage: this.#storage, logger: this.#logger });
    this.#executor.registerAgents(this.#agents(true));
    this.#run = this.#executor.execute();
    void this.#noteOutcomes(this.#run);
  }

  /** Answers the code of the refusal when somebody else owns the store. */
  async tryToOwn(): Promise<{ readonly code: string; readonly message: string }> {
    try {
      await PubSubExecutor.open({ storage: this.#storage, logger: this.#logger });
    } catch (thrown) {
      return refusal(thrown);
    }
    throw new Error('nobody owned the store');
  }

  async follow(): Promise<void> {
    this.#follower = await PubSubFollower.open({ storage: this.#storage, logger: this.#logger });
    this.#follower.subscribe(({ seq }) => this.#heard.push(seq));
  }

  /** Publishes page after page; each tenth is one that this tab will not finish. */
  publishOn(): void {
    const executor = this.#owned();
    this.#publishing = (async () => {
      for (;;) {
        const message: PageMessage = { number: this.#next++, ...(this.#next % 10 === 0 && { slow: true }) };
        await executor.publish('pages', message);
        this.#acknowledged.push(message.number);
        window.note('acknowledged', String(message.number));
      }
    })();
    this.#publishing.catch(() => {}); // how it ends is asked for with publishingEnded
  }

  async publish(pages: readonly PageMessage[]): Promise<void> {
    for (const message of pages) await this.#owned().publish('pages', message);
    await this.#owned().idle();
  }

  async publishingEnded(): Promise<{ readonly code: string; readonly message: string }> {
    return this.#publishing?.catch(refusal) as Promise<never>; // it never ends but by a refusal
  }

  async publishMore(): Promise<{ readonly code: string; readonly message: string } | undefined> {
    return this.#owned()
      .publish('pages', { number: this.#next++ })
      .then(() => undefined, refusal);
  }

  /** Resolves when the follower has seen this event. */
  sees(seq: number): Promise<void> {
    const follower = this.#followed();
    return new Promise((resolve) => {
      const look = (): void => {
        if (follower.state.seq < seq) return;
        stop();
        resolve();
      };
      const stop = follower.subscribe(look, look);
      look();
    });
  }

  picture(): Picture {
    const { state, tree, cache } = this.#executor ?? this.#followed();
    return { seq: state.seq, tree: serializeTreeToDot(tree, 'shown'), cache: serializeCacheToJson(cache) };
  }

  /** Sequence numbers of the events that the follower's listener has heard. */
  heard(): readonly number[] {
    return this.#heard;
  }

  /** Answers when it was, in milliseconds since 1970. */
  async takenOver(): Promise<number> {
    this.#executor = await this.#followed().takenOver;
    return Date.now();
  }

  /** When the browser last froze this tab, which is some time after it was asked to. */
  frozenAt(): number {
    return this.#frozenAt;
  }

  /** Finishes what the first tab has left; answers the run's status. */
  async finish(): Promise<string> {
    const executor = this.#owned();
    executor.registerAgents(this.#agents(false));
    const run = executor.execute({ resume: true });
    await this.#noteOutcomes(run);
    return (await run.report).status;
  }

  /** The status of the run that this tab has begun, and why it ended. */
  async ended(): Promise<string> {
    const report = await this.#run?.report;
    return `${report?.status}: ${report?.error?.code}`;
  }

  /** Leaves the store that was lost, to follow whoever has it. */
  async followInstead(): Promise<void> {
    await this.#owned()
      .close()
      .catch(() => {}); // it says once more that the store was lost
    this.#executor = undefined;
    await this.follow();
  }

  notes(): {
    readonly acknowledged: readonly number[];
    readonly finished: readonly Work[];
    readonly processed: readonly Work[];
    readonly warnings: readonly string[];
    readonly collected: readonly number[];
  } {
    const { cache } = this.#executor ?? this.#followed();
    const collected = cache.getGlobalInput('facts', 'numbers');
    return {
      acknowledged: this.#acknowledged,
      finished: this.#finished,
      processed: this.#processed,
      warnings: this.#warnings,
      collected: Array.isArray(collected) ? collected.map(Number) : [],
    };
  }

  readonly #logger = { warn: (message: string): void => void this.#warnings.push(message) };

  #agents(leavesSlowOnes: boolean): PubSubAgent[] {
    const begin = (agent: string, nodeId: string, count: number): void => {
      const work: Work = `${agent} ${count}`;
      this.#processed.push(work);
      this.#workOf.set(nodeId, work);
    };
    return [
      defineAgent({
        name: 'reader',
        subscribe: 'pages',
        publish: 'facts',
        inputSchema: page,
        outputSchema: page,
        concurrency: 1000,
        async process({ payload, nodeId, signal }) {
          begin('reader', nodeId, payload.number);
          if (payload.slow && leavesSlowOnes) {
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          }
          return { number: payload.number };
        },
      }),
      defineAgent({
        name: 'collector',
        subscribe: 'facts',
        inputSchema: page,
        transactional: true,
        process({ payload, nodeId, cache }) {
          begin('collector', nodeId, payload.number);
          cache.appendGlobalValue('facts', 'numbers', payload.number);
        },
      }),
    ];
  }

  async #noteOutcomes(run: RunHandle): Promise<void> {
    for await (const { nodeId, success } of run) {
      const work = this.#workOf.get(nodeId);
      if (!success || work === undefined) continue;
      this.#finished.push(work);
      window.note('finished', work);
    }
  }

  #owned(): PubSubExecutor {
    if (!this.#executor) throw new Error('this tab does not own the store');
    return this.#executor;
  }

  #followed(): PubSubFollower {
    if (!this.#follower) throw new Error('this tab does not follow');
    return this.#follower;
  }
}

function refusal(thrown: unknown): { readonly code: string; readonly message: string } {
  if (!(thrown instanceof PubSubError)) throw thrown;
  return { code: thrown.code, message: thrown.message };
}

declare global {
  interface Window {
    team: Team;
    /** Given by the test: what is noted outlives the tab. */
    note: (what: string, value: string) => void;
  }
}
window.note ??= () => {};
window.team = new Team();
