import { expect, test } from 'vitest';
import { GraphModel } from '../../../devtools/canvas/graph/graph-model.js';
import { paintNode } from '../../../devtools/canvas/graph/graph-paint.js';
import { TextFitter } from '../../../devtools/canvas/pen.js';
import { SvgPen } from '../../../devtools/canvas/svg-pen.js';
import { SampleSource } from '../../browser/canvas/sample-source.js';
import { lightTheme } from '../../browser/canvas/sample-theme.js';

const LONG = 'the_agent_that_is_called_so';

function graph(): GraphModel {
  const source = new SampleSource()
    .addAgent('supervisor')
    .addAgent('reader')
    .addAgent(LONG)
    .addChannel('recommendations', ['supervisor'], ['reader', LONG])
    .addChannel('pages', ['reader', LONG], ['supervisor']);
  const model = new GraphModel();
  model.resize(1280, 600, 0);
  model.update(source, 0);
  model.advance(10_000, true);
  return model;
}

test('a name is written in full, also where the graph is small; one that is far too long is cut', () => {
  // A bold letter of a usual font is six tenths as wide as it is high.
  const text = new TextFitter(
    (word, font) => word.length * 0.6 * Number.parseFloat(/[\d.]+px/.exec(font)?.[0] ?? ''),
  );
  for (const scale of [1, 0.6]) {
    const pen = new SvgPen();
    const look = { alpha: 1, selected: false, matched: false, hovered: false, scale, now: 1e9 };
    for (const node of graph().nodes.values()) paintNode(pen, text, lightTheme, node, look);
    const picture = pen.toSvg(1280, 600, '#fff', 'names');
    for (const name of ['supervisor', 'recommendations', 'reader']) expect(picture).toContain(`>${name}<`);
    expect(picture).toContain('>the_agent');
    expect(picture).not.toContain(`>${LONG}<`);
  }
});

test('a name too small to be read is not written at all', () => {
  const text = new TextFitter((word) => word.length);
  for (const [scale, written] of [
    [0.2, 5],
    [0.1, 0],
  ] as const) {
    const pen = new SvgPen();
    const look = { alpha: 1, selected: false, matched: false, hovered: false, scale, now: 1e9 };
    for (const node of graph().nodes.values()) paintNode(pen, text, lightTheme, node, look);
    expect(pen.toSvg(1280, 600, '#fff', 'names').match(/<text /g)?.length ?? 0).toBe(written);
  }
});

test('a name is cut between characters, and where it ends: from right to left at the left', () => {
  const text = new TextFitter((word) => [...word].length);
  expect(text.fit('🚀🚀🚀🚀🚀', '', 4)).toBe('🚀🚀…\u200f');
  const inUnits = new TextFitter((word) => word.length);
  for (const room of [3, 4, 5, 6])
    expect(inUnits.fit('🚀🚀🚀🚀', '', room)).not.toMatch(/[\ud800-\udbff](?!.)/u);
});

test('however wide the names make them, no two nodes lie on each other', () => {
  const nodes = [...graph().nodes.values()];
  for (const one of nodes)
    for (const other of nodes)
      if (one !== other) {
        const aside = Math.abs(one.x - other.x) >= (one.width + other.width) / 2 + 20;
        const below = Math.abs(one.y - other.y) >= (one.height + other.height) / 2 + 10;
        expect(aside || below, `${one.name} and ${other.name}`).toBe(true);
      }
});
