import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { type ListPage, listPages, rendered } from './list-page.js';

const opened = listPages();

/** A list of this many messages, to which nothing more comes. */
async function quiet(messages: number): Promise<ListPage> {
  const { page, grid } = await opened();
  await page.evaluate(`(async () => {
    for (let sent = 0; sent < ${messages / 3}; sent++) await executor.publish('one', { n: sent });
    await executor.idle();
  })()`);
  await page
    .locator('#filter-hint')
    .filter({ hasText: `${messages} messages` })
    .waitFor();
  await expect.poll(async () => (await rendered(grid)).inSight.at(-1)).toBe(messages);
  return { page, grid };
}

function jumpTo(grid: Locator, top: number): Promise<void> {
  return grid.evaluate((element, to) => {
    element.scrollTop = to;
  }, top);
}

test('from the end to the top in one jump, there are the first rows', async () => {
  const { grid } = await quiet(600);
  await jumpTo(grid, 0);
  await expect.poll(async () => (await rendered(grid)).inSight[0]).toBe(1);
});
