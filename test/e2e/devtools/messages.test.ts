import { expect, test } from 'vitest';
import { panelPages, until, violations, work } from './panel-page.js';

const { served, opened } = panelPages();

test('filtered, inspected, compared, edited and sent again', async () => {
  const page = await opened('view=messages');
  await work(page);
  const filter = page.getByRole('searchbox', { name: 'Filter messages' });
  const hint = page.locator('#filter-hint');
  await hint.filter({ hasText: '25 messages' }).waitFor();
  await filter.fill('agent:reader status:failed');
  await hint.filter({ hasText: '1 of 25' }).waitFor();
  await filter.fill('channel:facts -from:reader');
  await hint.filter({ hasText: '0 of 25' }).waitFor();
  await page.getByText('None of the 25 messages match the filter.').waitFor();
  expect(await page.getByText('No messages').count()).toBe(0);
  await filter.fill('status:faild');
  await hint.filter({ hasText: 'none of unheard' }).waitFor();
  await filter.fill('text:"compost? 2" channel:pages');
  await hint.filter({ hasText: '2 of 25' }).waitFor();
  await filter.fill('dur:>30ms channel:log');
  await hint.filter({ hasText: '3 of 25' }).waitFor();
  await filter.fill('agnet:x');
  await hint.filter({ hasText: 'agnet' }).waitFor();
  await filter.fill('channel:pages');
  await hint.filter({ hasText: '6 of 25' }).waitFor();

  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  const detail = page.getByRole('region', { name: 'Selected message' });
  await detail.getByText('"https://example.org/1/1"').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await detail.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied.').waitFor();
  expect(JSON.parse(String(await page.evaluate('navigator.clipboard.readText()')))).toEqual({
    title: 'Page 1 of How do worms make compost? 1',
    url: 'https://example.org/1/1',
  });
  await page.setViewportSize({ width: 1280, height: 480 });
  await page
    .getByRole('row')
    .nth(2)
    .click({ modifiers: ['Shift'] });
  await detail.locator('.diff .removed', { hasText: 'https://example.org/1/1' }).waitFor();
  await detail.locator('.diff .added').first().waitFor();
  // It is below all that is known of the message, and brought into sight.
  const [frame, shown] = [await detail.boundingBox(), await detail.locator('.diff').boundingBox()];
  expect(shown?.y).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0) - 40);
  await page.setViewportSize({ width: 1280, height: 800 });

  await detail.getByRole('button', { name: 'Edit and send again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Publish a message' });
  const payload = dialog.getByLabel('Payload, as JSON');
  expect(JSON.parse(await payload.inputValue())).toMatchObject({ url: 'https://example.org/1/1' });
  await payload.fill('{"url": ');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'not JSON' }).waitFor();
  await payload.fill('{"url": "https://example.org/by-hand", "title": "By hand"}');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await hint.filter({ hasText: '7 of' }).waitFor();
});

test('where the page is not served securely nothing can be copied, and that is what is said', async () => {
  const context = await served().browser.newContext();
  const page = await context.newPage();
  await page.route('http://panel.test/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: `${served().origin}${pathname}` }) });
  });
  await page.goto('http://panel.test/?open&view=messages');
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.getByRole('tablist', { name: 'Views' }).waitFor();
  await page.evaluate('window.executor.publish("nowhere", 1)');
  await page.locator('.table-row').first().click();
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Not copied: only pages served securely may copy.').waitFor();
});

test('a payload that is not shown whole cannot be sent again: what stands in for it would be sent', async () => {
  const page = await opened('view=messages&redact');
  await page.evaluate(`(async () => {
    await executor.publish('payments', { card: '4111' });
    await executor.publish('long', 'x'.repeat(1_000_000));
    await executor.publish('whole', 'all of it');
  })()`);
  const again = page.getByRole('button', { name: 'Edit and send again' });
  const reason = page.getByText('Not shown whole, so it cannot be sent again.');
  for (const [channel, shown] of [
    ['payments', '(a payment)'],
    ['long', '1,000,000 characters in all'],
  ] as const) {
    await page.locator('.table-row', { hasText: channel }).click();
    await page.locator('.json .lost', { hasText: shown }).waitFor();
    expect(await again.isDisabled(), channel).toBe(true);
    expect(await reason.isVisible(), channel).toBe(true);
  }
  expect(await violations(page)).toEqual([]);
  await page.locator('.table-row', { hasText: 'whole' }).click();
  await page.getByText('"all of it"').waitFor();
  expect(await again.isEnabled()).toBe(true);
  expect(await reason.count()).toBe(0);
});

