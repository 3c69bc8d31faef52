import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** An agent asks a person before it goes on. Nobody answers in time: autopilot decides, or the run pauses. */

const publisher = defineAgent({
  name: 'publisher',
  subscribe: 'drafts',
  publish: 'published',
  inputSchema: { type: 'string' },
  outputSchema: { type: 'string' },
  async process({ payload, human }) {
    const { answer, source } = await human.ask({
      question: `Publish "${payload}"?`,
      schema: { type: 'boolean' },
      default: false,
    });
    return `${payload}: ${answer === true ? 'published' : 'kept back'}, decided by ${source}`;
  },
});

async function open(action: 'autopilot' | 'pause', print: (line: string) => void): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open({
    config: { humanWaitMinutes: 0.001, humanTimeoutAction: action }, // 60 ms, as this is an example
  });
  const shelf = defineAgent({
    name: 'shelf',
    subscribe: 'published',
    process({ payload }) {
      print(String(payload));
    },
  });
  executor.registerAgents([publisher, shelf]);
  return executor;
}

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const hasty = await open('autopilot', print);
  const first = await hasty.execute({ channel: 'drafts', payload: 'a poem' }).report;
  print(`with autopilot the run is ${first.status}`);
  await hasty.close();

  const patient = await open('pause', print);
  const second = await patient.execute({ channel: 'drafts', payload: 'a novel' }).report;
  print(`with pause the run is ${second.status}`);
  for (const { id, question } of patient.humans.pending()) {
    print(`waiting for an answer: ${question}`);
    patient.humans.answer(id, true);
  }
  const third = await patient.execute({ resume: true }).report;
  print(`after the answer it is ${third.status}`);
  await patient.close();
  return patient;
}

await runAlone(import.meta.url, example);
