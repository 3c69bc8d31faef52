import { expect, test } from 'vitest';
import { listPages, rendered } from './list-page.js';

const opened = listPages();

test('the message list follows the end of a flood; what has passed is there for who scrolls up, and all of it after', async () => {
  const { page, grid } = await opened();
  const load: Promise<unknown> = page.evaluate('window.load(50000, 4)');
  const lastInSight = async (): Promise<number> => (await rendered(grid)).inSight.at(-1) ?? 0;
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
});
