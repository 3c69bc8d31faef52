import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExecutionTree } from '../../core/state/execution-tree.js';
import { NO_SESSION } from '../../core/state/session.js';
import { treeLabel } from '../../core/state/tree-labels.js';
import type { InvocationNode } from '../../core/state/tree-node.js';

const failure = { code: 'EXECUTION_ERROR', message: 'no' } as const;
const step = fc.record({
  /** How many nodes come first. */
  nodes: fc.integer({ min: 1, max: 700 }),
  /** Which of those kept then changes, counted from the oldest. */
  which: fc.nat(),
  change: fc.constantFrom('starts', 'succeeds', 'fails', 'fails for good', 'is restored'),
});

test('a tree keeps its newest nodes as they were left, however long it is and whatever became of others', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 255, 256, 257, 300, 1024, 1500),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      (limit, steps) => {
        let tree = new ExecutionTree(limit);
        let kept: Partial<InvocationNode>[] = [];
        const label = treeLabel('agent', 'channel');
        let scope = { run: 'run', session: NO_SESSION, index: -1 };
        let next = 1;
        for (const { nodes, which, change } of steps) {
          for (let node = 0; node < nodes; node++) {
            tree.data.ring.now = next;
            const number = tree.addInvocation(next - 1, label, scope, 7 * next);
            expect(number).toBe(next++);
            kept.push({
              number,
              status: 'waiting',
              attempts: 0,
              startedAt: number,
              durationMs: undefined,
              errors: [],
            });
          }
          kept = kept.slice(-limit);
          const node = kept[which % kept.length];
          const number = node?.number ?? 0;
          if (change === 'is restored') {
            const parts = JSON.parse(JSON.stringify([...tree.parts()]));
            const restored = new ExecutionTree(limit);
            restored.restoreRange(tree.first, tree.next);
            for (const part of parts) restored.restorePart(part);
            tree = restored;
            scope = { ...scope, index: -1 };
            label.index = -1;
            continue;
          }
          const attempts = (node?.attempts ?? 0) + 1;
          tree.data.ring.now = 1000;
          tree.started(number, attempts);
          Object.assign(node ?? {}, { status: 'running', attempts, startedAt: 1000, durationMs: undefined });
          if (change === 'starts') continue;
          if (change !== 'succeeds') {
            tree.setErrors(number, [failure]);
            Object.assign(node ?? {}, { errors: [failure] });
          }
          const status = change === 'succeeds' ? 'succeeded' : 'failed';
          tree.data.ring.now = 1000.5;
          tree.settled(number, status);
          Object.assign(node ?? {}, { status, durationMs: 0.5 });
        }
        expect(tree.next).toBe(next);
        expect(tree.first).toBe(next - kept.length);
        expect([...tree.nodes()]).toMatchObject(kept);
        for (const gone of [tree.first - 1, next]) expect(tree.get(gone)).toBeUndefined();
        // What is kept beside rows goes with them.
        expect(tree.data.errors.size).toBe(kept.filter(({ errors }) => errors?.length).length);
      },
    ),
  );
});
