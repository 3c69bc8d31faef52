import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';
import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';

const payloadSchema = z.object({ id: z.number().int(), text: z.string(), weight: z.number() });
/** What the ball's last pass answers. */
const lastPass: Payload = { id: 0, text: '', weight: 0 };

function toStep(agent: AgentSpec) {
  return createStep({
    id: agent.name,
    inputSchema: payloadSchema,
    outputSchema: payloadSchema,
    execute: async ({ inputData }) =>
      inputData.id < 1 && inputData.text === '' ? lastPass : ((await agent.work(inputData)) ?? lastPass),
  });
}

/** The workload as a workflow: steps in a row, steps in parallel before one, or a loop. */
function toWorkflow(name: string, agents: readonly AgentSpec[]) {
  const [first, second, third] = agents;
  if (first === undefined || second === undefined) throw new Error(`no workflow for ${name}`);
  const flow = createWorkflow({ id: name, inputSchema: payloadSchema, outputSchema: z.any() });
  if (name === 'pipeline' && third !== undefined) {
    return flow.then(toStep(first)).then(toStep(second)).then(toStep(third)).commit();
  }
  if (name === 'pingPong') {
    const passes = createWorkflow({ id: 'passes', inputSchema: payloadSchema, outputSchema: payloadSchema })
      .then(toStep(first))
      .then(toStep(second))
      .commit();
    return flow.dowhile(passes, async ({ inputData }) => inputData.text !== '').commit();
  }
  const collector = agents.at(-1);
  if (name !== 'fanOut' || collector === undefined) throw new Error(`no workflow for ${name}`);
  const workers = agents.slice(0, -1).map(toStep);
  const collect = createStep({
    id: collector.name,
    inputSchema: z.record(z.string(), payloadSchema),
    outputSchema: z.any(),
    execute: async ({ inputData }) => {
      for (const payload of Object.values(inputData)) await collector.work(payload);
    },
  });
  // The steps are a list made at run time, which the builder's types cannot follow.
  return flow
    .parallel(workers as never)
    .then(collect as never)
    .commit();
}

export const contender: Contender = {
  name: 'mastra',
  note: 'a workflow run per source message, checked by its own zod schemas; no store',
  async open(agents, { workload }) {
    const workflow = toWorkflow(workload, agents);
    return {
      send: async (_channel, payload) => {
        const run = await workflow.createRun();
        const result = await run.start({ inputData: payload });
        if (result.status !== 'success')
          throw new Error(`the workflow ended as ${result.status}: ${JSON.stringify(result)}`);
      },
      close: async () => {},
    };
  },
};
