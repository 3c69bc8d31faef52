import { evalFreeValidator, PubSubExecutor } from 'dagger-agents';
import { TRAFFIC_CHANNELS } from './traffic.js';

const STORE = 'dagger-demo';
const REMEMBER_KEY = 'dagger-demo remember';

const CONFIG = {
  retryStrategy: { type: 'exponential', initialDelaySecs: 0.4, maxDelaySecs: 2, multiplier: 2 },
} as const;

/** An executor in memory, or on the journal that the last visit has left. */
export async function openExecutor(remember: boolean): Promise<PubSubExecutor> {
  // The page must run under `script-src 'self'`, where trying `Function` would already be reported.
  const validator = await evalFreeValidator();
  if (!remember) return PubSubExecutor.open({ validator, config: CONFIG });
  const { openStorage } = await import('dagger-agents/storage');
  const storage = await openStorage(STORE);
  const executor = await PubSubExecutor.open({ validator, config: CONFIG, storage, durability: 'batched' });
  const left = new Set(executor.listChannels().map((channel) => channel.name));
  for (const channel of TRAFFIC_CHANNELS)
    if (left.has(channel)) await executor.shutdownChannel(channel, { force: true });
  return executor;
}

/** Deletes everything that was remembered. */
export async function forget(): Promise<void> {
  const { openStorage } = await import('dagger-agents/storage');
  const storage = await openStorage(STORE);
  for (const namespace of await storage.list()) await storage.remove(namespace);
  await storage.close();
}

export function wantsMemory(): boolean {
  return readFlag() === 'yes';
}

export function setWantsMemory(wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(REMEMBER_KEY, 'yes');
    else localStorage.removeItem(REMEMBER_KEY);
  } catch {
    // Storage is forbidden here: the choice holds until the page is left.
  }
}

function readFlag(): string | null {
  try {
    return localStorage.getItem(REMEMBER_KEY);
  } catch {
    return null;
  }
}
