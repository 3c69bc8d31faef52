import { expect, test } from 'vitest';
import { createTimelineView } from '../../../devtools/canvas/index.js';
import type { CanvasSelection } from '../../../devtools/canvas-contract.js';
import { mount } from './mount.js';
import { SampleSource, seededRandom } from './sample-source.js';
import { lightTheme } from './sample-theme.js';

const GUTTER = 132;
const failed = lightTheme.status.failed ?? '';
const running = lightTheme.status.running ?? '';

/** A run of one second: a reader that is tried twice, a writer that goes on. */
function second(): SampleSource {
  const source = new SampleSource();
  source.live = false;
  const t = source.clock;
  source.addRow('reader', t, t + 100, t + 300, 'retrying', 1, 1);
  source.addRow('reader', t + 600, t + 610, t + 800, 'failed', 1, 2);
  source.addRow('writer', t + 650, t + 700, Number.NaN, 'running', 2);
  source.clock = t + 1000;
  return source;
}

/** Pixels from the gutter for a time of the fitted run: 2 % before it, 5 % in all. */
const x = (part: number, width = 800): number => GUTTER + ((part + 0.02) / 1.05) * (width - GUTTER);

test('bars are where their times are, in the colour of their status', () => {
  const { view, settle, count } = mount(createTimelineView, second());
  settle();
  view.fit();
  settle();
  expect(count(failed, x(0.62), 31, x(0.78) - x(0.62), 60)).toBeGreaterThan(300);
  expect(count(failed, x(0.35), 31, x(0.58) - x(0.35), 60)).toBe(0);
  expect(count(running, x(0.71), 31, x(0.99) - x(0.71), 120)).toBeGreaterThan(300);
  expect(count(running, x(0.2), 31, x(0.69) - x(0.2), 120)).toBe(0);
});

test('a click finds the attempt, arrows go on from it, z zooms to it', () => {
  const mounted = mount(createTimelineView, second());
  mounted.settle();
  mounted.view.fit();
  mounted.settle();
  const heard: string[] = [];
  mounted.view.onSelect((selection) => heard.push(selection?.kind === 'node' ? String(selection.node) : '-'));
  for (let y = 32; y < 140 && heard.length === 0; y += 4) mounted.click(x(0.9), y);
  expect(heard).toEqual(['2']);
  mounted.press('ArrowUp');
  mounted.press('ArrowLeft');
  expect(heard).toEqual(['2', '1']);
  mounted.press('z');
  mounted.settle();
  // The first attempt of the reader now fills most of the picture.
  expect(mounted.count(lightTheme.status.retrying ?? '', 300, 31, 350, 60)).toBeGreaterThan(350 * 10);
  mounted.press('Escape');
  expect(heard.at(-1)).toBe('-');
});

test('a stretch that is marked is zoomed to', () => {
  const mounted = mount(createTimelineView, second());
  mounted.settle();
  mounted.view.fit();
  mounted.settle();
  mounted.drag([x(0.62), 300], [x(0.78), 300], { shiftKey: true });
  mounted.settle();
  expect(mounted.count(lightTheme.selection, x(0.62) - 2, 200, 4, 200)).toBeGreaterThan(150);
  mounted.press('z');
  mounted.settle();
  expect(mounted.count(failed, GUTTER + 2, 31, 800 - GUTTER - 100, 60)).toBeGreaterThan(500 * 10);
});

test('an attempt that ends is seen to end, and dense lanes show the one failure of a thousand', () => {
  const source = new SampleSource();
  source.live = false;
  const t = source.clock;
  const random = seededRandom(3);
  for (let row = 0; row < 20_000; row++) {
    const start = t + row * 5;
    source.addRow('busy', start, start, start + random() * 4, row === 10_000 ? 'failed' : 'succeeded', row);
  }
  const open = source.addRow('slow', t + 100_000, t + 100_000, Number.NaN, 'running', 7);
  source.clock = t + 110_000;
  const { view, settle, count } = mount(createTimelineView, source);
  settle();
  view.fit();
  settle();
  const middle = GUTTER + ((50_000 / 110_000 + 0.02) / 1.05) * (800 - GUTTER);
  expect(count(failed, middle - 3, 31, 6, 80)).toBeGreaterThan(3);
  expect(count(failed, GUTTER, 31, middle - GUTTER - 6, 80)).toBe(0);
  expect(count(running, 700, 31, 100, 200)).toBeGreaterThan(50);
  source.endRow(open, t + 105_000, 'failed');
  settle();
  expect(count(running, 700, 31, 100, 200)).toBe(0);
});

