import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { panelPages, work } from './panel-page.js';

const { opened } = panelPages();

/** Pixels in the colour of the ring around what is selected. */
function ringIn(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    copy?.drawImage(element, 0, 0);
    const pixels = copy?.getImageData(0, 0, width, height).data ?? [];
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4)
      if (pixels[at] === 0x52 && pixels[at + 1] === 0x42 && pixels[at + 2] === 0xd0) count++;
    return count;
  });
}

test('tree: a line of the outline brings its card into sight, also a second time', async () => {
  const page = await opened('view=tree&theme=light');
  await work(page);
  const canvas = page.getByRole('img', { name: 'Execution tree' });
  const ring = (): Promise<number> => ringIn(canvas);
  await page.getByRole('button', { name: 'The same in words' }).click();
  const line = page.locator('.outline button', { hasText: 'Agent writer' }).last();
  await line.click();
  await page.getByRole('region', { name: 'Selection' }).waitFor();
  await expect.poll(ring).toBeGreaterThan(100);
  await canvas.focus();
  for (let step = 0; step < 40; step++) await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(ring).toBe(0);
  await line.click();
  await expect.poll(ring).toBeGreaterThan(100);
});

test('tree: opened for a message, it shows that message', async () => {
  const page = await opened('view=messages&theme=light');
  await page.evaluate('for (let n = 0; n < 60; n++) void window.executor.publish("nowhere " + n, n)');
  await page.locator('.table-row', { hasText: 'nowhere 59' }).click();
  await page.getByRole('button', { name: 'Show in tree' }).click();
  const canvas = page.getByRole('img', { name: 'Execution tree' });
  await expect.poll(() => ringIn(canvas)).toBeGreaterThan(100);
});
