import { expect, test } from 'vitest';
import { panelPages } from './panel-page.js';

const { opened } = panelPages();

test('the menu is walked by keyboard also while messages come', async () => {
  const page = await opened('view=messages');
  await page.getByRole('button', { name: 'Panel menu' }).focus();
  await page.keyboard.press('Enter');
  const focused = page.locator('.menu-list button:focus');
  await focused.filter({ hasText: 'Export this run…' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await focused.filter({ hasText: 'Download the tree as DOT' }).waitFor();
  for (let round = 1; round <= 3; round++) {
    await page.evaluate('window.executor.publish("nowhere", 1)');
    await page.locator('#filter-hint', { hasText: `${round} message` }).waitFor();
  }
  expect(await focused.textContent()).toContain('Download the tree as DOT');
  await page.keyboard.press('Escape');
  expect(await page.getByRole('menu').count()).toBe(0);
});
