import { describe, expect, test } from 'vitest';
import { runCommand } from '../support/processes.js';

/** Runs a program that may collect garbage; what it prints last is its result. */
async function lastLineOf(program: string): Promise<string> {
  const flags = ['--expose-gc', '--conditions=dagger-source', '--import', 'tsx'];
  const { code, output } = await runCommand(process.execPath, [...flags, program]);
  expect(code, output).toBe(0);
  return output.trim().split('\n').at(-1) ?? '';
}

describe('a ping-pong of 1,000,000 messages', () => {
  test('grows neither the stack nor the heap, and lets timers fire all the while', {
    timeout: 240_000,
  }, async () => {
    const line = await lastLineOf('test/support/programs/ping-pong.ts');
    const measured: {
      status: string;
      counts: { published: number; succeeded: number };
      heaps: number[];
      depths: number[];
      fired: number;
      worstGap: number;
      tookMs: number;
      outcomes: number;
    } = JSON.parse(line);
    const { heaps, depths, fired, worstGap, tookMs } = measured;
    console.log(
      `ping-pong: 1,000,000 messages in ${Math.round(tookMs)} ms, ${fired} ticks, worst gap ${worstGap.toFixed(1)} ms`,
    );
    expect(measured).toMatchObject({
      status: 'completed',
      counts: { published: 1_000_000, succeeded: 1_000_000 },
    });
    expect(heaps).toHaveLength(10);
    // Flat once the tree is full: the last tenth needs no more than the third, give or take a collection's slack.
    expect(heaps.at(-1)).toBeLessThan((heaps[2] ?? 0) + 4 * 1024 * 1024);
    // An agent is started when the one before has settled, or now and then from the queue: a few calls more or fewer, at the
    // millionth message as at the first.
    expect(Math.max(...depths) - Math.min(...depths)).toBeLessThan(10);
    // A turn is left every few milliseconds: a starved interval would have fired a handful of times.
    expect(fired).toBeGreaterThan(tookMs / 200);
    expect(measured.outcomes).toBeLessThanOrEqual(10_000);
  });
});

test('working off a backlog leaves nothing behind for the next full collection', async () => {
  const line = await lastLineOf('test/support/programs/backlog.ts');
  const measured: { messages: number; waiting: number; done: number } = JSON.parse(line);
  // The backlog itself is old, and stays until such a collection. Before it was let go, what came of it added 200 bytes a message.
  expect((measured.done - measured.waiting) / measured.messages).toBeLessThan(100);
});
