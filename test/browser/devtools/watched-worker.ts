/** An executor in a worker, that whoever sends a port may watch: by frames, or by text as over a socket. */
import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { attachInspector, portInspectorEnd } from 'dagger-agents/inspector';
import { overText } from './over-text.js';

export interface WatchOrders {
  readonly inspect: MessagePort;
  readonly name: string;
  readonly asText: boolean;
}

self.onmessage = async ({ data: { inspect, name, asText } }: MessageEvent<WatchOrders>) => {
  const executor = await PubSubExecutor.open();
  executor.registerAgents([
    defineAgent({ name: 'echo', subscribe: 'in', publish: 'out', process: ({ payload }) => payload }),
    defineAgent({ name: 'end', subscribe: 'out', process: ({ payload }) => self.postMessage(payload) }),
  ]);
  attachInspector(executor, asText ? overText(inspect) : portInspectorEnd(inspect), {
    name,
    redact: (value, place) => (place.kind === 'cache' ? 'hidden' : value),
  });
  executor.cache.insertGlobalValue('vault', 'gold', 'a secret');
  executor.execute();
};
