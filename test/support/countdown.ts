import { defineAgent, type PubSubAgent } from 'dagger-agents';

/** An agent that is busy: it counts down what it is given on `numbers`, a message each, and says when it has come to 0. */
export function countdown(atZero: () => void): PubSubAgent {
  return defineAgent({
    name: 'countdown',
    subscribe: 'numbers',
    publish: 'numbers',
    inputSchema: { type: 'integer' },
    async process({ payload, publish }) {
      if (payload > 0) await publish('numbers', payload - 1);
      else atZero();
    },
  });
}
