import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RealBrowser, startBrowser } from './real-browser.js';
import { devtools, openTab, type Site, startSite } from './site.js';

let site: Site;
let browser: RealBrowser;
let page: Page;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  browser = await startBrowser();
  page = await openTab(browser.context, site, 'full');
});
afterEach(() => browser.end());

test('at the quota an append is refused, reading goes on, and so does writing once there is room', async () => {
  const session = await devtools(page);
  // Before the first use: Chromium remembers for a while how much room there was.
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize: 3_000_000 });
  await page.evaluate(() => window.lab.open('the only tab'));
  const error = await page.evaluate(async () => {
    for (let round = 0; round < 100; round += 1) {
      const refused = await window.lab.append(100, true, 1_000);
      if (refused !== undefined) return refused;
    }
    return undefined;
  });
  expect(error).toMatchObject({
    code: 'DATABASE_ERROR',
    message: expect.stringContaining('quota'),
    details: { retryable: true, reason: 'QuotaExceededError' },
  });
  const acknowledged = await page.evaluate(() => window.lab.acknowledged());
  expect(await page.evaluate(() => window.lab.verify(0))).toBe(acknowledged); // nothing of the refused batch
  expect(await page.evaluate(() => window.lab.append(100, true, 1_000))).toMatchObject({
    code: 'DATABASE_ERROR',
  });
  expect(await page.evaluate(() => window.lab.wasLost())).toBe(false);

  // What a snapshot covers is dropped with the next one, which makes room: within the same quota.
  expect(await page.evaluate(() => window.lab.writeSnapshot())).toBeUndefined();
  expect(await page.evaluate(() => window.lab.writeSnapshot())).toBeUndefined();
  expect(await page.evaluate(() => window.lab.appendWhenThereIsRoom(100, 1_000))).toBe(acknowledged + 100);
  expect(await page.evaluate((after) => window.lab.verify(after), acknowledged)).toBe(acknowledged + 100);
});

test('site data cleared by the user under a writer is reported at once, never taken for an empty start', async () => {
  await page.evaluate(() => window.lab.open('the only tab'));
  await page.evaluate(() => window.lab.append(10, true));
  const follower = await openTab(browser.context, site, 'full');
  await follower.evaluate(() => window.lab.follow());
  await follower.evaluate(() => window.lab.seenUpTo(10));
  const session = await devtools(page);
  await session.send('Storage.clearDataForOrigin', { origin: site.origin, storageTypes: 'indexeddb' });
  expect(await page.evaluate(() => window.lab.lost())).toMatchObject({
    code: 'DATABASE_ERROR',
    details: { retryable: false, lost: true },
  });
  expect(await page.evaluate(() => window.lab.append(1, true))).toMatchObject({ code: 'DATABASE_ERROR' });
  expect(await page.evaluate(() => window.lab.verify(0))).toMatchObject({ code: 'DATABASE_ERROR' });
  expect(await follower.evaluate(() => window.lab.followingEnded())).toMatchObject({
    details: { lost: true },
  });
});

test('connections that the browser closes in the middle of writing are opened again: nothing lost or doubled', async () => {
  await page.evaluate(() => window.lab.open('the only tab'));
  const closeConnections = await connectionCloser();
  const writing = page.evaluate(() => window.lab.writeOn(5, true));
  for (let round = 1; round <= 5; round += 1) {
    const before = await page.evaluate(() => window.lab.acknowledged());
    await page.evaluate((last) => window.lab.acknowledgedUpTo(last), before + 100);
    await closeConnections();
  }
  const last = await page.evaluate(() => window.lab.acknowledged());
  await page.evaluate((end) => window.lab.acknowledgedUpTo(end), last + 100);
  await page.evaluate(() => window.lab.stopWriting());
  expect(await writing).toBeUndefined();
  const acknowledged = await page.evaluate(() => window.lab.acknowledged());
  expect(await page.evaluate(() => window.lab.verify(0))).toBe(acknowledged);
  expect(await page.evaluate(() => window.lab.wasLost())).toBe(false);
});

/** By Chromium's own page for that; a Chromium that is built without it gets as near as a page can. */
async function connectionCloser(): Promise<() => Promise<void>> {
  const internals = await browser.context.newPage();
  try {
    await internals.goto('chrome://indexeddb-internals/');
    return () => internals.getByText('Force close').click();
  } catch {
    return () => page.evaluate(() => window.lab.closeConnections());
  }
}
