import { defineAgent, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** Work lies in the task manager; whichever worker is free claims the next piece, and no two get the same one. */

const planner = defineAgent({
  name: 'planner',
  subscribe: 'jobs',
  publish: 'work-available',
  inputSchema: { type: 'array', items: { type: 'string' } },
  async process({ payload, tasks, publish }) {
    for (const page of payload) tasks.addTask('count-letters', page, 2);
    await publish('work-available', { tasks: payload.length });
  },
});

function worker(name: string): PubSubAgent {
  return defineAgent({
    name,
    subscribe: 'work-available',
    async process({ tasks, cache }) {
      for (
        let task = tasks.claimTask('count-letters', name);
        task;
        task = tasks.claimTask('count-letters', name)
      ) {
        const page = String(task.data);
        const broken = page === 'torn' && task.attempts === 1;
        await Promise.resolve(); // stands for work that takes time: the other workers get their turn
        if (!broken) cache.insertGlobalValue('letters', page, page.length);
        tasks.completeTask(task, !broken); // a failed attempt makes the task pending again
      }
    },
  });
}

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open();
  executor.registerAgents([planner, worker('ann'), worker('ben')]);
  executor.plannedTasks = 4;

  const pages = ['cover', 'preface', 'torn', 'index'];
  const report = await executor.execute({ channel: 'jobs', payload: pages }).report;

  for (const { data, status, attempts } of executor.tasks.getTasksByType('count-letters')) {
    print(`${data}: ${status}, attempts: ${attempts}`);
  }
  for (const page of pages) print(`${page}: ${executor.cache.getGlobalInput('letters', page)} letters`);
  print(`${report.status}, everything done: ${executor.tasks.isComplete()}`);
  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
