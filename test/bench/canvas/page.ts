import { createGraphView, createTimelineView, createTreeView } from '../../../devtools/canvas/index.js';
import type { CanvasSource, CanvasView, CreateCanvasView } from '../../../devtools/canvas-contract.js';
import { SampleSource, seededRandom } from '../../browser/canvas/sample-source.js';
import { lightTheme } from '../../browser/canvas/sample-theme.js';

/** One line of the result: median and 95th percentile of the script time of a frame, in milliseconds. */
export interface FrameTimes {
  readonly what: string;
  readonly median: number;
  readonly p95: number;
}

const FRAMES = 120;
const WIDTH = 1280;
const HEIGHT = 800;

declare global {
  interface Window {
    canvasBench: () => Promise<FrameTimes[]>;
  }
}

window.canvasBench = async () => [
  ...(await tree()),
  ...(await timeline(1_000_000, 8)),
  ...(await timeline(1_000_000, 1)),
  ...(await graph()),
];

interface Mounted {
  readonly canvas: HTMLCanvasElement;
  readonly view: CanvasView;
}

function mount(create: CreateCanvasView, source: CanvasSource): Mounted {
  const canvas = document.createElement('canvas');
  canvas.style.cssText = `width: ${WIDTH}px; height: ${HEIGHT}px`;
  document.body.replaceChildren(canvas);
  const view = create(canvas, source, {
    theme: lightTheme,
    reducedMotion: true,
    requestDraw: () => undefined,
  });
  view.resize(WIDTH, HEIGHT, 1);
  return { canvas, view };
}

/** Draws frame by frame, in step with the screen, after `move`; only the script of `draw` counts, not the raster. */
async function measure(what: string, view: CanvasView, move: (frame: number) => void): Promise<FrameTimes> {
  const times: number[] = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    const now = await new Promise(requestAnimationFrame);
    const start = performance.now();
    move(frame);
    view.draw(now);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { what, median: times[FRAMES / 2] ?? 0, p95: times[Math.floor(FRAMES * 0.95)] ?? 0 };
}

async function once(what: string, work: () => void): Promise<FrameTimes> {
  const start = performance.now();
  work();
  const took = performance.now() - start;
  return { what, median: took, p95: took };
}

/** 10,000 nodes that do not fold: no three of a parent are alike. */
async function tree(): Promise<FrameTimes[]> {
  const source = new SampleSource();
  const random = seededRandom(5);
  const free = [source.addPublish(0, 'root')];
  for (let parent = free.shift(); parent !== undefined && source.nextNode <= 10_000; parent = free.shift()) {
    const children = 1 + Math.floor(random() * 2.4);
    for (let child = 0; child < children && source.nextNode <= 10_000; child++) {
      const status = random() < 0.02 ? 'failed' : 'succeeded';
      free.push(source.addInvocation(parent, `agent-${child}`, 'work', status));
    }
    if (free.length > 900) free.splice(0, free.length - 900);
  }
  const { canvas, view } = mount(createTreeView, source);
  const results = [await once('tree 10,000: first layout and frame', () => view.draw(performance.now()))];
  view.fit();
  const pan = (dx: number): void => {
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaX: dx, shiftKey: true, cancelable: true }));
  };
  const back = (frame: number): void => pan(frame % 2 === 0 ? 7 : -7);
  results.push(await measure('tree 10,000: panning, all in sight (dots)', view, back));
  for (const [name, steps] of [
    ['panning amid cards without words', 13],
    ['panning amid cards with words', 3],
  ] as const) {
    for (let step = 0; step < steps; step++) {
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '+', cancelable: true }));
    }
    results.push(await measure(`tree 10,000: ${name}`, view, back));
  }
  return results;
}

async function timeline(records: number, lanes: number): Promise<FrameTimes[]> {
  const source = new SampleSource();
  source.live = false;
  const random = seededRandom(9);
  const from = source.clock;
  // An hour: 3.6 ms from one to the next.
  const step = 3_600_000 / records;
  for (let row = 0; row < records; row++) {
    const start = from + row * step;
    const status = random() < 0.001 ? 'failed' : 'succeeded';
    source.addRow(
      `agent-${row % lanes}`,
      start - random(),
      start,
      start + random() * step * lanes * 0.9,
      status,
      row,
    );
  }
  source.clock = from + 3_600_000;
  const { canvas, view } = mount(createTimelineView, source);
  const name = `timeline 1,000,000 in ${lanes} lane${lanes === 1 ? '' : 's'}`;
  const results = [await once(`${name}: first frame`, () => view.draw(performance.now()))];
  const whole = await once(`${name}: index, all frames together`, () => {
    while (view.draw(performance.now()));
  });
  results.push(whole);
  view.fit();
  const back = (frame: number): void => {
    canvas.dispatchEvent(
      new WheelEvent('wheel', { deltaX: frame % 2 === 0 ? 5 : -5, shiftKey: true, cancelable: true }),
    );
  };
  results.push(await measure(`${name}: panning, the whole hour`, view, back));
  for (const span of ['six minutes', 'half a minute', 'three seconds', '300 ms', '30 ms']) {
    const deltaY = -Math.log(span === 'six minutes' ? 10 : 11) / 0.0018;
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaY, clientX: 700, clientY: 200, cancelable: true }));
    results.push(await measure(`${name}: panning, ${span}`, view, back));
  }
  return results;
}

async function graph(): Promise<FrameTimes[]> {
  const source = new SampleSource();
  for (let agent = 0; agent < 100; agent++)
    source.addAgent(`agent-${agent}`, { rate: 10, activeAt: source.clock });
  for (let channel = 0; channel < 100; channel++) {
    const readers = [`agent-${(channel + 1) % 100}`, `agent-${(channel * 7 + 3) % 100}`];
    source.addChannel(`channel-${channel}`, [`agent-${channel}`], readers, { rate: 10, depth: channel * 10 });
  }
  const { view } = mount(createGraphView, source);
  const results = [await once('graph 200: first layout and frame', () => view.draw(performance.now()))];
  view.setReducedMotion(false);
  let published = 0;
  const flow = (): void => {
    published++;
    source.channelList = source.channelList.map((each) => ({ ...each, published }));
    source.version++;
  };
  results.push(await measure('graph 200: all channels pulsing', view, flow));
  return results;
}
