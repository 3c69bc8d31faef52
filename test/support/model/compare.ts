import type { PubSubExecutionReport, PubSubExecutor } from 'dagger-agents';
import { expect } from 'vitest';
import type { ModelDelivery } from './records.js';
import type { ReferenceModel } from './reference-model.js';
import { must } from './violation.js';

/** What an executor shows of itself must be what the model makes of its events. */
export function expectAgreement(model: ReferenceModel, executor: PubSubExecutor): void {
  expect(shownBy(executor)).toEqual(expectedOf(model));
  expectDeadLetters(model, executor);
}

function shownBy(executor: PubSubExecutor) {
  const { state, cache, tasks, humans, paused } = executor;
  return {
    paused,
    channels: executor.listChannels().map(({ createdAt: _, isActive: __, ...shown }) => shown),
    agents: executor.listAgents().map(({ name }) => name),
    runs: executor.listRuns().map(({ id, kind, status, counts, tokensUsed }) => ({
      id,
      kind,
      status,
      counts,
      tokensUsed,
    })),
    unfinished: [...state.unfinished].map((delivery) => {
      const { number, status, attempts, dueAt, isAdopted, run, errors = [], questions = [] } = delivery;
      const failures = errors.length;
      return {
        number,
        status,
        attempts,
        failures,
        dueAt,
        isAdopted,
        run: run?.id,
        questions: [...questions],
      };
    }),
    undelivered: executor.listUndelivered(),
    questions: humans.pending(),
    cache: cache.toJSON(),
    tasks: new Map([...tasks.list()].map((task) => [task.taskId, task])),
    planned: executor.plannedTasks,
  };
}

function expectedOf({ paused, channels, runs, deliveries, people, shared }: ReferenceModel) {
  return {
    paused,
    channels: [...channels.open.values()].map(({ name, subscribers, mailboxes, dropped }) => ({
      name,
      subscriberCount: subscribers.length,
      messageCount: Math.max(0, ...[...mailboxes.values()].map(({ waiting }) => waiting.size)),
      droppedCount: dropped,
    })),
    agents: [...channels.agents.keys()],
    runs: [...runs.all.values()]
      .filter(({ id }) => !runs.forgotten.has(id))
      .map(({ id, kind, status, counts, tokensUsed }) => ({ id, kind, status, counts, tokensUsed })),
    unfinished: [...deliveries.unfinished.values()].map((delivery) => {
      const { number, status, attempts, failures, dueAt, isAdopted, run, questions } = delivery;
      return {
        number,
        status,
        attempts,
        failures,
        dueAt,
        isAdopted,
        run: run?.id,
        questions: [...questions],
      };
    }),
    undelivered: undelivered([...deliveries.unfinished.values()]),
    questions: [...people.pending.values()],
    cache: Object.fromEntries([...shared.cache].map(([name, values]) => [name, Object.fromEntries(values)])),
    tasks: shared.tasks,
    planned: shared.planned,
  };
}

/** Mail that lies where nobody reads it, mailbox by mailbox. */
function undelivered(unfinished: readonly ModelDelivery[]) {
  const lying = unfinished.filter(
    ({ mailbox, status }) => !mailbox.isSubscribed && !mailbox.isClosed && status !== 'running',
  );
  return [...new Set(lying.map(({ mailbox }) => mailbox))].map((mailbox) => {
    const mail = lying.filter((delivery) => delivery.mailbox === mailbox);
    const oldest = mail[0]?.message.payload;
    return { agent: mailbox.agent, channel: mailbox.channel.name, count: mail.length, oldest };
  });
}

/** The tree forgets its oldest nodes: then not all of them are there, but no other. */
function expectDeadLetters({ deliveries }: ReferenceModel, { tree, state }: PubSubExecutor): void {
  const shown = [...tree.deadLetters()].map(({ agent, channel, deadLetter }) => [
    deadLetter.id,
    channel,
    agent,
  ]);
  const letters = [...deliveries.deadLetters].map(({ message, mailbox }) => [
    message.id,
    mailbox.channel.name,
    mailbox.agent,
  ]);
  if (tree.size < state.limits.nodes) expect(shown.toSorted()).toEqual(letters.toSorted());
  else expect(letters).toEqual(expect.arrayContaining(shown));
}

/** A report tells how its run ended, what it counted, and the outcome of each delivery in the order they were settled. */
export function expectReport(model: ReferenceModel, report: PubSubExecutionReport, isWhole: boolean): void {
  const { executionId, status, counts, tokens, agentOutcomes } = report;
  const run = model.runs.find(executionId);
  must(run !== undefined, 'only what started is reported of', executionId);
  expect({ executionId, status, counts }).toEqual({ executionId, status: run.status, counts: run.reported });
  expect(tokens.used).toBe(run.tokensUsed);
  if (!isWhole) return;
  expect(
    agentOutcomes.map(({ agent, channel, success, attempts }) => ({ agent, channel, success, attempts })),
  ).toEqual(run.outcomes);
}

/** At rest, nothing that could be started waits. */
export function requireNothingStuck({ deliveries, channels }: ReferenceModel, now: number): void {
  const unfinished = [...deliveries.unfinished.values()];
  for (const { number, status, run, mailbox, dueAt } of unfinished) {
    if (status !== 'waiting' || run?.status !== 'running' || !mailbox.isSubscribed || dueAt > now) continue;
    const inHand = unfinished.filter(
      (other) =>
        other.mailbox.agent === mailbox.agent &&
        (other.status === 'running' || other.status === 'retrying' || other.dueAt > now),
    );
    const concurrency = channels.agents.get(mailbox.agent)?.metadata.concurrency ?? 0;
    must(inHand.length >= concurrency, 'what can be started is started', `delivery ${number}`);
  }
}
