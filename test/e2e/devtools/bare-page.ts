import { packageRoot } from '../../support/package-entries.js';

/** A page without React of its own: a small team at work, and the panel mounted beside it. */
export const BARE_PAGE: string = `
import { defineAgent, evalFreeValidator, PubSubExecutor } from ${JSON.stringify(`${packageRoot}/core/index.ts`)};
import { mountDevtools } from ${JSON.stringify(`${packageRoot}/devtools/index.ts`)};

const query = new URLSearchParams(location.search);
const executor = await PubSubExecutor.open({
  validator: await evalFreeValidator(),
  config: { maxAttempts: 2, retryStrategy: { type: 'linear', delaySecs: 0.2 }, maxTokens: 100_000 },
  // Some messages here are meant to be heard by nobody, and some to fail; any other warning is a complaint.
  logger: { warn: (note, cause) => { if (!/^nobody subscribes|answered 503|: broken /.test(note)) console.warn(note, cause); } },
});
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
executor.openChannel('log', { capacity: 4 });
executor.registerAgents([
  defineAgent({
    name: 'planner', description: 'Splits a question into searches', subscribe: 'questions', publish: ['searches'],
    async process({ payload, publish, tasks, cache }) {
      cache.insertGlobalValue('research', 'question', payload.question);
      for (const n of [1, 2, 3]) {
        tasks.addTask('search', { question: payload.question, n }, 2);
        await publish('searches', { query: payload.question + ' ' + n, n });
      }
    },
  }),
  defineAgent({
    name: 'searcher', description: 'Finds pages', subscribe: 'searches', publish: ['pages', 'log'], concurrency: 2,
    async process({ payload, publish, tasks, tokens }) {
      const task = tasks.claimTask('search', 'searcher');
      tokens.reserve(200);
      await wait(15);
      tokens.used(140);
      for (const n of [1, 2]) await publish('pages', { url: 'https://example.org/' + payload.n + '/' + n, title: 'Page ' + n + ' of ' + payload.query });
      await publish('log', 'searched ' + payload.query);
      if (task) tasks.completeTask(task.taskId, payload.n !== 3);
    },
  }),
  defineAgent({
    name: 'reader', description: 'Reads a page and extracts its facts', subscribe: 'pages', publish: ['facts'], concurrency: 3,
    async process({ payload, publish, cache }) {
      await wait(10);
      if (payload.url.endsWith('/3/2')) throw new Error('the page answered 503: timeout after 30 s');
      cache.appendGlobalValue('facts', payload.url, { words: payload.title.length });
      await publish('facts', { url: payload.url, text: 'A fact of ' + payload.title, weight: payload.title.length / 10, tags: ['fact', 'page'] });
    },
  }),
  defineAgent({
    name: 'writer', description: 'Writes the report', subscribe: 'facts', publish: ['report'],
    async process({ payload, publish }) { await publish('report', { line: payload.text, from: payload.url }); },
  }),
  defineAgent({
    name: 'editor', description: 'Asks a person', subscribe: 'drafts', publish: ['report'],
    async process({ payload, human, publish }) {
      const answer = await human.ask({
        question: 'Publish “' + payload.title + '”?',
        schema: { type: 'object', required: ['approve'], properties: {
          approve: { type: 'boolean', title: 'Approve it' },
          tone: { enum: ['plain', 'formal', 'cheerful'], title: 'Tone' },
          words: { type: 'integer', minimum: 10, maximum: 500, title: 'Words at most', description: 'Between 10 and 500' },
          note: { type: 'string', title: 'Note to the writer' } } },
        default: { approve: false, tone: 'plain', words: 100 },
      });
      await publish('report', { line: payload.title, answer: answer.answer });
    },
  }),
  defineAgent({
    name: 'lister', description: 'Asks for a list', subscribe: 'lists', publish: ['report'],
    async process({ human, publish }) {
      const { answer } = await human.ask({ question: 'Which pages?', default: ['one', 'two'] });
      await publish('report', { chosen: answer });
    },
  }),
  defineAgent({
    name: 'asker', description: 'Asks what it is told to', subscribe: 'asks', publish: ['report'],
    async process({ payload, human, publish }) {
      const { answer } = await human.ask({ question: 'What now?', schema: payload });
      await publish('report', { chosen: answer });
      window.answer = answer;
    },
  }),
  defineAgent({ name: 'logger', description: 'Keeps the log, slowly', subscribe: 'log', async process() { await wait(40); } }),
]);
const run = executor.execute();
window.executor = executor;
window.defineAgent = defineAgent;
const devtools = mountDevtools(document.getElementById('place'), {
  executor, name: query.get('name') ?? 'research team', open: query.has('open'),
  ...(query.has('view') && { view: query.get('view') }), ...(query.has('dock') && { dock: query.get('dock') }),
  ...(query.has('theme') && { theme: query.get('theme') }),
  ...(query.has('redact') && { redact: (value, { channel }) => (channel === 'payments' ? '(a payment)' : value) }), size: Number(query.get('size') ?? 0.9),
});
window.devtools = devtools;
window.mountDevtools = mountDevtools;
window.work = async () => {
  await executor.publish('questions', { question: 'How do worms make compost?' });
  await executor.publish('drafts', { title: 'Worms at work' });
  await executor.publish('nowhere', { lost: true });
};
document.body.dataset.ready = 'yes';
`;
