import { expect, test } from 'vitest';
import { panelPages, work } from './panel-page.js';

const { served, opened } = panelPages();

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

test('however long names are, a channel is a row, and its figures are in sight', async () => {
  const page = await opened('view=state');
  await page.evaluate(`(async () => {
    const name = 'on-and-'.repeat(40);
    executor.registerAgent(defineAgent({ name, description: '', subscribe: name, process() {} }));
    await executor.publish(name, { ['key-'.repeat(60)]: true });
    executor.cache.insertGlobalValue(name, 'key', { ['key-'.repeat(60)]: true });
  })()`);
  const row = page.locator('.channels tr', { hasText: 'on-and-' });
  await row.waitFor();
  const box = await row.boundingBox();
  expect(box?.height).toBeLessThan(40);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1280);
  const card = page.locator('.card', { hasText: 'key-' });
  expect(await card.locator('.mono').first().textContent()).toBe('key');
  const fits = (element: Element): boolean => element.scrollWidth <= element.clientWidth;
  expect(await card.locator('.json').evaluate(fits)).toBe(true);
  expect(await card.locator('.mono').first().evaluate(fits)).toBe(true);
});

test('a page that runs from right to left does not turn the panel round; names and payloads find their direction', async () => {
  const page = await opened('view=messages&dock=right&size=0.6');
  const place = async (name: string): Promise<number> =>
    (await page.getByRole('button', { name }).boundingBox())?.x ?? 0;
  const before = [await place('Pause the executor'), await place('Close the panel')];
  await page.evaluate(`document.documentElement.dir = 'rtl', document.documentElement.lang = 'ar'`);
  expect([await place('Pause the executor'), await place('Close the panel')]).toEqual(before);
  expect(await page.locator('.root').getAttribute('lang')).toBe('en');
  await page.evaluate(`window.executor.publish('أخبار', 'مرحبا (1)!')`);
  await page.locator('.table-row').first().click();
  const text = page.locator('.json .string');
  await text.waitFor();
  // The closing quotation mark is where a reader of Arabic ends: at the left of the opening one.
  const [opening, closing] = await text.evaluate((element) => {
    const node = element.firstChild;
    const last = element.textContent.length - 1;
    return [0, last].map((at) => {
      const range = document.createRange();
      if (node) range.setStart(node, at);
      if (node) range.setEnd(node, at + 1);
      return range.getBoundingClientRect().x;
    });
  });
  expect(closing).toBeLessThan(opening ?? 0);
});

test('at its smallest there is still a view in it', async () => {
  const page = await opened('view=messages&size=0.5');
  await page.getByRole('separator', { name: 'Size of the panel' }).focus();
  await page.keyboard.press('Home');
  const panel = page.getByRole('region', { name: 'Dagger devtools' });
  await expect.poll(async () => (await panel.boundingBox())?.height).toBe(220);
  expect((await page.getByRole('tabpanel').boundingBox())?.height).toBeGreaterThan(90);
});

test('a finger finds the edge of the panel, on whichever side it is', async () => {
  const context = await served().browser.newContext({
    hasTouch: true,
    isMobile: true,
    viewport: { width: 1280, height: 800 },
  });
  for (const dock of ['bottom', 'top', 'left', 'right']) {
    const page = await context.newPage();
    await page.goto(`${served().origin}/?open&dock=${dock}&size=0.5`);
    const resizer = page.getByRole('separator', { name: 'Size of the panel' });
    await resizer.waitFor();
    // From where a finger lands to where it still holds on, across the edge.
    const reach = await resizer.evaluate((element, side) => {
      const root = element.getRootNode();
      const isRow = side === 'bottom' || side === 'top';
      const hits = Array.from({ length: 60 }, (_, at) => (isRow ? 400 : 640) - 30 + at).filter((at) => {
        const [x, y] = isRow ? [640, at] : [at, 400];
        return root instanceof ShadowRoot && root.elementFromPoint(x, y) === element;
      });
      return hits.length;
    }, dock);
    expect(reach, dock).toBeGreaterThanOrEqual(24);
    await page.close();
  }
  await context.close();
});

test('a long name leaves the figures their room', async () => {
  const page = await opened(`view=messages&name=${'a%20very%20long%20name%20'.repeat(12)}`);
  const toolbar = page.locator('.toolbar');
  await toolbar.getByTitle('a very long name').waitFor();
  for (const width of [1280, 700]) {
    await page.setViewportSize({ width, height: 800 });
    const cut = await page
      .locator('.figures')
      .evaluate((figures) => figures.scrollWidth - figures.clientWidth);
    expect(cut, String(width)).toBe(0);
    expect(await toolbar.evaluate((bar) => bar.scrollWidth - bar.clientWidth), String(width)).toBe(0);
  }
});
