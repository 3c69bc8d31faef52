import { describe, expect, test } from 'vitest';
import { canvasTheme, DARK, LIGHT } from '../../devtools/panel/palette.js';

/** Of two colours `#rrggbb`, as WCAG 2 has it: from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('%s', (_, palette) => {
  test('words are told from every ground they stand on', () => {
    const { background, surface, raised } = palette;
    const words = ['text', 'muted', 'accent', 'good', 'bad', 'warn', 'busy', 'channel'] as const;
    for (const word of words) {
      for (const ground of [background, surface, raised]) {
        expect(contrast(palette[word], ground), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const word of ['string', 'number', 'keyword'] as const)
      expect(contrast(palette[word], surface), word).toBeGreaterThanOrEqual(4.5);
    const { accent, onAccent, bad, badTint, warn, warnTint } = palette;
    for (const [word, ground] of [
      [onAccent, accent],
      [bad, badTint],
      [warn, warnTint],
    ] as const)
      expect(contrast(word, ground), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  test('lines that carry meaning are told from their ground', () => {
    const { edge, background } = canvasTheme(palette);
    expect(contrast(edge, background)).toBeGreaterThanOrEqual(3);
  });
});