test('follows the present until it is moved, and again when asked', () => {
  const source = second();
  source.live = true;
  const { view, settle, count, press, pointer } = mount(createTimelineView, source);
  settle();
  expect(count(lightTheme.accent, 710, 34, 90, 30)).toBe(0);
  pointer('pointerdown', 400, 300);
  pointer('pointermove', 300, 300);
  pointer('pointerup', 300, 300);
  settle();
  // The way back is offered as soon as it is needed.
  expect(count(lightTheme.accent, 710, 34, 90, 30)).toBeGreaterThan(15);
  press('l');
  source.clock += 2000;
  source.version++;
  settle();
  // Three seconds fit, and the writer still runs to the present.
  expect(count(lightTheme.accent, 710, 34, 90, 30)).toBe(0);
  expect(count(running, 700, 60, 40, 100)).toBeGreaterThan(100);
  view.fit();
});

test('a microsecond is as clear as an hour: the axis says where it is', () => {
  const { view, settle, toSvgTexts } = withTexts(second());
  settle();
  view.fit();
  settle();
  expect(toSvgTexts()).toContain('0:00.4');
  view.select({ kind: 'node', node: 2 });
  const zoom = new WheelEvent('wheel', { deltaY: -6500, clientX: 500, clientY: 200, cancelable: true });
  document.querySelector('canvas')?.dispatchEvent(zoom);
  settle();
  expect(toSvgTexts().some((text) => text.endsWith(' µs'))).toBe(true);
});

function withTexts(source: SampleSource) {
  const mounted = mount(createTimelineView, source);
  const toSvgTexts = (): string[] => {
    const svg = new DOMParser().parseFromString(mounted.view.toSvg?.() ?? '', 'image/svg+xml');
    return [...svg.querySelectorAll('text')].map((each) => each.textContent ?? '');
  };
  return { ...mounted, toSvgTexts };
}

test('lanes are told in words, and chosen by their names', () => {
  const mounted = mount(createTimelineView, second());
  mounted.settle();
  const [reader, writer] = mounted.view.accessibleTree();
  expect(reader?.label).toBe('Agent reader; 2 attempts; longest 200 ms; worst failed');
  expect(reader?.children?.[0]?.label).toBe(
    'reader · failed, ran 190 ms, attempt 2, began at 0:00.610000, waited 10.0 ms, 300 ms until tried again',
  );
  expect(writer?.label).toBe('Agent writer; 1 attempt; longest 0 µs; 1 running; worst succeeded');
  let chosen: CanvasSelection | undefined;
  mounted.view.onSelect((selection) => {
    chosen = selection;
  });
  mounted.click(40, 45);
  expect(chosen).toEqual({ kind: 'agent', name: 'reader' });
  expect(mounted.view.search('WRI')).toBe(1);
});

test('a search by id leads to the lane of the invocation', () => {
  const source = second();
  const invocation = source.addInvocation(source.addPublish(0, 'in'), 'writer', 'in', 'running');
  const { view, settle } = mount(createTimelineView, source);
  settle();
  expect(view.search(`writer_${invocation}`)).toBe(1);
  expect(view.search('writer_999')).toBe(0);
});

test('what a bar took is written where it can be seen, and only as a whole', () => {
  const source = new SampleSource();
  source.live = false;
  const t = source.clock;
  source.addRow('long', t, t, t + 1000, 'succeeded', 1);
  // 55 pixels of the fitted run: "86.5 ms" does not fit into them.
  source.addRow('short', t, t, t + 86.5, 'succeeded', 2);
  source.clock = t + 1000;
  const { view, settle } = mount(createTimelineView, source);
  settle();
  view.fit();
  settle();
  const texts = (): [string, number][] => {
    const svg = new DOMParser().parseFromString(view.toSvg?.() ?? '', 'image/svg+xml');
    return [...svg.querySelectorAll('text')].map((each) => [
      each.textContent ?? '',
      Number(each.getAttribute('x')),
    ]);
  };
  expect(texts().map(([text]) => text)).toContain('1.00 s');
  expect(texts().filter(([text]) => text.includes('…'))).toEqual([]);
  const zoom = new WheelEvent('wheel', { deltaY: -400, clientX: 500, clientY: 200, cancelable: true });
  document.querySelector('canvas')?.dispatchEvent(zoom);
  settle();
  // It began long before what is in sight.
  expect(Object.fromEntries(texts())['1.00 s']).toBe(GUTTER + 6);
});
