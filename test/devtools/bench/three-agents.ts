import { defineAgent, type PubSubAgent } from '../../../core/index.js';

/** Three agents in a row that do nothing but pass on: what is measured is what surrounds them. */
export const THREE_AGENTS: readonly PubSubAgent[] = [
  defineAgent({
    name: 'first',
    subscribe: 'one',
    publish: ['two'],
    process: ({ payload, publish }) => void publish('two', payload),
  }),
  defineAgent({
    name: 'second',
    subscribe: 'two',
    publish: ['three'],
    process: ({ payload, publish }) => void publish('three', payload),
  }),
  defineAgent({ name: 'third', subscribe: 'three', process: () => undefined }),
];
