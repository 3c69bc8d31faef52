import { expect, test } from 'vitest';
import { panelPages, until, violations, work } from './panel-page.js';

const { served, opened } = panelPages();

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

test('a panel that fails says so, and can be opened again or closed', async () => {
  const page = await opened('view=state');
  await work(page);
  const broken = async (on: boolean): Promise<void> => {
    await page.evaluate(
      on
        ? `window.whole = Array.prototype.toReversed, Array.prototype.toReversed = () => { throw new Error('broken <b>on purpose</b>'); }`
        : 'Array.prototype.toReversed = window.whole',
    );
  };
  await broken(true);
  await page.getByRole('tab', { name: 'Problems' }).click();
  const failed = page.getByRole('alert');
  await failed.getByText('broken <b>on purpose</b>').waitFor();
  expect(await violations(page)).toEqual([]);
  // The last view that could be shown is shown.
  await page.getByRole('button', { name: 'Open again' }).click();
  await page.getByRole('tab', { name: 'State', selected: true }).waitFor();
  await page.getByRole('tab', { name: 'Problems' }).click();
  await broken(false);
  await page.getByRole('button', { name: 'Open again' }).click();
  await page.getByRole('tab', { name: 'Problems' }).click();
  await page.getByText('the page answered 503').first().waitFor();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.evaluate('window.executor.publish("nowhere", 1)');
  await page.locator('#filter-hint', { hasText: '26 messages' }).waitFor();

  await page.getByRole('tab', { name: 'Problems' }).click();
  await page.getByText('the page answered 503').first().waitFor();
  await broken(true);
  await page.evaluate('window.executor.publish("nowhere", 1)');
  await failed.waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  // It is remembered, and fails from the start: the third attempt is made with another view.
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
  await failed.waitFor();
  await page.getByRole('button', { name: 'Open again' }).click();
  await failed.waitFor();
  await page.getByRole('button', { name: 'Open again' }).click();
  await page.getByRole('tab', { name: 'Graph', selected: true }).waitFor();
  // React tells the console of what it caught.
  expect(
    served()
      .complaints.splice(0)
      .filter((text) => !text.includes('on purpose')),
  ).toEqual([]);
});

test('what keeps the panel from opening is not blamed on React', async () => {
  const page = await served().open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  const broken = "{ subscribe() {}, get state() { throw new Error('no state here') } }";
  const told = page.waitForEvent('console', (message) => message.text().includes('dagger devtools'));
  await page.evaluate(`void window.mountDevtools(document.body, { executor: ${broken}, open: true })`);
  expect((await told).text()).toContain('no state here');
  expect(served().complaints.splice(0).join()).not.toContain('react');
  expect(await page.getByRole('button', { name: 'Open the Dagger devtools' }).count()).toBe(2);
});

test('options hold until somebody chooses otherwise, each for itself', async () => {
  const page = await opened('view=messages&theme=dark&dock=top');
  const tab = (name: string) => page.getByRole('tab', { name, selected: true });
  const root = page.locator('.root');
  await tab('Messages').waitFor();
  const again = async (query: string): Promise<void> => {
    await page.goto(`${served().origin}/?open&${query}`);
    await page.getByRole('tablist', { name: 'Views' }).waitFor();
  };
  await again('view=state&theme=light&dock=left');
  await tab('State').waitFor();
  expect(await root.getAttribute('data-theme')).toBe('light');
  expect(await root.getAttribute('data-dock')).toBe('left');
  await page.getByRole('tab', { name: 'Humans' }).click();
  await again('view=messages&theme=dark&dock=right');
  await tab('Humans').waitFor();
  expect(await root.getAttribute('data-theme')).toBe('dark');
  expect(await root.getAttribute('data-dock')).toBe('right');
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await page.goto(`${served().origin}/?open&view=messages`);
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
  await tab('Humans').waitFor();
});

test('the round buttons of two panels lie side by side, each says whose it is, and each remembers its own', async () => {
  const page = await served().open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.evaluate(
    `window.second = mountDevtools(document.body, { executor, name: 'the other', dock: 'right' })`,
  );
  const first = page.getByRole('button', { name: 'Open the Dagger devtools: research team' });
  const other = page.getByRole('button', { name: 'Open the Dagger devtools: the other' });
  const [one, two] = [await first.boundingBox(), await other.boundingBox()];
  expect((two?.x ?? 0) + (two?.width ?? 0)).toBeLessThan(one?.x ?? 0);
  expect(two?.y).toBe(one?.y);
  await other.click();
  await page.getByRole('tab', { name: 'State' }).click();
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await first.click();
  await page.getByRole('tab', { name: 'Graph', selected: true }).waitFor();
  // The place of one that is gone is given away again.
  await page.evaluate('window.devtools.unmount()');
  await page.evaluate(`void mountDevtools(document.body, { executor, name: 'third' })`);
  const third = page.getByRole('button', { name: 'Open the Dagger devtools: third' });
  expect(await third.boundingBox()).toEqual(one);
});

test('a panel that is closed while it loads stays closed, and one that never was open takes no focus', async () => {
  const page = await served().open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  const opener = page.getByRole('button', { name: 'Open the Dagger devtools' });
  const loaded = page.waitForResponse((response) => response.url().includes('open-panel'));
  await page.evaluate('devtools.open(), devtools.close()');
  await (await loaded).finished();
  await until(page, `!document.querySelector('dagger-devtools').shadowRoot.querySelector('[aria-busy]')`);
  expect(await page.getByRole('region', { name: 'Dagger devtools' }).count()).toBe(0);
  expect(await opener.evaluate((button) => button.matches(':focus'))).toBe(false);
  await page.evaluate('devtools.open(), devtools.close(), devtools.open()');
  await page.getByRole('region', { name: 'Dagger devtools' }).waitFor();
});
