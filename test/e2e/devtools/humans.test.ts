import { expect, test } from 'vitest';
import { panelPages, until, violations, work } from './panel-page.js';

const { opened } = panelPages();

/** Between the label of a button and what is behind it, as WCAG counts it; 0 where one can see through it. */
function contrast(element: Element): number {
  const { color, backgroundColor, opacity } = getComputedStyle(element);
  const [label = 0, ground = 0] = [color, backgroundColor].map((colour) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((each) =>
      each <= 10 ? each / 3295 : ((each / 255 + 0.055) / 1.055) ** 2.4,
    );
    return alpha < 1 ? Number.NaN : 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  const ratio = (Math.max(label, ground) + 0.05) / (Math.min(label, ground) + 0.05);
  return opacity === '1' && ratio > 0 ? ratio : 0;
}

test('the form comes from the schema, a bad answer is refused, a good one reaches the agent', async () => {
  const page = await opened('view=humans');
  await work(page);
  await page.getByLabel('Approve it').check();
  await page.getByLabel('Tone').selectOption('formal');
  await page.getByLabel('Words at most').fill('9');
  await page.locator('form.form').evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByRole('alert').filter({ hasText: 'words' }).waitFor();
  await page.getByLabel('Words at most').fill('42');
  await page.getByLabel('Note to the writer').fill('<b>bold</b>');
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Nobody is asking').waitFor();
  await until(page, 'window.executor.state.unfinished.length === 0');
  const channel = await page.evaluate('window.executor.state.channels.get("report").publishedCount');
  expect(channel).toBe(6);
});

test('a list of texts is answered line by line', async () => {
  const page = await opened('view=humans');
  await page.evaluate('window.executor.publish("lists", null)');
  const lines = page.getByLabel('Answer (one a line)');
  expect(await lines.inputValue()).toBe('one\ntwo');
  await page.getByText('Autopilot would answer the same.').waitFor();
  await lines.fill('three\n\n  four ');
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Nobody is asking').waitFor();
  await until(page, 'window.executor.state.unfinished.length === 0');
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.locator('.table-row', { hasText: 'report' }).click();
  await page.getByText('"four"').waitFor();
});

test('what nobody answered is not sent, and what is needed says so at its field', async () => {
  const page = await opened('view=humans');
  const ask = (schema: unknown): Promise<unknown> =>
    page.evaluate(`window.executor.publish('asks', ${JSON.stringify(schema)})`);
  const kind = { enum: ['delete-everything', 'keep'] };
  await ask(kind);
  const choice = page.getByLabel('Answer', { exact: true });
  await choice.waitFor();
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Choose one of these.').waitFor();
  await page.getByRole('alert').filter({ hasText: 'Not sent' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await choice.selectOption('keep');
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer === "keep"');

  const tags = { type: 'array', items: { type: 'string' } };
  const properties = { title: { type: 'string' }, kind, urgent: { type: 'boolean' }, tags, other: {} };
  await ask({ type: 'object', properties, required: ['title'] });
  await page.getByLabel('title').fill('T');
  // What is no JSON holds the form back, and is not left out of it.
  await page.getByLabel('other').fill('{');
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByLabel('other').fill('');
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer.title === "T"');
  expect(await page.evaluate('window.answer')).toEqual({ title: 'T' });
});

test('a refusal is told where it is meant, and in no words that nobody knows', async () => {
  const page = await opened('view=humans');
  const properties = {
    name: { type: 'string', minLength: 3 },
    share: { type: 'number', exclusiveMinimum: 0 },
    other: { type: 'object', additionalProperties: { type: 'number' } },
  };
  const schema = { type: 'object', properties, required: ['name', 'share'] };
  await page.evaluate(`window.executor.publish('asks', ${JSON.stringify(schema)})`);
  const name = page.getByLabel('name');
  await name.fill('ab');
  const share = page.getByLabel('share');
  await share.fill('0');
  await page.getByText('More than 0.').waitFor();
  await page.getByLabel(/^other/).fill('{"x": "no"}');
  const alert = page.getByRole('alert').filter({ hasText: 'Not sent: ' });
  // The validator of this page tells of the first mistake only.
  for (const [field, title, problem, better] of [
    [name, 'name', 'must have at least 3 characters', 'abc'],
    [share, 'share', 'must be more than 0', '1'],
    [page.getByLabel(/^other/), 'other/x', 'x must be number', ''],
  ] as const) {
    await page.getByRole('button', { name: 'Answer' }).click();
    await alert.filter({ hasText: `Not sent: ${title} must` }).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const note = await field.getAttribute('aria-describedby');
    await page.locator(`[id="${note}"]`).getByText(problem).waitFor();
    expect(await violations(page)).toEqual([]);
    await field.fill(better);
  }
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer?.share === 1');
});

test('what no control fits shows its schema and a skeleton; a list of choices is ticked', async () => {
  const page = await opened('view=humans');
  const kinds = ['x', 'y'].map((kind) => ({
    type: 'object',
    properties: { kind: { const: kind }, n: { type: 'number' } },
    required: ['kind', 'n'],
  }));
  const schema = {
    type: 'object',
    properties: {
      what: { oneOf: kinds },
      colours: { type: 'array', items: { enum: ['red', 'green', 'blue'] } },
    },
    required: ['what', 'colours'],
  };
  await page.evaluate(`window.executor.publish('asks', ${JSON.stringify(schema)})`);
  const what = page.getByLabel(/^what/);
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Enter an answer, as JSON.').waitFor();
  expect(await what.getAttribute('aria-invalid')).toBe('true');
  await page.getByRole('button', { name: /Schema/ }).click();
  await page.getByText('oneOf').first().waitFor();
  await page.getByRole('button', { name: 'Begin with its skeleton' }).click();
  expect(JSON.parse(await what.inputValue())).toEqual({ kind: 'x', n: 0 });
  await page.getByLabel('blue').check();
  await page.getByLabel('red').check();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer?.colours');
  expect(await page.evaluate('window.answer')).toEqual({
    what: { kind: 'x', n: 0 },
    colours: ['red', 'blue'],
  });
});

test('null can be answered, by a tick or by nothing at all, and taken back', async () => {
  const page = await opened('view=humans');
  const properties = {
    count: { type: ['number', 'null'] },
    note: { type: ['string', 'null'] },
    tags: { type: ['array', 'null'], items: { type: 'string' }, default: ['one'] },
  };
  const schema = { type: 'object', properties, required: ['count', 'note', 'tags'] };
  const ask = (): Promise<unknown> =>
    page.evaluate(`window.executor.publish('asks', ${JSON.stringify(schema)})`);
  await ask();
  const none = (name: string) => page.getByLabel(`No value (null) for ${name}`);
  const lines = page.getByLabel(/^tags/);
  await lines.waitFor();
  expect(await none('count').isChecked()).toBe(true);
  expect(await none('tags').isChecked()).toBe(false);
  await none('tags').check();
  expect(await lines.inputValue()).toBe('');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer?.tags === null');
  expect(await page.evaluate('window.answer')).toEqual({ count: null, note: null, tags: null });

  await ask();
  await page.getByLabel(/^count/).fill('5');
  expect(await none('count').isChecked()).toBe(false);
  await none('note').uncheck();
  await page.getByRole('button', { name: 'Answer' }).click();
  await until(page, 'window.answer.count === 5');
  expect(await page.evaluate('window.answer')).toEqual({ count: 5, note: '', tags: ['one'] });
});

for (const dark of [false, true]) {
  test(`the button that cannot be pressed in the past can be read, ${dark ? 'dark' : 'light'}`, async () => {
    const page = await opened('view=humans', { dark });
    await work(page);
    await page.getByRole('button', { name: 'One event back' }).click();
    await page.getByText('Go back to live to answer.').waitFor();
    const answer = page.getByRole('button', { name: 'Answer', exact: true });
    expect(await answer.isDisabled()).toBe(true);
    await answer.hover({ force: true });
    // Axe leaves out what is disabled.
    await expect.poll(() => answer.evaluate(contrast)).toBeGreaterThan(4.5);
  });
}

test('what null has taken the place of is not shown again as if it were the answer', async () => {
  const page = await opened('view=humans');
  await page.evaluate(`window.executor.publish('asks', {
    type: ['object', 'null'], title: 'Whole',
    properties: { plan: {}, pages: { type: ['array', 'null'], items: { type: 'string' } } },
  })`);
  const fields = [page.getByLabel('pages (one a line)'), page.getByLabel('plan (as JSON)')] as const;
  const shown = () => Promise.all(fields.map((field) => field.inputValue()));
  await fields[0].fill('one\ntwo');
  await fields[1].fill('[1]');
  expect(await shown()).toEqual(['one\ntwo', '[1]']);
  await page.getByLabel('No value (null) for pages').check();
  await page.getByLabel('No value (null) for pages').uncheck();
  expect(await shown()).toEqual(['', '[1]']);
  await page.getByLabel('No value (null) for Whole').check();
  await page.getByLabel('No value (null) for Whole').uncheck();
  expect(await shown()).toEqual(['', '']);
});
