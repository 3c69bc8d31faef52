import { expect, test } from 'vitest';
import { panelPages, work } from './panel-page.js';

const { opened } = panelPages();

test('what was entered in a view, and chosen there, is there when its tab is opened again', async () => {
  const page = await opened('view=messages&size=0.5');
  await work(page);
  const filter = page.getByRole('searchbox', { name: 'Filter messages' });
  const grid = page.getByRole('grid');
  await filter.fill('-channel:log');
  await page.locator('#filter-hint', { hasText: '22 of 25' }).waitFor();
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page
    .getByRole('row')
    .nth(4)
    .click({ modifiers: ['Shift'] });
  const detail = page.getByRole('region', { name: 'Selected message' });
  await detail.locator('.diff').waitFor();
  const before = await detail.locator('h2').textContent();
  await grid.evaluate((element) => {
    element.scrollTop = 52;
  });

  await page.getByRole('tab', { name: 'Humans' }).click();
  await page.getByLabel('Tone').selectOption('cheerful');
  await page.getByLabel('Note to the writer').fill('Half of a');
  await page.getByRole('tab', { name: 'Messages' }).click();
  expect(await filter.inputValue()).toBe('-channel:log');
  expect(await detail.locator('h2').textContent()).toBe(before);
  await detail.locator('.diff').waitFor();
  await expect.poll(() => grid.evaluate(({ scrollTop }) => scrollTop)).toBe(52);
  await filter.fill('');
  // Before the question was asked, there is no place for its answer.
  await page.getByRole('slider', { name: 'Event that is shown' }).fill('1');
  await page.getByRole('tab', { name: 'Humans' }).click();
  await page.getByText('Nobody is asking').waitFor();
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  expect(await page.getByLabel('Note to the writer').inputValue()).toBe('Half of a');
  expect(await page.getByLabel('Tone').locator('option:checked').textContent()).toBe('cheerful');
});

test('texts of an answer that are not sent as they were written are there again too', async () => {
  const page = await opened('view=humans');
  await page.evaluate('window.executor.publish("lists", null)');
  await page.evaluate('window.executor.publish("asks", {})');
  await page.getByLabel('Answer (one a line)').fill('three\n\nfour\n');
  await page.getByLabel('Answer (as JSON)').fill('[1, 2]');
  await page.getByRole('tab', { name: 'State' }).click();
  await page.getByRole('tab', { name: 'Humans' }).click();
  expect(await page.getByLabel('Answer (one a line)').inputValue()).toBe('three\n\nfour\n');
  expect(JSON.parse(await page.getByLabel('Answer (as JSON)').inputValue())).toEqual([1, 2]);
});

test('JSON that is half written is there again, says what is wrong with it, and still holds its form back', async () => {
  const page = await opened('view=humans');
  await page.evaluate(`window.executor.publish('asks', {
    type: 'object', properties: { plan: {}, other: {}, note: { type: 'string' } },
  })`);
  const plan = page.getByLabel('plan (as JSON)');
  await plan.fill('{"steps": [1,');
  await page.getByLabel('other (as JSON)').fill('[2]');
  await page.getByLabel('note').fill('Half of a');
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.getByRole('tab', { name: 'Humans' }).click();
  expect(await plan.inputValue()).toBe('{"steps": [1,');
  expect(await plan.getAttribute('aria-invalid')).toBe('true');
  expect(JSON.parse(await page.getByLabel('other (as JSON)').inputValue())).toEqual([2]);
  expect(await page.getByLabel('note').inputValue()).toBe('Half of a');
  await page.getByRole('button', { name: 'Answer' }).click();
  expect(await plan.evaluate((field) => field.matches(':invalid:focus'))).toBe(true);

  await plan.fill('{"steps": [1]}');
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Answered asker.').waitFor();
  expect(await page.evaluate('window.answer')).toEqual({
    plan: { steps: [1] },
    other: [2],
    note: 'Half of a',
  });
});

test('a message that is half written outlives Escape; whoever cancels it, or sends it, begins anew', async () => {
  const page = await opened('view=state');
  const dialog = page.getByRole('dialog', { name: 'Publish a message' });
  const channel = dialog.getByLabel('Channel');
  const payload = dialog.getByLabel('Payload, as JSON');
  const publish = page.getByRole('button', { name: 'Publish a message' });
  await publish.click();
  await channel.fill('pages');
  await payload.fill('{"url": "https:');
  await page.keyboard.press('Escape');
  // What is begun elsewhere is another message.
  await page.getByRole('button', { name: 'Publish on facts' }).click();
  expect([await channel.inputValue(), await payload.inputValue()]).toEqual(['facts', '{}']);
  await payload.fill('[');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Graph' }).click();
  await publish.click();
  expect([await channel.inputValue(), await payload.inputValue()]).toEqual(['pages', '{"url": "https:']);
  await payload.fill('{"url": "https://example.org/by-hand", "title": "By hand"}');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText(/^Published .* on pages/).waitFor();
  await publish.click();
  expect(await payload.inputValue()).toBe('{}');
  await payload.fill('[3');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await publish.click();
  expect(await payload.inputValue()).toBe('{}');
});
