import { defineAgent, type OpenOptions, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { createTestRuntime, type TestRuntime } from 'dagger-agents/testing';
import { SimulatedStore } from '../support/simulated-store.js';

/** An executor on a store that does what a test tells it to, with a manual clock. */
export interface Bench {
  readonly store: SimulatedStore;
  readonly executor: PubSubExecutor;
  readonly runtime: TestRuntime;
  readonly warnings: string[];
}

export async function onStore(
  store: SimulatedStore = new SimulatedStore(),
  options: Partial<OpenOptions> = {},
): Promise<Bench> {
  const runtime = createTestRuntime();
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  const executor = await PubSubExecutor.open({ storage: store, runtime, logger, ...options });
  return { store, executor, runtime, warnings };
}

/** What a new executor finds. */
export async function reopened(store: SimulatedStore): Promise<PubSubExecutor> {
  const { executor } = await onStore(store);
  return executor;
}

/** An agent that notes what it hears. */
export function counting(heard: unknown[], name = 'reader'): PubSubAgent {
  return defineAgent({ name, subscribe: 'in', process: ({ payload }) => void heard.push(payload) });
}

/** How many messages a channel has had. */
export function published(executor: PubSubExecutor, channel = 'in'): number {
  return executor.state.channels.get(channel)?.publishedCount ?? 0;
}