test('from before the panel was opened no payload can be searched, and it says so', async () => {
  const page = await served().open({ query: '?view=messages' });
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.evaluate('window.work()');
  await until(page, 'window.executor.state.unfinished.length === 1');
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
  await page.getByRole('searchbox', { name: 'Filter messages' }).fill('text:compost');
  const hint = page.locator('#filter-hint');
  await hint.filter({ hasText: '0 of 25 · no payloads are kept' }).waitFor();
  await page.evaluate('window.executor.publish("log", "compost")');
  await page.getByRole('searchbox', { name: 'Filter messages' }).fill('text:"compost"');
  await hint.filter({ hasText: '1 of 26 · payloads of the newest 1 searched' }).waitFor();
});

test('the dialog to publish: an error and the buttons are in sight, however low the panel is', async () => {
  for (const [width, height] of [
    [1280, 800],
    [1280, 480],
    [360, 740],
    [360, 320],
  ] as const) {
    const page = await opened('view=messages&size=0.5', { width, height });
    await page.getByRole('button', { name: 'Publish a message' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Payload, as JSON').fill(`{"text": "${'long '.repeat(200)}`);
    const publish = dialog.getByRole('button', { name: 'Publish' });
    await publish.click();
    const alert = dialog.getByRole('alert').filter({ hasText: 'not JSON' });
    await alert.waitFor();
    const frame = await dialog.boundingBox();
    for (const part of [publish, alert]) {
      const box = await part.boundingBox();
      const bottom = (box?.y ?? 0) + (box?.height ?? 0);
      expect(bottom, `${width} x ${height}`).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0));
      expect(box?.y, `${width} x ${height}`).toBeGreaterThan(frame?.y ?? 0);
    }
  }
});

test('a message that is opened from elsewhere is in sight in the list', async () => {
  const page = await opened('view=problems');
  await work(page);
  await page.evaluate('for (let n = 0; n < 300; n++) void window.executor.publish("nowhere", n)');
  await page.locator('.problem', { hasText: '503' }).getByRole('button', { name: 'Message' }).first().click();
  const row = page.locator('.table-row[aria-selected=true]');
  await row.filter({ hasText: 'reader' }).waitFor();
  const [frame, box] = [await page.getByRole('grid').boundingBox(), await row.boundingBox()];
  expect(box?.y).toBeGreaterThan(frame?.y ?? 0);
  expect(box?.y).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0) - 26);
  // Coming back to the list, it is where it was, not where the message is.
  await page.getByRole('grid').evaluate((element) => {
    element.scrollTop = 5000;
  });
  await page.locator('.table-row').first().waitFor();
  await page.getByRole('tab', { name: 'State' }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await expect.poll(() => page.getByRole('grid').evaluate(({ scrollTop }) => scrollTop)).toBe(5000);
});

test('the dialog to publish keeps its keys after a press beside it; behind it nothing can be reached', async () => {
  const page = await opened('view=messages&size=0.9');
  const opener = page.getByRole('button', { name: 'Publish a message' });
  await opener.click();
  const dialog = page.getByRole('dialog');
  const channel = dialog.getByLabel('Channel');
  await channel.fill('facts');
  await page.mouse.click(40, 400);
  expect(await channel.evaluate((input) => input.matches(':focus'))).toBe(true);
  await page.keyboard.press('Shift+Tab');
  await page.locator('.dialog button:focus', { hasText: 'Publish' }).waitFor();
  const reached = opener.evaluate((button) => {
    button.focus();
    return button.matches(':focus');
  });
  expect(await reached).toBe(false);
  expect(await violations(page)).toEqual([]);
  await page.mouse.click(40, 400);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await opener.evaluate((button) => button.matches(':focus'))).toBe(true);
  await page.getByRole('tab', { name: 'Graph' }).click();
});
