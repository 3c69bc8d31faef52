import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { panelPages, until } from './panel-page.js';

const { served, opened } = panelPages();

/** Two agents, neither of which can do anything with what it gets, until they are mended. */
async function fail(page: Page, times: number): Promise<void> {
  await page.evaluate(`(async () => {
    const process = ({ payload }) => { if (!window.mended) throw new Error('broken ' + payload); };
    for (const name of ['fragile', 'leaving'])
      executor.registerAgent(defineAgent({ name, description: '', subscribe: name, process }));
    for (let n = 0; n < ${times}; n++) await executor.publish('fragile', n);
    await executor.publish('leaving', 'for good');
  })()`);
  await until(page, `[...executor.tree.deadLetters()].length === ${times + 1}`);
}

test('all dead letters are retried, one that cannot be keeps none of the others back', async () => {
  const page = await opened('view=problems');
  await fail(page, 12);
  const all = page.getByRole('button', { name: 'Retry all 13 dead letters' });
  await all.waitFor();
  await page.evaluate('window.mended = true, executor.unregisterAgent("leaving")');
  await all.click();
  await page.getByText(/^12 delivered, 1 could not: .*leaving/).waitFor();
  await until(page, '[...executor.tree.deadLetters()].length === 1');
  await page.getByRole('button', { name: 'Retry the dead letter' }).waitFor();
});

test('without problems there is nothing but the words that say so', async () => {
  const page = await opened('view=problems');
  await page.getByText('No problems').waitFor();
  expect(await page.locator('.viewbar').isVisible()).toBe(false);
});

test('in the past nothing is retried, and the tab counts what is listed', async () => {
  const page = await opened('view=problems');
  await fail(page, 5);
  // Each is tried twice.
  await page.getByRole('tab', { name: 'Problems 12' }).waitFor();
  await page.getByRole('button', { name: 'All 12' }).waitFor();
  await page.getByRole('button', { name: 'Go there' }).nth(2).click();
  await page.getByText('Go back to live to retry.').waitFor();
  await page.getByRole('tab', { name: 'Problems 10' }).waitFor();
  await page.getByRole('button', { name: 'All 10' }).waitFor();
  expect(await page.locator('.problem').count()).toBe(10);
  for (const button of await page.getByRole('button', { name: /^Retry( all|$)/ }).all()) {
    expect(await button.isDisabled()).toBe(true);
  }
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await page.getByRole('button', { name: 'Retry all 6 dead letters', disabled: false }).waitFor();
});

test('dead letters from before the panel was opened are apart from what was seen', async () => {
  const page = await served().open({ query: '?view=problems' });
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await fail(page, 3);
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
  await page.getByRole('heading', { name: '4 dead letters from before the panel watched' }).waitFor();
  expect(await page.locator('.problem').count()).toBe(4);
  expect(await page.locator('.problems').count()).toBe(1);
  // Nothing that was seen could be chosen among, but the tab counts what waits.
  expect(await page.getByRole('button', { name: /^All/ }).count()).toBe(0);
  await page.getByRole('tab', { name: 'Problems 4' }).waitFor();
});
