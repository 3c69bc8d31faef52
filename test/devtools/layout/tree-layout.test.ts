import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldTree, histogramOf } from '../../../devtools/layout/folded-tree.js';
import { GrowingTree } from '../../../devtools/layout/growing-tree.js';
import { tidyTree } from '../../../devtools/layout/tidy-tree.js';

/** Parents by rising numbers, with labels: 'a0 b1 b1' is a root a with two children b. */
function grow(text: string, tree: GrowingTree = new GrowingTree()): GrowingTree {
  for (const each of text.split(' ')) tree.add(Number(each.slice(1)), each.slice(0, 1), 0);
  return tree;
}

/** "a×1 b×3 …" in the order of the list. */
function folded(tree: GrowingTree, unfolded: readonly string[] = []): string {
  const nodes = foldTree(tree, { unfolded: new Set(unfolded) });
  return nodes.map(({ members }) => `${tree.labelOf(members[0] ?? 0)}×${members.length}`).join(' ');
}

const anyTree = fc.array(fc.tuple(fc.nat(), fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 80 });

function treeOf(list: readonly (readonly [number, string])[]): GrowingTree {
  const tree = new GrowingTree();
  list.forEach(([parent, label], at) => {
    tree.add(parent % (at + 1), label, 0);
  });
  return tree;
}

/** The shape as a text, worked out the slow way. */
function shapeText(tree: GrowingTree, number: number): string {
  const below = new Set<string>();
  for (let child = tree.firstChildOf(number); child !== 0; child = tree.nextSiblingOf(child)) {
    below.add(shapeText(tree, child));
  }
  return `${tree.labelOf(number)}(${[...below].sort().join()})`;
}

describe('shapes', () => {
  test('are equal exactly when the labels and the sets of shapes below are', () => {
    fc.assert(
      fc.property(anyTree, (list) => {
        const tree = treeOf(list);
        for (let a = 1; a < tree.next; a++) {
          for (let b = 1; b < a; b++) {
            expect(tree.shapeOf(a) === tree.shapeOf(b)).toBe(shapeText(tree, a) === shapeText(tree, b));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('follow the tree as it grows: the same as if it had been there at once', () => {
    fc.assert(
      fc.property(anyTree, (list) => {
        const growing = new GrowingTree();
        list.forEach(([parent, label], at) => {
          growing.add(parent % (at + 1), label, 0);
          growing.shapeOf(1);
        });
        for (let number = 1; number < growing.next; number++) {
          for (let other = 1; other < number; other++) {
            const same = shapeText(growing, number) === shapeText(growing, other);
            expect(growing.shapeOf(number) === growing.shapeOf(other)).toBe(same);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('folding', () => {
  test('three equal subtrees become one mark, two do not; what is below them folds with them', () => {
    expect(folded(grow('a0 b1 b1'))).toBe('a×1 b×1 b×1');
    expect(folded(grow('a0 b1 b1 b1'))).toBe('a×1 b×3');
    expect(folded(grow('a0 b1 b1 b1 c2 c3 c4 c4'))).toBe('a×1 b×3 c×4');
    expect(folded(grow('a0 b1 b1 b1 c2 c3'))).toBe('a×1 b×1 b×1 b×1 c×1 c×1');
  });

  test('an unfolded group shows its members, each with its own folds', () => {
    const tree = grow('a0 b1 b1 b1 c2 c2 c2 c3 c4');
    const [, group] = foldTree(tree, { unfolded: new Set() });
    expect(group?.members).toEqual([2, 3, 4]);
    const nodes = foldTree(tree, { unfolded: new Set([group?.key ?? '']) });
    expect(nodes.map(({ members }) => members.length)).toEqual([1, 1, 1, 1, 3, 1, 1]);
    expect(nodes[1]?.unfoldedFrom).toBe(group?.key);
    // Each comes to two marks or three with what is below it.
    const some = foldTree(tree, { unfolded: new Set([group?.key ?? '']), mostUnfolded: 4 });
    expect(some.map(({ members }) => members.length).slice(0, 4)).toEqual([1, 1, 1, 1]);
  });

  test('keys stay while the tree grows', () => {
    const tree = grow('a0 b1 b1 b1');
    const before = foldTree(tree, { unfolded: new Set() }).map(({ key }) => key);
    grow('b1 b1', tree);
    expect(foldTree(tree, { unfolded: new Set() }).map(({ key }) => key)).toEqual(before);
  });

  test('every node is in exactly one mark, and parents come before children', () => {
    fc.assert(
      fc.property(anyTree, (list) => {
        const tree = treeOf(list);
        const nodes = foldTree(tree, { unfolded: new Set() });
        const members = nodes.flatMap((each) => each.members).sort((a, b) => a - b);
        expect(members).toEqual(list.map((_, at) => at + 1));
        nodes.forEach(({ parent, depth }, place) => {
          expect(parent).toBeLessThan(place);
          expect(depth).toBe(parent < 0 ? 0 : (nodes[parent]?.depth ?? 0) + 1);
        });
      }),
    );
  });

  test('a histogram counts the statuses of a fold', () => {
    const tree = new GrowingTree();
    for (const status of [2, 2, 1]) tree.add(0, 'a', status);
    tree.setStatus(1, 0);
    expect([...histogramOf(tree, [1, 2, 3], 3)]).toEqual([1, 1, 1]);
  });

  test('a chain of 20,000 is folded and laid out without overflowing the stack', () => {
    const tree = new GrowingTree();
    for (let number = 0; number < 20_000; number++) tree.add(number, number % 2 === 0 ? 'a' : 'b', 0);
    const nodes = foldTree(tree, { unfolded: new Set() });
    expect(tidyTree(nodes, 10, 10).along[19_999]).toBe(199_990);
  });
});

describe('the tidy tree', () => {
  test('puts a parent amid its children, and equals apart by a row', () => {
    const places = tidyTree([{ parent: -1 }, { parent: 0 }, { parent: 0 }, { parent: 0 }], 100, 20);
    expect([...places.along]).toEqual([0, 100, 100, 100]);
    expect([...places.across]).toEqual([0, -20, 0, 20]);
  });

  test('is the same for the same tree; marks of a column never overlap', () => {
    fc.assert(
      fc.property(anyTree, (list) => {
        const nodes = foldTree(treeOf(list), { unfolded: new Set(), foldFrom: 1000 });
        const places = tidyTree(nodes, 100, 20);
        expect(tidyTree(nodes, 100, 20)).toEqual(places);
        for (let place = 1; place < nodes.length; place++) {
          if (nodes[place]?.depth !== nodes[place - 1]?.depth) continue;
          expect((places.across[place] ?? 0) - (places.across[place - 1] ?? 0)).toBeGreaterThanOrEqual(
            20 - 1e-6,
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
