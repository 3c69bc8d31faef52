import type { AgentSpec } from '../workloads.js';

/** The agents that listen to a channel, for libraries that send to agents rather than to channels. */
export function listenersOf(agents: readonly AgentSpec[], channel: string | undefined): AgentSpec[] {
  return channel === undefined ? [] : agents.filter((agent) => agent.listens === channel);
}

/** Every channel that somebody listens or speaks to. */
export function channelsOf(agents: readonly AgentSpec[]): string[] {
  return [
    ...new Set(
      agents.flatMap(({ listens, speaks }) => (speaks === undefined ? [listens] : [listens, speaks])),
    ),
  ];
}
