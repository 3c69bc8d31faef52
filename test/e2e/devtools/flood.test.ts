import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadedPage } from '../../devtools/bench/loaded-page.js';
import { packageRoot } from '../../support/package-entries.js';
import { type ServedPage, servePage } from './page.js';

let served: ServedPage;
beforeAll(async () => {
  served = await servePage(loadedPage(packageRoot));
});
afterAll(() => served?.close());

/** Places in the list of the rows that are rendered, and that of the last one in sight, which begins at 1. */
async function rendered(grid: Locator): Promise<{ places: number[]; lastInSight: number }> {
  return grid.evaluate((element) => {
    const { bottom } = element.getBoundingClientRect();
    const rows = [...element.querySelectorAll('.table-row')].map((row) => ({
      place: Number(row.getAttribute('aria-rowindex')) - 1,
      top: row.getBoundingClientRect().top,
      text: row.textContent,
    }));
    const full = rows.filter(({ text }) => text !== '');
    const inSight = full.filter(({ top }) => top < bottom - 13).map(({ place }) => place);
    return {
      places: full.map(({ place }) => place).sort((a, b) => a - b),
      lastInSight: Math.max(0, ...inSight),
    };
  });
}

async function opened(): Promise<{ page: Page; grid: Locator }> {
  const page = await served.open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.evaluate("window.mount('messages', true)");
  return { page, grid: page.getByRole('grid', { name: 'Messages, oldest first' }) };
}

test('the message list follows the end of a flood; what has passed is there for who scrolls up, and all of it after', async () => {
  const { page, grid } = await opened();
  await grid.waitFor();
  const load: Promise<unknown> = page.evaluate('window.load(50000, 4)');
  const lastInSight = async (): Promise<number> => (await rendered(grid)).lastInSight;
  await expect.poll(lastInSight, { timeout: 20_000 }).toBeGreaterThan(20_000);
  const before = await lastInSight();
  await expect.poll(lastInSight, { timeout: 20_000 }).toBeGreaterThan(before);
  // Up by a few windows; the wheel turns, and the rows come, some frames later.
  const end = await lastInSight();
  await grid.hover();
  await page.mouse.wheel(0, -3000);
  const isUp = async (): Promise<boolean> => {
    const place = await lastInSight();
    return place > 0 && place < end;
  };
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
  const isWhole = async (): Promise<boolean> => {
    const { places } = await rendered(grid);
    return (
      places.length > 5 &&
      places.every((place, index) => index === 0 || place - (places[index - 1] ?? 0) === 1)
    );
  };
  await expect.poll(isWhole, { timeout: 20_000 }).toBe(true);
  // Who has left the end stays where they are.
  const here = await lastInSight();
  const sent = await load;
  expect(await lastInSight()).toBe(here);
  await page
    .locator('#filter-hint')
    .filter({ hasText: `${Number(sent).toLocaleString('en')} messages` })
    .waitFor();
  await grid.focus();
  await page.keyboard.press('Home');
  await expect.poll(async () => (await rendered(grid)).places[0], { timeout: 20_000 }).toBe(1);
  await page.keyboard.press('End');
  await expect.poll(lastInSight, { timeout: 20_000 }).toBe(sent);
  expect(await isWhole()).toBe(true);
  expect(served.complaints).toEqual([]);
  await page.context().close();
});
