import { fdatasync, open as openFile, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';

interface Job {
  readonly agent: AgentSpec;
  readonly channel: string;
  readonly payload: Payload;
  readonly parent: number;
}

/**
 * What a careful engineer adds to REF so that nothing acknowledged is lost: what happened is written as JSON lines
 * and a message is delivered when it is on the device. While one batch is synced, the next one gathers.
 */
export const contender: Contender = {
  name: 'ref-durable',
  note: 'the reference with JSON lines, group commit and fdatasync before a message is delivered',
  async open(agents, { directory }) {
    const file = await promisify(openFile)(join(directory ?? '.', 'log.jsonl'), 'a');
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const subscribers = new Map<string, AgentSpec[]>();
    for (const agent of agents) {
      const listeners = subscribers.get(agent.listens);
      if (listeners) listeners.push(agent);
      else subscribers.set(agent.listens, [agent]);
    }
    let nextId = 1;
    let lines = '';
    let waiting: Job[] = [];
    let committing: Promise<void> | undefined;

    function publish(channel: string, value: Payload, parent: number): void {
      const payload = checkOut(value);
      for (const agent of subscribers.get(channel) ?? []) waiting.push({ agent, channel, payload, parent });
      note({ published: channel, payload, parent });
    }

    function note(record: object): void {
      lines += `${JSON.stringify(record)}\n`;
      committing ??= Promise.resolve().then(commit);
    }

    async function commit(): Promise<void> {
      while (lines !== '') {
        const text = lines;
        const jobs = waiting;
        lines = '';
        waiting = [];
        await new Promise<void>((resolve, reject) => {
          write(file, text, (failed) => {
            if (failed) return reject(failed);
            fdatasync(file, (unsynced) => (unsynced ? reject(unsynced) : resolve()));
          });
        });
        await drain(jobs);
      }
      committing = undefined;
    }

    async function drain(jobs: readonly Job[]): Promise<void> {
      for (const { agent, channel, payload, parent } of jobs) {
        const t0 = performance.now();
        const id = nextId++;
        const answer = await agent.work(checkIn(payload));
        if (answer !== undefined && agent.speaks !== undefined) publish(agent.speaks, answer, id);
        note({ id, parent, channel, agent: agent.name, t0, t1: performance.now() });
      }
    }

    return {
      send: (channel, payload) => publish(channel, payload, 0),
      settle: async () => {
        while (committing !== undefined) await committing;
      },
      close: async () => {},
    };
  },
};
