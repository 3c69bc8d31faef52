import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { expect, test } from 'vitest';

const reader = defineAgent({ name: 'reader', subscribe: 'page-reads', process() {} });

async function opened(...subscriptions: string[]): Promise<{ executor: PubSubExecutor; warnings: string[] }> {
  const warnings: string[] = [];
  const executor = await PubSubExecutor.open({ logger: { warn: (message) => warnings.push(message) } });
  for (const subscribe of subscriptions) {
    executor.registerAgent(defineAgent({ name: `reads ${subscribe}`, subscribe, process() {} }));
  }
  return { executor, warnings };
}

/** What the logger hears when an agent publishes on a channel while others subscribe to these. */
async function heardOfAgent(publishesOn: string, ...subscriptions: string[]): Promise<string[]> {
  const { executor, warnings } = await opened(...subscriptions);
  const process = (): number => 1;
  executor.registerAgent(defineAgent({ name: 'says', subscribe: 'go', publish: publishesOn, process }));
  await executor.execute({ channel: 'go', payload: null }).report;
  await executor.close();
  return warnings;
}

test('a run that is started on a channel nobody subscribes to: the logger names the channel that was meant', async () => {
  const { executor, warnings } = await opened('names', 'greetings');
  await executor.execute({ channel: 'nmaes', payload: 1 }).report;
  await executor.execute({ channel: 'nmaes', payload: 2 }).report;
  expect(warnings).toStrictEqual([
    'nobody subscribes to channel "nmaes", so its messages are not heard; did you mean "names"? ' +
      '(openChannel("nmaes") says that it is meant)',
  ]);
  await executor.close();
});

test('a publish of the application on a name like no other: the logger lists the channels with subscribers', async () => {
  const { executor, warnings } = await opened('a', 'b', 'c', 'd', 'e', 'f');
  await executor.publish('progress', 1);
  await executor.publish('progress', 2);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(
    '"progress", so its messages are not heard; agents subscribe to: a, b, c, d, e, …',
  );
  await executor.close();
});

test.each([
  ['greetigns', 'greetings'],
  ['greeting', 'greetings'],
  ['human-review', 'human_review'],
  ['pageReads', 'page-reads'],
  ['orders.crated', 'orders.created'],
])('an agent that publishes on %s where %s is subscribed to', async (slip, meant) => {
  const warnings = await heardOfAgent(slip, meant);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`"${slip}"`);
  expect(warnings[0]).toContain(`did you mean "${meant}"?`);
});

test.each([
  ['progress', 'greetings'],
  ['shard-1', 'shard-2'],
  ['worker12', 'worker7'],
  ['orders.eu', 'orders.us'],
  ['out', 'in'],
  ['left', 'loft'],
  ['load-pongs', 'load-pings'],
  ['greatings', 'greetings'],
  ['page-read-later', 'page-reads'],
])('an agent may publish %s for nobody, though somebody hears %s', async (published, subscribed) => {
  expect(await heardOfAgent(published, subscribed)).toStrictEqual([]);
});

test('a channel that was opened is meant, and before the first agent is there nothing is said', async () => {
  const { executor, warnings } = await opened();
  await executor.publish('page-raeds', 1);
  executor.registerAgent(reader);
  executor.openChannel('page-rads');
  await executor.publish('page-rads', 1);
  expect(warnings).toStrictEqual([]);
  await executor.close();
});

test('at most ten are named', async () => {
  const { executor, warnings } = await opened('page-reads');
  for (let index = 0; index < 30; index++) await executor.publish(`reply-${index}`, index);
  expect(warnings).toHaveLength(10);
  await executor.close();
});
