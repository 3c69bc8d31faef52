import { type ModelAgent, type ModelDelivery, nameOf } from './records.js';
import { must, Violation } from './violation.js';

/** Whether `delivery` may be started now. Answers the agent that gets it. */
export function requireStartable(
  delivery: ModelDelivery,
  at: number,
  agents: ReadonlyMap<string, ModelAgent>,
): ModelAgent {
  const { mailbox, status, run } = delivery;
  const where = nameOf(delivery);
  must(status === 'waiting' || status === 'retrying', 'what waits is started', where);
  must(run?.status === 'running', 'only a running run starts anything', `${where} of ${run?.id ?? 'no run'}`);
  must(delivery.dueAt <= at, 'a retry starts when it is due', `${where}, ${delivery.dueAt - at} ms early`);
  must(mailbox.isSubscribed || mailbox.isClosed, 'only who is subscribed is given anything', where);
  const agent = agents.get(mailbox.agent);
  if (!agent) throw new Violation('only who is there is given anything', where);
  const { concurrency } = agent.metadata;
  must(agent.running < concurrency, `an agent has ${concurrency} in hand at most`, where);
  if (status === 'waiting') requireOldest(delivery, at);
  return agent;
}

/** Each mailbox is read in publish order. What waits for its retry or for a person, or whose run rests, keeps its place. */
function requireOldest(delivery: ModelDelivery, at: number): void {
  for (const other of delivery.mailbox.waiting) {
    const couldStart = other.status === 'waiting' && other.run?.status === 'running' && other.dueAt === 0;
    must(
      other.number >= delivery.number || !couldStart,
      'the oldest is started first',
      `${nameOf(delivery)} at ${at}, before ${other.number}`,
    );
  }
}
