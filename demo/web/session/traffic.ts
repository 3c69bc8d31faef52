import { defineAgent, type PubSubAgent, type PubSubExecutor, type RunHandle } from 'dagger-agents';
import { rest } from './faults.js';

/** What the page says of the traffic that it makes. */
export interface TrafficFigures {
  /** The load is on. */
  readonly loading: boolean;
  /** Messages published a second, as measured last; 0 before the first time. */
  readonly rate: number;
  /** A flood is being worked off. */
  readonly flooding: boolean;
  /** Messages pushed out of full mailboxes since the page was opened. */
  readonly dropped: number;
}

export const LOAD_RATE = 10_000;
/** Channels of the load and of the flood: what is left in them by an earlier visit is thrown away. */
export const TRAFFIC_CHANNELS = ['load-beats', 'load-pings', 'flood', 'flooded'] as const;

const FLOOD_MESSAGES = 3000;
const FLOODED_CAPACITY = 100;
const TICK_MILLISECONDS = 10;

/**
 * Two kinds of traffic to watch the panel with: a steady load of two agents (one publishes pings, the other answers
 * each), and a flood that a slow agent cannot keep up with, so that its mailbox drops the oldest.
 */
export class Traffic {
  readonly #executor: PubSubExecutor;
  readonly #changed: (figures: TrafficFigures) => void;
  #load: RunHandle | undefined;
  #flood: RunHandle | undefined;
  #loading: Promise<void> = Promise.resolve();
  #flooding: Promise<void> = Promise.resolve();
  #published = 0;
  #dropped = 0;
  #rate = 0;

  constructor(executor: PubSubExecutor, changed: (figures: TrafficFigures) => void) {
    this.#executor = executor;
    this.#changed = changed;
    executor.subscribe((event) => {
      if (event.type === 'delivery.dropped') this.#dropped++;
      else if (event.type === 'message.published' && this.#load) this.#published++;
    });
  }

  get figures(): TrafficFigures {
    return {
      loading: this.#load !== undefined,
      rate: this.#rate,
      flooding: this.#flood !== undefined,
      dropped: this.#dropped,
    };
  }

  /** Starts the load, or stops it. */
  toggleLoad(): Promise<void> {
    if (this.#load) this.#load.cancel('the load was switched off');
    else this.#loading = this.#runLoad();
    return this.#loading;
  }

  /** Publishes far more at once than a slow agent's mailbox holds. */
  flood(): Promise<void> {
    if (!this.#flood) this.#flooding = this.#runFlood();
    return this.#flooding;
  }

  /** Ends what goes on. */
  async stop(): Promise<void> {
    this.#load?.cancel('the page starts anew');
    this.#flood?.cancel('the page starts anew');
    await Promise.all([this.#loading, this.#flooding]);
  }

  async #runLoad(): Promise<void> {
    this.#executor.openChannel('load-pings', { capacity: 4 * LOAD_RATE });
    this.#load = this.#start([sender(), echo()], 'load-beats', { rate: LOAD_RATE / 2 });
    this.#changed(this.figures);
    let measured = performance.now();
    const meter = setInterval(() => {
      const now = performance.now();
      this.#rate = Math.round((1000 * this.#published) / (now - measured));
      this.#published = 0;
      measured = now;
      this.#changed(this.figures);
    }, 1000);
    await this.#load.report;
    clearInterval(meter);
    this.#load = undefined;
    this.#rate = 0;
    this.#published = 0;
    await this.#cleared(['load-beats', 'load-pings', 'load-pongs'], ['load-sender', 'load-echo']);
  }

  async #runFlood(): Promise<void> {
    this.#executor.openChannel('flooded', { capacity: FLOODED_CAPACITY, overflow: 'drop-oldest' });
    this.#flood = this.#start([flooder(), bottleneck()], 'flood', { messages: FLOOD_MESSAGES });
    this.#changed(this.figures);
    const { status } = await this.#flood.report;
    this.#flood = undefined;
    await this.#cleared(status === 'completed' ? [] : ['flood', 'flooded'], ['flooder', 'bottleneck']);
  }

  #start(agents: readonly PubSubAgent[], channel: string, payload: unknown): RunHandle {
    const known = new Set(this.#executor.listAgents().map((agent) => agent.name));
    for (const agent of agents) if (!known.has(agent.name)) this.#executor.registerAgent(agent);
    return this.#executor.execute({ channel, payload });
  }

  /** Takes away what a cancelled run has left in its mailboxes, which the next run would deliver. */
  async #cleared(channels: readonly string[], agents: readonly string[]): Promise<void> {
    for (const agent of agents) this.#executor.unregisterAgent(agent);
    const known = new Set(this.#executor.listChannels().map((channel) => channel.name));
    for (const channel of channels)
      if (known.has(channel)) await this.#executor.shutdownChannel(channel, { force: true });
    this.#changed(this.figures);
  }
}

const beatSchema = {
  type: 'object',
  properties: { rate: { type: 'number', minimum: 1 } },
  required: ['rate'],
} as const;

/** Works for a second at a time, so that no invocation grows without end, then asks itself for the next one. */
function sender(): PubSubAgent {
  return defineAgent({
    name: 'load-sender',
    description: 'Publishes pings at a steady rate',
    subscribe: { 'load-beats': beatSchema },
    publish: ['load-pings', 'load-beats'],
    async process({ payload: { rate }, publish, signal }) {
      const started = performance.now();
      let sent = 0;
      for (let elapsed = 0; elapsed < 1000 && !signal.aborted; elapsed = performance.now() - started) {
        const due = Math.min(rate, Math.ceil((rate * elapsed) / 1000));
        const pings: Promise<unknown>[] = [];
        while (sent < due) pings.push(publish('load-pings', sent++));
        await Promise.all(pings);
        await rest(TICK_MILLISECONDS, signal);
      }
      await publish('load-beats', { rate });
    },
  });
}

function echo(): PubSubAgent {
  return defineAgent({
    name: 'load-echo',
    description: 'Answers every ping',
    subscribe: 'load-pings',
    publish: ['load-pongs'],
    process: async ({ payload, publish }) => {
      await publish('load-pongs', payload);
    },
  });
}

function flooder(): PubSubAgent {
  return defineAgent({
    name: 'flooder',
    description: 'Publishes far too much at once',
    subscribe: 'flood',
    publish: ['flooded'],
    async process({ publish }) {
      await Promise.all(
        Array.from({ length: FLOOD_MESSAGES }, (_, number) => publish('flooded', { number })),
      );
    },
  });
}

function bottleneck(): PubSubAgent {
  return defineAgent({
    name: 'bottleneck',
    description: 'Takes its time for each message',
    subscribe: 'flooded',
    publish: [],
    process: ({ signal }) => rest(20, signal),
  });
}
