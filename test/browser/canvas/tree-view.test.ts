import { expect, test } from 'vitest';
import { createTreeView } from '../../../devtools/canvas/index.js';
import type { CanvasSelection } from '../../../devtools/canvas-contract.js';
import { mount } from './mount.js';
import { SampleSource } from './sample-source.js';
import { lightTheme } from './sample-theme.js';

/** One question, a planner, and five pages of which one failed. */
function fiveReaders(): SampleSource {
  const source = new SampleSource();
  const root = source.addPublish(0, 'questions');
  const planner = source.addInvocation(root, 'planner', 'questions', 'succeeded');
  for (let page = 0; page < 5; page++) {
    const message = source.addPublish(planner, 'pages');
    source.addInvocation(message, 'reader', 'pages', page === 3 ? 'failed' : 'succeeded');
  }
  return source;
}

const labels = (items: readonly { label: string; children?: readonly { label: string }[] }[]): string[] =>
  items.flatMap(({ label, children = [] }) => [label, ...labels(children)]);

const FOLDED = [
  'Message on questions, published',
  'Agent planner, succeeded',
  'Message on pages, 5 times: 5 published',
  'Agent reader, 5 times: 4 succeeded, 1 failed',
];

test('equal subtrees are one mark with a histogram; a click unfolds it, the line before it folds it', () => {
  const mounted = mount(createTreeView, fiveReaders(), { width: 1000 });
  mounted.settle();
  expect(labels(mounted.view.accessibleTree())).toEqual(FOLDED);
  // The first card begins at the margin, and all four lie on one line: the third is the fold.
  const y = rowOf(mounted);
  expect(mounted.count(lightTheme.status.failed ?? '', 640, y - 20, 200, 40)).toBeGreaterThan(10);
  mounted.click(28 + 2 * 204 + 40, y);
  mounted.settle();
  expect(labels(mounted.view.accessibleTree())).toHaveLength(12);
  mounted.click(28 + 2 * 204 - 6, y);
  mounted.settle();
  expect(labels(mounted.view.accessibleTree())).toEqual(FOLDED);
});

/** Where the first card is, by its clicks. */
function rowOf(mounted: ReturnType<typeof mount>): number {
  let chosen: CanvasSelection | undefined;
  const stop = mounted.view.onSelect((selection) => {
    chosen = selection;
  });
  let found = Number.NaN;
  for (let y = 4; y < 500 && Number.isNaN(found); y += 2) {
    mounted.click(60, y);
    if (chosen?.kind === 'node' && chosen.node === 1) found = y + 12;
  }
  stop();
  mounted.press('Escape');
  expect(found).toBeGreaterThan(0);
  return found;
}

test('a click selects the node and lights its ancestors', () => {
  const mounted = mount(createTreeView, fiveReaders(), { width: 1000 });
  mounted.settle();
  const y = rowOf(mounted);
  mounted.settle();
  expect(mounted.count(lightTheme.selection, 0, 0, 1000, 500)).toBe(0);
  const heard: (CanvasSelection | undefined)[] = [];
  mounted.view.onSelect((selection) => heard.push(selection));
  mounted.click(28 + 204 + 40, y);
  mounted.settle();
  expect(heard).toEqual([{ kind: 'node', node: 2 }]);
  // The link from the root to it, and a ring around both.
  expect(mounted.count(lightTheme.selection, 180, y - 4, 50, 8)).toBeGreaterThan(60);
  expect(mounted.count(lightTheme.selection, 20, y - 20, 164, 40)).toBeGreaterThan(150);
});

test('keys walk the tree, unfold and fold', () => {
  const { view, press, settle } = mount(createTreeView, fiveReaders());
  settle();
  const heard: string[] = [];
  view.onSelect((selection) => {
    heard.push(selection?.kind === 'node' ? String(selection.node) : '-');
    // As the panel does: what is chosen here comes back.
    view.select(selection);
  });
  press('ArrowRight');
  press('ArrowRight');
  press('ArrowRight');
  press('Enter');
  settle();
  expect(labels(view.accessibleTree())).toHaveLength(12);
  press('ArrowRight');
  press('ArrowDown');
  press('ArrowLeft');
  expect(heard).toEqual(['1', '2', '-', '4', '6', '5']);
});

test('what is looked at stays where it is while the tree grows', () => {
  const source = fiveReaders();
  const mounted = mount(createTreeView, source, { width: 1000 });
  mounted.settle();
  const y = rowOf(mounted);
  mounted.view.select({ kind: 'node', node: 2 });
  mounted.settle();
  for (let root = 0; root < 2; root++) {
    const number = source.addPublish(2, 'notes');
    for (let child = 0; child < 2; child++) source.addInvocation(number, `note-${child}`, 'notes', 'running');
  }
  mounted.settle();
  expect(labels(mounted.view.accessibleTree()).length).toBeGreaterThan(8);
  const heard: (CanvasSelection | undefined)[] = [];
  mounted.view.onSelect((selection) => heard.push(selection));
  mounted.press('Escape');
  mounted.click(28 + 204 + 40, y);
  expect(heard.at(-1)).toEqual({ kind: 'node', node: 2 });
});

test('a change of status is seen without a new node', () => {
  const source = fiveReaders();
  source.setStatus(4, 'running');
  const { view, settle } = mount(createTreeView, source);
  settle();
  source.setStatus(4, 'failed');
  settle();
  expect(labels(view.accessibleTree()).at(-1)).toBe('Agent reader, 5 times: 3 succeeded, 2 failed');
});

test('a search counts what it finds, by name and by status', () => {
  const { view, settle } = mount(createTreeView, fiveReaders());
  settle();
  expect(view.search('read')).toBe(5);
  expect(view.search('failed')).toBe(5);
  expect(view.search('nobody')).toBe(0);
});

test('a search by id finds one of a fold, and brings it into sight', () => {
  const { view, settle, count } = mount(createTreeView, fiveReaders());
  settle();
  expect(view.search('reader_8')).toBe(1);
  settle();
  expect(count(lightTheme.selection, 0, 0, 800, 500)).toBeGreaterThan(0);
  expect(view.search('reader_999')).toBe(0);
  settle();
  expect(count(lightTheme.selection, 0, 0, 800, 500)).toBe(0);
});

test('far out cards become dots, near they carry words; the whole is saved as SVG', () => {
  const { view, press, settle, count } = mount(createTreeView, fiveReaders());
  settle();
  const near = count(lightTheme.surface, 0, 0, 800, 500);
  for (let step = 0; step < 8; step++) press('-');
  settle();
  expect(near).toBeGreaterThan(5000);
  expect(count(lightTheme.surface, 0, 0, 800, 500)).toBe(0);
  const svg = new DOMParser().parseFromString(view.toSvg?.() ?? '', 'image/svg+xml');
  expect([...svg.querySelectorAll('text')].map((each) => each.textContent)).toContain('×5');
});
