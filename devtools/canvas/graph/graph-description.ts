import type { AccessibleItem, CanvasAgent, CanvasChannel, CanvasSource } from '../../canvas-contract.js';
import { counted, perSecond } from '../numbers.js';

/** Lines in each of the two lists, at most. */
const MOST = 150;

/** The graph in words: agents with what they read and write, channels with how full they are. */
export function describeGraph(source: CanvasSource): readonly AccessibleItem[] {
  const agents = source.agents();
  const channels = source.channels();
  return [
    {
      id: 'agents',
      label: counted(agents.length, 'agent'),
      children: agents.slice(0, MOST).map((agent) => describeAgent(agent, channels)),
    },
    {
      id: 'channels',
      label: counted(channels.length, 'channel'),
      children: channels.slice(0, MOST).map(describeChannel),
    },
  ];
}

function describeAgent(agent: CanvasAgent, channels: readonly CanvasChannel[]): AccessibleItem {
  const { name } = agent;
  const named = (list: readonly CanvasChannel[]): string => list.map((channel) => channel.name).join(', ');
  const reads = named(channels.filter(({ subscribers }) => subscribers.includes(name)));
  const writes = named(channels.filter(({ publishers }) => publishers.includes(name)));
  const parts = [`Agent ${name}`, agent.registered ? perSecond(agent.rate) : 'gone'];
  if (agent.running > 0) parts.push(`${agent.running} running`);
  if (agent.waiting > 0) parts.push(`${agent.waiting} queued`);
  parts.push(`${agent.succeeded} succeeded`);
  if (agent.failed > 0) parts.push(`${agent.failed} failed`);
  if (reads) parts.push(`reads ${reads}`);
  if (writes) parts.push(`publishes on ${writes}`);
  return { id: `agent:${name}`, label: parts.join('; '), selection: { kind: 'agent', name } };
}

function describeChannel(channel: CanvasChannel): AccessibleItem {
  const { name, depth, capacity, dropped, published, rate, publishers, subscribers } = channel;
  const parts = [`Channel ${name}`, perSecond(rate), `${published} published`];
  parts.push(`${depth} of ${capacity} waiting`);
  if (dropped > 0) parts.push(`${dropped} dropped`);
  parts.push(publishers.length > 0 ? `from ${publishers.join(', ')}` : 'no publisher');
  parts.push(subscribers.length > 0 ? `to ${subscribers.join(', ')}` : 'nobody listens');
  return { id: `channel:${name}`, label: parts.join('; '), selection: { kind: 'channel', name } };
}
