import { expect, onTestFinished, test } from 'vitest';
import { createGraphView } from '../../../devtools/canvas/index.js';
import type { CanvasSelection } from '../../../devtools/canvas-contract.js';
import { mount } from './mount.js';
import { SampleSource } from './sample-source.js';
import { researchTeam } from './sample-team.js';
import { darkTheme, lightTheme } from './sample-theme.js';

/** app → in → worker → out: four nodes in a line, 194 apart, in a picture 800 wide. */
function line(): SampleSource {
  return new SampleSource()
    .addAgent('worker', { rate: 5, activeAt: 1 })
    .addChannel('in', ['app'], ['worker'], { depth: 50, capacity: 100, rate: 5 })
    .addChannel('out', ['worker'], []);
}

/** Walks over the picture with clicks until each name was hit: where it was. */
function find(mounted: ReturnType<typeof mount>, names: readonly string[]): Map<string, [number, number]> {
  const places = new Map<string, [number, number]>();
  let chosen: CanvasSelection | undefined;
  const stop = mounted.view.onSelect((selection) => {
    chosen = selection;
  });
  for (let x = 4; x < 800; x += 12) {
    for (let y = 4; y < 500; y += 10) {
      mounted.click(x, y);
      if (chosen && chosen.kind !== 'node' && !places.has(chosen.name)) places.set(chosen.name, [x, y]);
    }
  }
  stop();
  mounted.view.select(undefined);
  expect([...places.keys()].sort()).toEqual([...names].sort());
  return places;
}

test('agents and channels are drawn where they can be clicked, in the order of the flow', () => {
  const mounted = mount(createGraphView, line());
  mounted.settle();
  const places = find(mounted, ['in', 'out', 'worker']);
  const x = (name: string): number => places.get(name)?.[0] ?? Number.NaN;
  expect(x('in')).toBeLessThan(x('worker'));
  expect(x('worker')).toBeLessThan(x('out'));
  mounted.settle();
  // Its gauge, half full, in the channel's colour.
  expect(mounted.count(lightTheme.channel, 0, 0, 800, 500)).toBeGreaterThan(60);
});

test('an agent that comes later moves nobody', () => {
  const source = line();
  const mounted = mount(createGraphView, source);
  mounted.settle();
  mounted.press('-');
  mounted.settle();
  const before = find(mounted, ['in', 'out', 'worker']);
  source.addAgent('late');
  source.changeChannel('out', { subscribers: ['late'] });
  mounted.settle();
  const after = find(mounted, ['in', 'late', 'out', 'worker']);
  for (const [name, place] of before) expect(after.get(name)).toEqual(place);
});

test('a drag pins a node, a double click lets it go', () => {
  const mounted = mount(createGraphView, line());
  mounted.settle();
  const [x, y] = find(mounted, ['in', 'out', 'worker']).get('worker') ?? [0, 0];
  mounted.drag([x + 10, y + 5], [x + 10, y + 155]);
  mounted.settle();
  expect(find(mounted, ['in', 'out', 'worker']).get('worker')).toEqual([x, y + 150]);
  mounted.canvas.dispatchEvent(new MouseEvent('dblclick', { clientX: x + 10, clientY: y + 155 }));
  mounted.settle();
  expect(find(mounted, ['in', 'out', 'worker']).get('worker')).toEqual([x, y]);
});

test('arrows walk, Escape lets go, and the selection is heard of', () => {
  const { view, press, settle } = mount(createGraphView, line());
  settle();
  const heard: string[] = [];
  view.onSelect((selection) => heard.push(selection && selection.kind !== 'node' ? selection.name : '-'));
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'Escape']) press(key);
  expect(heard).toEqual(['worker', 'out', 'worker', 'in', '-']);
});

test('what is not searched for fades, and failures and drops carry a mark', () => {
  const source = line().addAgent('broken', { failed: 3 });
  source.changeChannel('out', { subscribers: ['broken'], dropped: 2 });
  const { view, settle, count } = mount(createGraphView, source);
  settle();
  const [failed, dropped] = [lightTheme.status.failed ?? '', lightTheme.status.dropped ?? ''];
  expect(count(failed, 0, 0, 800, 500)).toBeGreaterThan(80);
  expect(count(dropped, 0, 0, 800, 500)).toBeGreaterThan(80);
  expect(view.search('nobody')).toBe(0);
  settle();
  expect(count(failed, 0, 0, 800, 500)).toBe(0);
  expect(view.search('BROK')).toBe(1);
  settle();
  expect(count(failed, 0, 0, 800, 500)).toBeGreaterThan(80);
});

