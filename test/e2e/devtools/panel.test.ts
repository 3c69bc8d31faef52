import { expect, test } from 'vitest';
import { panelPages, until, violations, work } from './panel-page.js';

const VIEWS = ['graph', 'tree', 'timeline', 'messages', 'state', 'humans', 'problems'] as const;

const { served, opened } = panelPages();

test('closed by default: a button; opened by keyboard; closed again, watching nothing', async () => {
  const page = await served().open();
  const opener = page.getByRole('button', { name: 'Open the Dagger devtools' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Dagger devtools' }).waitFor();
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await opener.waitFor();
  expect(await page.getByRole('region', { name: 'Dagger devtools' }).count()).toBe(0);
});

for (const dark of [false, true]) {
  for (const dock of ['bottom', 'right', 'left', 'top', 'fill']) {
    test(`axe finds nothing in any view, ${dark ? 'dark' : 'light'}, ${dock}, wide and narrow`, async () => {
      const page = await opened(`dock=${dock}&size=0.6`, { dark });
      await work(page);
      for (const view of VIEWS) {
        await page.getByRole('tab', { name: view }).click();
        if (view === 'graph') await page.getByRole('button', { name: 'The same in words' }).click();
        if (view === 'messages') await page.getByRole('row').nth(3).click();
        expect(await violations(page), view).toEqual([]);
        // On a narrow screen all sides are the same: the whole of it.
        if (dock !== 'bottom' && dock !== 'fill') continue;
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await violations(page), `${view}, narrow`).toEqual([]);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
    });
  }
}

test('axe finds nothing where there is nothing to show yet', async () => {
  const page = await opened('');
  for (const view of VIEWS) {
    await page.getByRole('tab', { name: view }).click();
    expect(await violations(page), view).toEqual([]);
  }
});

test('on a narrow screen a docked panel takes the whole page, and offers no sides', async () => {
  const page = await opened('dock=right&size=0.5', { width: 360, height: 740 });
  const panel = page.getByRole('region', { name: 'Dagger devtools' });
  expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 740 });
  await page.getByRole('button', { name: 'Panel menu' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).waitFor();
  expect(await page.getByRole('menuitemradio', { name: 'At the left' }).count()).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('menuitemradio', { name: 'At the left' }).waitFor();
  expect(await panel.boundingBox()).toEqual({ x: 640, y: 0, width: 640, height: 800 });
});

test('pause, step, resume and publish from the toolbar', async () => {
  const page = await opened('view=messages');
  await page.getByRole('button', { name: 'Pause the executor' }).click();
  await until(page, 'window.executor.paused');
  await page.getByRole('button', { name: 'Publish a message' }).click();
  await page.getByLabel('Channel').fill('facts');
  await page.getByLabel('Payload, as JSON').fill('{"text": "by hand", "url": "x"}');
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await page.locator('.table-row', { hasText: 'waiting' }).waitFor();
  await page.getByRole('button', { name: 'Start one delivery' }).click();
  await page.getByText('One delivery was started.').waitFor();
  await page.locator('.table-row', { hasText: 'succeeded' }).waitFor();
  await page.getByRole('button', { name: 'Resume the executor' }).click();
  await until(page, '!window.executor.paused');
});

test('state: of thousands only some are shown, and how many more there are', async () => {
  const page = await opened('view=state');
  await page.evaluate(`(() => {
    for (let n = 0; n < 600; n++) executor.openChannel('channel ' + n);
    executor.registerAgents(Array.from({ length: 500 }, (_, n) =>
      defineAgent({ name: 'listener ' + n, description: '', subscribe: 'lists', process() {} })));
  })()`);
  const channels = page.getByRole('group', { name: 'Channels' });
  await channels.getByText('lister, listener 0 … and 499 more').waitFor();
  expect(await channels.locator('tbody tr').count()).toBe(200);
  await page
    .getByText(/4\d\d more are not shown/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Show 200 of them' }).first().click();
  await expect.poll(() => channels.locator('tbody tr').count()).toBe(400);
  expect(await page.locator('.cards > .card').count()).toBe(200);
});

test('problems: what happens again and again is one line', async () => {
  const page = await opened('view=problems');
  await page.getByText('No problems').waitFor();
  await page.evaluate('for (let n = 0; n < 40; n++) void window.executor.publish("log", n)');
  const problem = page.locator('.problem');
  await problem.filter({ hasText: /Dropped\s*×3\d/ }).waitFor();
  expect(await problem.count()).toBe(1);
  await problem.getByRole('button', { name: 'Go there' }).click();
  await page.getByRole('button', { name: 'Live', exact: true, pressed: false }).waitFor();
});

test('problems: failures and dead letters, retried', async () => {
  const page = await opened('view=problems');
  await work(page);
  await page.getByText('the page answered 503').first().waitFor();
  const before = await page.evaluate('window.executor.state.nextDelivery');
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByText('Delivered once more.').waitFor();
  await until(page, `window.executor.state.nextDelivery === ${String(before)} + 1`);
  await page.getByRole('tab', { name: 'Problems 4' }).waitFor();
});

test('problems: where an agent threw unfolds, and fits a narrow screen', async () => {
  const page = await opened('view=problems', { width: 360, height: 740 });
  await work(page);
  const problem = page.locator('.problem', { hasText: 'the page answered 503' }).first();
  const stack = problem.locator('pre');
  expect(await stack.isVisible()).toBe(false);
  await problem.getByText('Where it was thrown').click();
  expect(await stack.textContent()).toMatch(/^ {4}at .*page\.js:\d+:\d+/);
  expect(await problem.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  expect((await stack.boundingBox())?.height).toBeLessThanOrEqual(160);
  expect(await violations(page)).toEqual([]);
});

test('time: every view goes back to an event, to the next failure, and live again', async () => {
  const page = await opened('view=state');
  await work(page);
  const slider = page.getByRole('slider', { name: 'Event that is shown' });
  const first = await slider.getAttribute('min');
  await slider.fill(String(first));
  await page.getByText('No tasks so far.').waitFor();
  await page.getByRole('button', { name: 'Next failure' }).click();
  await page.getByText('No tasks so far.').waitFor({ state: 'hidden' });
  const at = Number(await slider.inputValue());
  expect(at).toBeGreaterThan(Number(first));
  expect(at).toBeLessThan(Number(await slider.getAttribute('max')));
  await page.getByRole('button', { name: 'One event back' }).click();
  await expect.poll(async () => Number(await slider.inputValue())).toBe(at - 1);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await page.getByRole('button', { name: 'Live', exact: true, pressed: true }).waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByRole('button', { name: 'Stop playing' }).waitFor();
  await page.getByRole('button', { name: 'Stop playing' }).click();
});

test('docks to four sides and fills its element; size by keyboard and pointer; all of it remembered', async () => {
  const page = await opened('view=messages&size=0.5');
  const panel = page.getByRole('region', { name: 'Dagger devtools' });
  const resizer = page.getByRole('separator', { name: 'Size of the panel' });
  await resizer.focus();
  await page.keyboard.press('Shift+ArrowUp');
  await expect.poll(async () => Math.round((await panel.boundingBox())?.height ?? 0)).toBe(480);
  const edge = await resizer.boundingBox();
  if (!edge) throw new Error('the edge has no place');
  await page.mouse.move(640, edge.y + 4);
  await page.mouse.down();
  await page.mouse.move(640, edge.y + 84);
  await page.mouse.up();
  await expect.poll(async () => Math.round((await panel.boundingBox())?.height ?? 0)).toBe(400);
  for (const [side, check] of [
    ['At the right', { x: 640, y: 0, width: 640, height: 800 }],
    ['At the left', { x: 0, y: 0, width: 640, height: 800 }],
    ['At the top', { x: 0, y: 0, width: 1280, height: 400 }],
  ] as const) {
    await page.getByRole('button', { name: 'Panel menu' }).click();
    await page.getByRole('menuitemradio', { name: side }).click();
    await expect.poll(() => panel.boundingBox()).toEqual(check);
  }
  await page.getByRole('button', { name: 'Panel menu' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();
  await panel.waitFor();
  expect(await panel.boundingBox()).toEqual({ x: 0, y: 0, width: 1280, height: 400 });
  expect(await page.locator('.root').getAttribute('data-theme')).toBe('dark');
  await page.getByRole('button', { name: 'Panel menu' }).click();
  await page.getByRole('menuitemradio', { name: 'Fill its element' }).click();
  await expect.poll(async () => (await panel.boundingBox())?.height).toBe(240);
});

test('a run is exported to a file and opened again, with its payloads; the tree goes out as DOT', async () => {
  const page = await opened('view=messages');
  await work(page);
  await page.getByRole('button', { name: 'Panel menu' }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export this run…' }).click();
  const path = await (await saved).path();
  await page.getByRole('button', { name: 'Panel menu' }).click();
  const dot = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download the tree as DOT' }).click();
  expect((await dot).suggestedFilename()).toMatch(/\.dot$/);

  const other = await opened('view=messages');
  const chooser = other.waitForEvent('filechooser');
  await other.getByRole('button', { name: 'Panel menu' }).click();
  await other.getByRole('menuitem', { name: 'Open an exported run…' }).click();
  await (await chooser).setFiles(path);
  await other.locator('#filter-hint', { hasText: '25 messages' }).waitFor();
  expect(await other.getByRole('button', { name: 'Pause the executor' }).isDisabled()).toBe(true);
  await other.getByRole('searchbox', { name: 'Filter messages' }).fill('text:"compost? 2" channel:pages');
  await other.locator('#filter-hint', { hasText: '2 of 25' }).waitFor();
  await other.locator('.table-row').first().click();
  await other.getByText('"https://example.org/2/1"').waitFor();
});

test('hostile payloads are text: no markup, no script, no freeze', async () => {
  const page = await opened('view=messages');
  await page.evaluate(`(async () => {
    window.hit = 0;
    const nasty = '<img src=x onerror="window.hit++"></script><script>window.hit++</script>';
    await executor.publish('evil', { [nasty]: nasty, __proto__: null, huge: 'x'.repeat(5_000_000) });
    executor.cache.insertGlobalValue(nasty, nasty, { toJSON: 'text', nasty });
    executor.tasks.addTask(nasty, nasty, 1);
  })()`);
  await page.locator('.table-row', { hasText: 'evil' }).click();
  await page.getByText('5,000,000 characters in all').waitFor();
  await page.getByText('onerror').first().waitFor();
  await page.getByRole('tab', { name: 'State' }).click();
  await page.getByText('onerror').first().waitFor();
  expect(await page.evaluate('window.hit')).toBe(0);
  expect(await page.locator('.panel img').count()).toBe(0);
});

test('styles leak neither in nor out', async () => {
  const page = await served().open({ query: '?open&view=messages' });
  await page.getByRole('tablist', { name: 'Views' }).waitFor();
  const before = await page
    .getByRole('tab', { name: 'Messages' })
    .evaluate((tab) => getComputedStyle(tab).fontSize);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      'button { font-size: 40px !important; display: none } .panel { color: red !important }',
    );
    document.adoptedStyleSheets = [sheet];
  });
  const tab = page.getByRole('tab', { name: 'Messages' });
  expect(await tab.evaluate((element) => getComputedStyle(element).fontSize)).toBe(before);
  expect(await tab.isVisible()).toBe(true);
  expect(await page.evaluate(() => document.styleSheets.length)).toBe(0);
});
