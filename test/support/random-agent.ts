import type { AgentContext, JsonValue, Message, PubSubAgent, Runtime } from 'dagger-agents';
import type { Action, AgentPlan } from './random-system.js';

/** Where an agent lives: its clock, and what it may do to the executor that runs it. */
export interface Surroundings {
  readonly runtime: Pick<Runtime, 'setTimer'>;
  meddle(deed: Action): void;
  /** Whether so much has happened that nobody should publish any more: a few systems in 10,000 would take minutes. */
  isCrowded(): boolean;
}

/** How many publishes a message may still lead to, one after the other: what keeps a random system finite. */
export const depthOf = (payload: JsonValue): number =>
  typeof payload === 'object' && payload !== null && 'depth' in payload ? Number(payload.depth) : 0;

export const channelName = (index: number): string => `c${index}`;
export const agentName = (index: number): string => `agent ${index}`;

export function ownMessage(id: number, payload: JsonValue): Message {
  return { id: `own ${id}`, timestamp: '2026-01-01T00:00:00.000Z', source: 'outside', payload };
}

/** An agent that does as the plan says. All it waits for is the manual clock. */
export function agentOf(plan: AgentPlan, index: number, surroundings: Surroundings): PubSubAgent {
  const { subscribe, publish, steps, ends, checks, late: _, ...rest } = plan;
  const perform = async (context: AgentContext): Promise<void> => {
    for (const place of steps.keys()) await performStep(plan, place, context, surroundings);
  };
  const base = {
    name: agentName(index),
    description: '',
    subscriptions: subscribe.map(channelName),
    publications: publish.map(channelName),
    ...rest,
    ...(checks !== 'nothing' && { validateInput: checkOf(checks, surroundings.runtime) }),
  };
  const depthLeft = ({ payload }: AgentContext): number => (surroundings.isCrowded() ? 0 : depthOf(payload));
  const result = (context: AgentContext) => ({ depth: depthOf(context.payload) - 1, from: base.name });
  if (ends === 'as a generator' && publish.length === 1) {
    return {
      ...base,
      async *processMessage(context) {
        if (depthLeft(context) > 0) yield result(context);
        await perform(context);
        if (depthLeft(context) > 0) yield { ...result(context), last: true };
      },
    };
  }
  return {
    ...base,
    async processMessage(context) {
      await perform(context);
      return ends === 'with a value' && depthLeft(context) > 0 ? result(context) : undefined;
    },
  };
}

/** Refuses odd numbers above 1; who checks `later` asks somebody first. */
function checkOf(checks: 'at once' | 'later', runtime: Surroundings['runtime']) {
  const check = (payload: JsonValue): void => {
    const number =
      typeof payload === 'object' && payload !== null && 'number' in payload ? payload.number : 0;
    if (typeof number === 'number' && number > 1 && number % 2 === 1) throw new Error(`${number} is odd`);
  };
  if (checks === 'at once') return check;
  return async (payload: JsonValue): Promise<void> => {
    await new Promise<void>((resolve) => runtime.setTimer(4, resolve));
    check(payload);
  };
}

/** What is published has its `place` among the steps: no attempt publishes the same twice. */
async function performStep(
  plan: AgentPlan,
  place: number,
  context: AgentContext,
  surroundings: Surroundings,
): Promise<void> {
  const step = plan.steps[place];
  if (step === undefined) return;
  const { runtime } = surroundings;
  const { payload, publish, cache, tasks, human, tokens, attempt } = context;
  const depth = surroundings.isCrowded() ? -1 : depthOf(payload) - 1;
  const target = 'channel' in step ? plan.publish[step.channel % plan.publish.length] : undefined;
  switch (step.do) {
    case 'publish':
      if (target === undefined || depth < 0) return;
      for (let number = 0; number < step.count; number++) {
        const published = publish(channelName(target), { depth, number, place });
        if (step.wait) await published;
      }
      return;
    case 'publish own id':
      if (target !== undefined && depth >= 0)
        await publish(channelName(target), ownMessage(step.id, { depth: 0 }));
      return;
    case 'publish wrongly': {
      const refused = publish('not declared', null);
      if (step.caught) await refused.catch(() => {});
      return;
    }
    case 'fail':
      if (attempt > step.times) return;
      if (step.with === 'error') throw new Error(`attempt ${attempt}`);
      // biome-ignore lint/style/useThrowOnlyError: agents throw whatever they like
      throw step.with === 'string' ? 'just a string' : undefined;
    case 'cache':
      if (step.append) cache.appendGlobalValue('list', `key ${step.key}`, depth);
      else cache.insertValue('node', `key ${step.key}`, { depth, attempt });
      return;
    case 'add task':
      tasks.addTask('job', { depth }, 2);
      return;
    case 'work on task': {
      const task = tasks.claimTask('job', 'worker');
      if (task) tasks.completeTask(task, step.succeeds);
      return;
    }
    case 'ask': {
      const answer = human.ask({ question: 'well?', default: depth });
      if (step.wait) await answer;
      return;
    }
    case 'tokens':
      tokens.reserve(step.reserve);
      tokens.used(step.use);
      return;
    case 'wait':
      await new Promise<void>((resolve) => runtime.setTimer(step.milliseconds, resolve));
      return;
    case 'publish task': {
      if (target === undefined || depth < 0) return;
      const task = { taskId: `task ${step.task}`, type: 'job' };
      await publish(channelName(target), { depth: 0, place }, { task });
      return;
    }
    case 'publish late':
      if (target === undefined || depth < 0) return;
      runtime.setTimer(5000, () => void publish(channelName(target), { depth: 0, place }).catch(() => {}));
      return;
    case 'meddle':
      surroundings.meddle(step.deed);
      return;
    case 'never settle':
      if (attempt === 1) await new Promise(() => {});
      return;
  }
}
