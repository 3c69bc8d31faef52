import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { panelPages, work } from './panel-page.js';

const { served, opened } = panelPages();

/** What has the focus inside of the panel: its role, or its element's name; `body` when that has it. */
function focus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const focused = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return `${focused?.getAttribute('role') ?? focused?.localName} ${focused?.getAttribute('aria-label') ?? ''}`.trim();
  });
}

test('who opens the panel by keyboard is at its tabs; a panel that is open of itself takes no focus', async () => {
  const page = await served().open({ query: '?view=state' });
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => focus(page)).toBe('tab');
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Humans', selected: true }).waitFor();
  await page.reload();
  await page.getByRole('tablist', { name: 'Views' }).waitFor();
  expect(await focus(page)).toBe('body');
});

test('a detail is closed by its button and by Escape, and the focus is where it was opened', async () => {
  const page = await opened('view=messages');
  await work(page);
  const detail = page.getByRole('region', { name: 'Selected message' });
  const close = page.getByRole('button', { name: 'Close the message' });
  await page.getByRole('grid').focus();
  for (const leave of [
    async () => page.keyboard.press('Escape'),
    async () => close.press('Escape'),
    async () => close.press('Enter'),
  ]) {
    await page.keyboard.press('ArrowUp');
    await detail.waitFor();
    await leave();
    await detail.waitFor({ state: 'detached' });
    expect(await focus(page)).toBe('grid Messages, oldest first');
  }
  await page.keyboard.press('ArrowUp');
  await page.getByRole('button', { name: 'Show in tree' }).press('Enter');
  await expect.poll(() => focus(page)).toBe('tabpanel');
  await page.getByRole('button', { name: 'Close the message' }).press('Escape');
  await page.getByRole('region', { name: 'Selection' }).waitFor({ state: 'detached' });
  expect(await focus(page)).toMatch(/^img Execution tree/);
});

test('who steps keeps the focus: through the deliveries of a paused executor, and to the first event and back', async () => {
  const page = await opened('view=graph');
  await page.getByRole('button', { name: 'Pause the executor' }).click();
  await page.evaluate('void window.work()');
  const step = page.getByRole('button', { name: 'Start one delivery' });
  await step.focus();
  for (let times = 0; times < 3; times++) {
    await page.keyboard.press('Enter');
    await page.getByText(/One delivery was started|Nothing waits/).waitFor();
    expect(await focus(page)).toBe('button Start one delivery');
  }
  const back = page.getByRole('button', { name: 'One event back' });
  await back.focus();
  while (await back.isEnabled()) await page.keyboard.press('Enter');
  expect(await focus(page)).toBe('button One event back');
});

test('an answer leads to the next question, the last to the view; so does what goes with its button', async () => {
  const page = await opened('view=humans');
  await page.evaluate('window.executor.publish("lists", null)');
  await page.evaluate('window.executor.publish("asks", { type: "string", default: "so" })');
  const answer = page.getByRole('button', { name: 'Answer' });
  await answer.nth(1).waitFor();
  await answer.first().press('Enter');
  await expect.poll(() => focus(page)).toBe('li Question of asker');
  await answer.press('Enter');
  await page.getByText('Nobody is asking').waitFor();
  await expect.poll(() => focus(page)).toBe('tabpanel');

  await work(page);
  await page.getByRole('tab', { name: 'Problems' }).click();
  await page.getByRole('button', { name: 'Retry', exact: true }).press('Enter');
  await page.getByText('Delivered once more.').waitFor();
  await expect.poll(() => focus(page)).not.toBe('body');
  await page.getByRole('button', { name: 'Message', exact: true }).first().press('Enter');
  await page.getByRole('region', { name: 'Selected message' }).waitFor();
  await expect.poll(() => focus(page)).toBe('tabpanel');
});
