import { expect, test } from 'vitest';
import { TextFitter } from '../../../devtools/canvas/pen.js';
import { SvgPen } from '../../../devtools/canvas/svg-pen.js';
import { TreeModel } from '../../../devtools/canvas/tree/tree-model.js';
import { TreePainter } from '../../../devtools/canvas/tree/tree-paint.js';
import { SampleSource } from '../../browser/canvas/sample-source.js';
import { lightTheme } from '../../browser/canvas/sample-theme.js';

const CHILDREN = 10_000;
const WIDTH = 1280;
const HEIGHT = 800;
const NO_MARKS = { selected: -1, hovered: -1, lit: new Set<number>(), matches: undefined };

/** One message with 10,000 equal invocations, of which the last failed; unfolded, when the frame is drawn. */
function unfolded(): { model: TreeModel; frame: (progress: number, scale: number) => TreePainter } {
  const source = new SampleSource();
  const root = source.addPublish(0, 'work');
  for (let child = 1; child < CHILDREN; child++) source.addInvocation(root, 'agent', 'work', 'succeeded');
  source.addInvocation(root, 'agent', 'work', 'failed');
  const model = new TreeModel();
  let now = 0;
  const settle = (): void => {
    do model.update(source, ++now * 1e6, () => undefined, 1);
    while (model.waiting);
  };
  settle();
  const fold = model.scene.nodes.find(({ members }) => members.length === CHILDREN);
  model.toggle(fold?.key ?? '');
  settle();
  const painter = new TreePainter(new TextFitter((text) => text.length * 6));
  const frame = (progress: number, scale: number): TreePainter => {
    const view = { x: 20, y: HEIGHT / 2, scale };
    painter.paint(new SvgPen(), lightTheme, model.scene, view, progress, WIDTH, HEIGHT, NO_MARKS);
    return painter;
  };
  return { model, frame };
}

test('what comes out of a fold is drawn once while it lies on one place', () => {
  const { model, frame } = unfolded();
  expect(model.scene.nodes).toHaveLength(CHILDREN + 1);
  // The root, those that went well, and the one that failed.
  expect(frame(0, 1).visible).toBe(3);
  expect(frame(0.5, 1).visible).toBeLessThan(HEIGHT / 10);
  expect(frame(1, 1).visible).toBeLessThan(HEIGHT / 20);
});

test('many are laid out over several frames, few in one', () => {
  const source = new SampleSource();
  for (let root = 0; root < 5000; root++) {
    const read = source.addInvocation(source.addPublish(0, 'work'), 'reader', 'work', 'succeeded');
    source.addInvocation(source.addPublish(read, 'found'), 'writer', 'found', 'succeeded');
  }
  const model = new TreeModel();
  let now = 0;
  const updates = (): number => {
    for (let count = 1; ; count++) if (model.update(source, ++now * 1e6, () => undefined, 1)) return count;
  };
  do model.update(source, ++now * 1e6, () => undefined, 1);
  while (model.waiting);
  const [fold] = model.scene.nodes;
  expect(model.scene.nodes).toHaveLength(4);
  model.toggle(fold?.key ?? '');
  expect(updates()).toBe(4);
  // With what is below each, about as many as can be looked at; the rest stay folded.
  expect(model.scene.nodes).toHaveLength(2500 * 4 + 4);
  expect(model.waiting).toBe(false);
  model.toggle(fold?.key ?? '');
  expect(updates()).toBe(1);
  expect(model.scene.nodes).toHaveLength(4);
});

test('a run that grows by thousands from one frame to the next is shown all the same', () => {
  const source = new SampleSource();
  const model = new TreeModel();
  const grow = (): void => {
    for (let root = 0; root < 1600; root++) {
      source.addInvocation(source.addPublish(0, 'work'), 'reader', 'work', 'succeeded');
    }
  };
  const shown: (number | undefined)[] = [];
  for (let frame = 1; frame <= 12; frame++) {
    grow();
    if (model.update(source, frame * 1e6, () => undefined, 1))
      shown.push(model.scene.nodes[0]?.members.length);
  }
  // More than once, and each time more.
  expect(shown.length).toBeGreaterThan(1);
  expect(shown.at(-1)).toBeGreaterThan(shown[0] ?? 0);
});

test('far out, dots nearer to each other than can be seen are one, but none of another status is lost', () => {
  const { model, frame } = unfolded();
  const scale = HEIGHT / 2 / (36 * CHILDREN);
  const { visible } = frame(1, scale);
  expect(visible).toBeLessThanOrEqual(4 * HEIGHT);
  expect(visible).toBeGreaterThan(HEIGHT / 2);
  expect(new Set(model.scene.status).size).toBe(3);
  const pen = new SvgPen();
  new TreePainter(new TextFitter((text) => text.length * 6)).paint(
    pen,
    lightTheme,
    model.scene,
    { x: 20, y: HEIGHT / 2, scale },
    1,
    WIDTH,
    HEIGHT,
    NO_MARKS,
  );
  expect(pen.toSvg(WIDTH, HEIGHT, '#fff', 'tree')).toContain(lightTheme.status.failed ?? 'no colour');
});
