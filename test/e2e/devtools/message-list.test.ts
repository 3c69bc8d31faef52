import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { type ListPage, listPages, rendered } from './list-page.js';

const opened = listPages();

/** Waits until this many messages are listed. */
async function listed(page: Page, messages: number): Promise<void> {
  const hint = page.locator('#filter-hint');
  await hint.filter({ hasText: `${messages.toLocaleString('en')} messages` }).waitFor();
}

/** Publishes this many messages, a few at a time: the panel, and every mailbox, can keep up. */
async function publish(page: Page, messages: number): Promise<void> {
  await page.evaluate(`(async () => {
    for (let sent = 0; sent < ${messages / 3};) {
      for (let few = 0; few < 200 && sent < ${messages / 3}; few++) void executor.publish('one', { n: sent++ });
      await executor.idle();
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  })()`);
}

/** A list of this many messages, to which nothing more comes. */
async function quiet(messages: number): Promise<ListPage> {
  const { page, grid } = await opened();
  await publish(page, messages);
  await listed(page, messages);
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

/** What is in sight: the first row, and where it begins. */
async function view(grid: Locator): Promise<{ first: number; gap: number }> {
  const { inSight, gap } = await rendered(grid);
  return { first: inSight[0] ?? 0, gap: Math.round(gap) };
}

test('of more rows than a browser can lay out, those in sight stay where they are while others come', async () => {
  // 8,000,000 pixels are the heights of 307,692 rows.
  const { page, grid } = await quiet(360_000);
  await jumpTo(grid, 4_000_000);
  await expect.poll(async () => (await view(grid)).first, { timeout: 20_000 }).toBeGreaterThan(100_000);
  const start = await view(grid);
  expect(start.first).toBeLessThan(200_000);

  // A pixel of the wheel is a pixel: ten rows.
  await grid.hover();
  await page.mouse.wheel(0, -260);
  await expect.poll(() => view(grid), { timeout: 20_000 }).toEqual({ ...start, first: start.first - 10 });

  const here = await view(grid);
  await grid.evaluate((element) => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const look = (): void => {
      const top = element.getBoundingClientRect().top + 26;
      for (const row of element.querySelectorAll('.table-row'))
        seen.add(
          `${row.getAttribute('aria-rowindex')} at ${Math.round(row.getBoundingClientRect().top - top)}`,
        );
      requestAnimationFrame(look);
    };
    look();
  });
  const rows = await page.evaluate('window.seen.size');
  await publish(page, 90_000);
  await listed(page, 450_000);
  expect(await view(grid)).toEqual(here);
  // Not for a frame were they elsewhere.
  expect(await page.evaluate('window.seen.size')).toBe(rows);
});

/** Place of the row that the grid says is active, when there is such a row, in sight and selected. */
async function active(grid: Locator): Promise<number> {
  return grid.evaluate((element) => {
    const root = element.getRootNode();
    const id = element.getAttribute('aria-activedescendant');
    const row = id !== null && root instanceof ShadowRoot ? root.getElementById(id) : null;
    if (row?.getAttribute('aria-selected') !== 'true') return 0;
    const [frame, box] = [element.getBoundingClientRect(), row.getBoundingClientRect()];
    const isSeen = box.top >= frame.top + 25 && box.bottom <= frame.bottom + 1;
    return isSeen ? Number(row.getAttribute('aria-rowindex')) - 1 : 0;
  });
}

test('where nothing is selected, the keys begin at what is seen', async () => {
  const { page, grid } = await quiet(600);
  await grid.focus();
  const rows = (await rendered(grid)).inSight.length;
  await page.keyboard.press('PageUp');
  await expect.poll(() => active(grid)).toBeGreaterThan(600 - rows - 2);
  expect(await active(grid)).toBeLessThan(600);
});

test('the row that the keys have come to is there, also while others come', async () => {
  const { page, grid } = await opened();
  const load: Promise<unknown> = page.evaluate('window.load(15000, 6)');
  await expect
    .poll(async () => (await rendered(grid)).inSight.at(-1), { timeout: 20_000 })
    .toBeGreaterThan(3000);
  await grid.focus();
  const place = (): Promise<number> => active(grid);
  let before = Number.POSITIVE_INFINITY;
  for (const key of ['ArrowUp', 'ArrowUp', 'PageUp', 'PageUp']) {
    await page.keyboard.press(key);
    await expect.poll(place, { timeout: 20_000 }).toBeGreaterThan(0);
    const here = await place();
    expect(here).toBeLessThan(before);
    before = here;
  }
  await load;
  await listed(page, 90_000);
  expect(await place()).toBe(before);
  await page.keyboard.press('End');
  await expect.poll(place).toBe(90_000);
  await page.evaluate('window.load(15000, 1)');
  await expect.poll(async () => (await rendered(grid)).inSight.at(-1)).toBeGreaterThan(90_000);
});