test('an id leads to the agent of its invocation, or the channel of its message', () => {
  const source = line().addAgent('other');
  const message = source.addPublish(0, 'out');
  const invocation = source.addInvocation(message, 'worker', 'in', 'succeeded');
  const { view, settle, count } = mount(createGraphView, source);
  settle();
  const found = (text: string): number => {
    const matches = view.search(text);
    settle();
    expect(count(lightTheme.selection, 0, 0, 800, 500) > 20).toBe(matches > 0);
    return matches;
  };
  expect(found(`worker_${invocation}`)).toBe(1);
  expect(found(`message_${message}`)).toBe(1);
  expect(found('message_999')).toBe(0);
});

test('pulses run when something is published, and not with reduced motion', () => {
  for (const reducedMotion of [false, true]) {
    const source = line();
    const { draw, count } = mount(createGraphView, source, { reducedMotion });
    draw();
    draw(5000);
    expect(draw(5000)).toBe(false);
    const before = count(lightTheme.background, 0, 0, 800, 500);
    source.changeChannel('in', { published: 1 });
    draw();
    expect(draw(400)).toBe(!reducedMotion);
    // A pulse covers what was background.
    expect(count(lightTheme.background, 0, 0, 800, 500) < before).toBe(!reducedMotion);
    expect(draw(10_000)).toBe(false);
  }
});

test('a screen of two device pixels per pixel is drawn at its resolution, and both themes differ', () => {
  const { canvas, view, settle, pixel } = mount(createGraphView, line(), { ratio: 2 });
  settle();
  expect([canvas.width, canvas.height]).toEqual([1600, 1000]);
  expect(pixel(1, 1)).toEqual([0xf7, 0xf8, 0xfa]);
  view.setTheme(darkTheme);
  settle();
  expect(pixel(1, 1)).toEqual([0x12, 0x15, 0x1c]);
});

test('the picture is told in words and saved as SVG, hostile names as text', () => {
  const source = researchTeam(2).addAgent('<script>alert(1)</script>');
  const { view, settle } = mount(createGraphView, source);
  settle();
  const words = JSON.stringify(view.accessibleTree());
  expect(words).toContain('Agent reader; 96/s; 4 running; 38 queued; 3180 succeeded; 3 failed; reads pages');
  expect(words).toContain('Channel facts; 240/s; 9940 published; 812 of 1000 waiting; 17 dropped');
  const svg = new DOMParser().parseFromString(view.toSvg?.() ?? '', 'image/svg+xml');
  expect(svg.querySelector('parsererror')).toBeNull();
  expect(svg.querySelector('script')).toBeNull();
  expect([...svg.querySelectorAll('text')].map((each) => each.textContent)).toContain('reader');
});

/** Five agents that pass a message round, too long a way for the width: edges turn beside the outermost nodes. */
function ring(): SampleSource {
  const source = new SampleSource();
  const names = ['one', 'two', 'three', 'four', 'five'];
  for (const name of names) source.addAgent(name);
  names.forEach((name, at) => {
    source.addChannel(`to ${name}`, [names.at(at - 1) ?? ''], [name]);
  });
  return source.addChannel('all', names, [names[0] ?? '']);
}

test('all of it is fitted, edges that swing out beyond the nodes included', () => {
  const { settle, count } = mount(createGraphView, ring(), { width: 700, height: 640 });
  settle();
  const drawn = (x: number, y: number, width: number, height: number): number =>
    width * height - count(lightTheme.background, x, y, width, height);
  expect(drawn(30, 30, 640, 580)).toBeGreaterThan(5000);
  for (const [x, y, width, height] of [
    [0, 0, 20, 640],
    [680, 0, 20, 640],
    [0, 0, 700, 20],
    [0, 620, 700, 20],
  ] as const)
    expect(drawn(x, y, width, height)).toBe(0);
});

test('a saved picture has the edges that the screen has, all of them within it', () => {
  const { view, settle } = mount(createGraphView, ring(), { width: 700, height: 640 });
  settle();
  const holder = document.createElement('div');
  holder.innerHTML = view.toSvg?.() ?? '';
  document.body.append(holder);
  onTestFinished(() => holder.remove());
  const { x = 0, y = 0, width = 0, height = 0 } = holder.querySelector('svg')?.viewBox.baseVal ?? {};
  const boxes = [...holder.querySelectorAll('path')].map((path) => path.getBBox());
  expect(boxes.length).toBeGreaterThan(20);
  for (const box of boxes) {
    expect(box.x).toBeGreaterThan(x);
    expect(box.y).toBeGreaterThan(y);
    expect(box.x + box.width).toBeLessThan(x + width);
    expect(box.y + box.height).toBeLessThan(y + height);
  }
  // Not straight over what lies between, but by way of the corridor between the bands.
  const curves = [...holder.querySelectorAll('path[stroke-linecap]')].map(
    (way) => (way.getAttribute('d')?.split('C').length ?? 0) - 1,
  );
  expect(Math.max(...curves)).toBe(3);
});
