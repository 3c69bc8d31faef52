import { Annotation, type BaseCheckpointSaver, END, START, StateGraph } from '@langchain/langgraph';
import { compileCheck } from '../check.js';
import type { Contender, Purpose, Session } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';

const checkIn = compileCheck();
const checkOut = compileCheck();

/** `payload` passes from agent to agent; `results` gathers what the agents of the fan-out made. */
const State = Annotation.Root({
  payload: Annotation<Payload | undefined>(),
  results: Annotation<Payload[]>({ reducer: (left, right) => left.concat(right), default: () => [] }),
});
type Update = Partial<typeof State.State>;

/** The workload as a graph; one run of it per source message. */
function toGraph(
  agents: readonly AgentSpec[],
  workload: string,
  checkpointer: BaseCheckpointSaver | undefined,
) {
  const graph = new StateGraph(State);
  const gathers = workload === 'fanOut';
  // Nodes and edges come from a list, so their names are not in the graph's type.
  const edges = graph as unknown as {
    addEdge(from: string, to: string): void;
    addConditionalEdges(from: string, to: (state: Update) => string): void;
  };
  for (const agent of agents) {
    const collects = gathers && agent.speaks === undefined;
    graph.addNode(agent.name, async (state): Promise<Update> => {
      if (collects) {
        for (const result of state.results) await agent.work(checkIn(result));
        return {};
      }
      const answer = await agent.work(checkIn(state.payload));
      const payload = answer === undefined ? undefined : checkOut(answer);
      return gathers && payload ? { results: [payload] } : { payload };
    });
  }
  for (const [index, agent] of agents.entries()) {
    const listener = agents.find(({ listens }) => listens === agent.speaks);
    if (workload === 'pingPong') {
      if (index === 0) edges.addEdge(START, agent.name);
      edges.addConditionalEdges(agent.name, (state) => (state.payload && listener ? listener.name : END));
      continue;
    }
    if (index === 0 || (gathers && agent.speaks !== undefined)) edges.addEdge(START, agent.name);
    edges.addEdge(agent.name, listener?.name ?? END);
  }
  return graph.compile(checkpointer ? { checkpointer } : {});
}

/** A contender that runs the graph with this way to keep checkpoints. */
export function langGraphContender(
  name: string,
  note: string,
  openCheckpointer: (purpose: Purpose) => Promise<BaseCheckpointSaver | undefined>,
): Contender {
  return {
    name,
    note,
    async open(agents, purpose): Promise<Session> {
      const graph = toGraph(agents, purpose.workload, await openCheckpointer(purpose));
      let threads = 0;
      return {
        send: (_channel, payload) =>
          graph.invoke(
            { payload: checkOut(payload) },
            { configurable: { thread_id: String(threads++) }, recursionLimit: 1_000_000 },
          ),
        close: async () => {},
      };
    },
  };
}
