/**
 * A small team in Node, watched by a browser: prints the address of its panel, and what its agents are given. The argument is JSON
 * with the options of `serveDevtools`, and `ends` for a program that has nothing else to do.
 */
import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { type ServeDevtoolsOptions, serveDevtools } from 'dagger-agents/devtools/server';

const { ends, ...options }: ServeDevtoolsOptions & { ends?: boolean } = JSON.parse(process.argv[2] ?? '{}');
const executor = await PubSubExecutor.open();
executor.registerAgents([
  defineAgent({
    name: 'reader',
    subscribe: 'pages',
    publish: 'facts',
    process: ({ payload }) => {
      console.log(`heard ${JSON.stringify(payload)}`);
      return { fact: 'of a page' };
    },
  }),
  defineAgent({
    name: 'asker',
    subscribe: 'drafts',
    publish: 'reports',
    process: async ({ human }) => {
      const { answer } = await human.ask({ question: 'Print it?', default: 'no' });
      console.log(`answered ${JSON.stringify(answer)}`);
    },
  }),
]);
const redact: ServeDevtoolsOptions['redact'] = (value, place) =>
  place.kind === 'payload' && place.channel === 'facts' ? '(a fact)' : value;
const devtools = await serveDevtools(executor, { name: 'the press', redact, ...options });
console.log(devtools.url);
if (!ends) {
  executor.execute();
  await executor.publish('pages', { page: 1 });
  setInterval(() => {}, 60_000);
} else {
  // As long as somebody watches it, but for a moment.
  setTimeout(() => console.log('nothing left to do'), 3000);
}
