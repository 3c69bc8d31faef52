import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExecutionTree } from '../../../core/state/execution-tree.js';
import { type ArchivedTree, TreeArchive } from '../../../core/state/tree-archive.js';
import { type TreeLabel, treeLabel } from '../../../core/state/tree-labels.js';

const textOf = (tree: ExecutionTree): string => JSON.stringify([...tree.parts()]);

/** A tree that lives on between the moments of the archive: names come and go, deliveries end late, rows are dropped. */
test('a tree is put back as it was at every moment, whatever became of it later', () => {
  const step = fc.record({
    names: fc.integer({ min: 1, max: 900 }),
    nodes: fc.integer({ min: 1, max: 2500 }),
    endsEvery: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 3, maxLength: 7 }),
      fc.constantFrom(100, 1500, 4096, 50_000),
      (steps, limit) => {
        const tree = new ExecutionTree(limit);
        const archive = new TreeArchive();
        const moments: { readonly archived: ArchivedTree; readonly text: string }[] = [];
        let open: number[] = [];
        let labels: TreeLabel[] = [];
        for (const [moment, { names, nodes, endsEvery }] of steps.entries()) {
          labels = Array.from({ length: names }, (_, name) => treeLabel(`agent${name}`, `c${moment}`));
          const scope = { run: `run${moment}`, session: { prefix: 's', startedAt: '1' }, index: -1 };
          for (let n = 0; n < nodes; n++) {
            const label = labels[n % names] ?? treeLabel('', '');
            tree.data.ring.now = n;
            open.push(tree.addInvocation(Math.max(0, tree.next - 2), label, scope, tree.next));
          }
          open = open.filter((node, index) => {
            if (index % endsEvery > 0) return tree.has(node);
            tree.data.ring.now = moment;
            tree.started(node, 1);
            tree.data.ring.now = moment + 0.5;
            tree.settled(node, 'succeeded');
            return false;
          });
          const archived = archive.take(tree.data, open, moments.at(-1)?.archived);
          moments.push({ archived, text: textOf(tree) });
        }
        for (const { archived, text } of moments) {
          const restored = new ExecutionTree(limit);
          restored.restoreRange(archived.first, archived.next);
          archive.restore(restored.data, archived);
          expect(textOf(restored)).toBe(text);
        }
      },
    ),
    { numRuns: 40 },
  );
});
