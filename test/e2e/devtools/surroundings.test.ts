import { expect, test } from 'vitest';
import { panelPages, work } from './panel-page.js';

const { opened } = panelPages();

test('in high contrast what is selected or pressed differs from the rest, and dots keep their colours', async () => {
  const page = await opened('view=messages');
  await work(page);
  const dot = page.locator('.live-dot');
  const green = await dot.evaluate((element) => getComputedStyle(element).backgroundColor);
  await page.emulateMedia({ forcedColors: 'active' });
  await page.locator('.table-row').nth(3).click();
  const looks = (selector: string): Promise<string[]> =>
    page
      .locator(selector)
      .evaluateAll((all) =>
        all.map((each) => `${getComputedStyle(each).backgroundColor} ${getComputedStyle(each).color}`),
      );
  const [selected] = await looks(".table-row[aria-selected='true']");
  const others = await looks(".table-row[aria-selected='false']");
  expect(others).not.toContain(selected);
  const cells = await page
    .locator(".table-row[aria-selected='true'] > *")
    .evaluateAll((all) => all.map((each) => getComputedStyle(each).color));
  expect(new Set(cells).size).toBe(1);
  const [live] = await looks(".timebar .button[aria-pressed='true']");
  expect(live).toBe(selected);
  const borders = await page
    .getByRole('tab')
    .evaluateAll((tabs) => tabs.map((tab) => getComputedStyle(tab).borderBottomColor));
  expect(borders.filter((colour) => colour !== borders[0])).toHaveLength(1);
  expect(await dot.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(green);
});
