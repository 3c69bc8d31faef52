import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type RealBrowser, startBrowser } from './real-browser.js';
import { devtools, freeze, openTab, type Site, startSite } from './site.js';

let site: Site;
let browser: RealBrowser;
let store = 0;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

beforeEach(async () => {
  browser = await startBrowser();
  store += 1;
});
afterEach(() => browser.end());

function tab(): Promise<Page> {
  return openTab(browser.context, site, `store ${store}`);
}

/** An owner that writes without a pause, and a tab that follows and waits. */
async function ownerAndFollower(): Promise<{ owner: Page; follower: Page; taken: Promise<unknown> }> {
  const owner = await tab();
  expect(await owner.evaluate(() => window.lab.open('the first tab'))).toBe(1);
  const follower = await tab();
  await follower.evaluate(() => window.lab.follow());
  const taken = follower.evaluate(() => window.lab.openWhenFree('the second tab'));
  await owner.evaluate(() => {
    void window.lab.writeOn(20, true);
  });
  await owner.evaluate(() => window.lab.acknowledgedUpTo(200));
  await follower.evaluate(() => window.lab.seenUpTo(200));
  return { owner, follower, taken };
}

test('a second tab is refused, and told who writes', async () => {
  const [first, second] = [await tab(), await tab()];
  await first.evaluate(() => window.lab.open('the first tab'));
  expect(await second.evaluate(() => window.lab.open('the second tab'))).toMatchObject({
    code: 'LOCK_ERROR',
    details: { owner: 'the first tab' },
  });
});

test('a second tab sees every batch, in order and once, and takes over when the first closes', async () => {
  const { owner, follower, taken } = await ownerAndFollower();
  const acknowledged = await owner.evaluate(() => window.lab.acknowledged());
  const start = Date.now();
  await owner.close();
  expect(await taken).toBe(2);
  console.info(`a closed tab's store was taken over after ${Date.now() - start} ms`);
  const stored = await follower.evaluate(() => window.lab.verify(0));
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
  await follower.evaluate(() => window.lab.append(5, true));
  const seen = await follower.evaluate((last) => window.lab.seenUpTo(last), Number(stored) + 5);
  expect(seen).toEqual(Array.from({ length: Number(stored) + 5 }, (_, index) => `${index + 1}:`));
});

test('a tab that goes to another page leaves the store to the one that waits', async () => {
  const { owner, taken } = await ownerAndFollower();
  await owner.goto('about:blank');
  expect(await taken).toBe(2);
});

test('a frozen owner is taken over from, and fenced when it wakes', async () => {
  const { owner, follower, taken } = await ownerAndFollower();
  const acknowledged = await owner.evaluate(() => window.lab.acknowledged());
  const start = Date.now();
  const wake = await freeze(owner);
  expect(await taken).toBe(2);
  console.info(`a frozen tab's store was taken over after ${Date.now() - start} ms`);
  const stored = Number(await follower.evaluate(() => window.lab.verify(0)));
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
  await follower.evaluate(() => window.lab.append(3, true));
  await wake();
  expect(await owner.evaluate(() => window.lab.lost())).toMatchObject({ code: 'LOCK_ERROR' });
  expect(await owner.evaluate(() => window.lab.append(1, true))).toMatchObject({ code: 'LOCK_ERROR' });
  // Nothing of what the woken one tried is there, and nothing that it was promised is missing.
  expect(await follower.evaluate(() => window.lab.verify(0))).toBe(stored + 3);
  expect(await owner.evaluate(() => window.lab.acknowledged())).toBeLessThanOrEqual(stored);
});

test('an owner that stands in the debugger is taken over from, and fenced when it goes on', async () => {
  const { owner, follower, taken } = await ownerAndFollower();
  const session = await devtools(owner);
  await session.send('Debugger.enable');
  const start = Date.now();
  // A statement of its own: Debugger.pause may stop in the middle of an append, where no page is ever frozen.
  const standing = session.send('Runtime.evaluate', { expression: 'debugger' });
  expect(await taken).toBe(2);
  console.info(`a paused tab's store was taken over after ${Date.now() - start} ms`);
  await follower.evaluate(() => window.lab.append(3, true));
  const stored = await follower.evaluate(() => window.lab.verify(0));
  await session.send('Debugger.disable');
  await standing;
  expect(await owner.evaluate(() => window.lab.lost())).toMatchObject({ code: 'LOCK_ERROR' });
  expect(await follower.evaluate(() => window.lab.verify(0))).toBe(stored);
  expect(await owner.evaluate(() => window.lab.acknowledged())).toBeLessThanOrEqual(Number(stored));
});

test('of several tabs that wait for a frozen one, one takes over and keeps it', async () => {
  const owner = await tab();
  await owner.evaluate(() => window.lab.open('the first tab'));
  await owner.evaluate(() => window.lab.append(3, true));
  const waiting = [await tab(), await tab(), await tab()];
  const taken = waiting.map(async (page, index) => {
    const epoch = await page.evaluate((who) => window.lab.openWhenFree(`waiting ${who}`), index);
    return { page, epoch };
  });
  await freeze(owner);
  const first = await Promise.race(taken);
  expect(first.epoch).toBe(2);
  expect(await first.page.evaluate(() => window.lab.append(3, true))).toBeUndefined();
  // The next in turn gets it when this one closes, not before: the epochs count up one by one.
  await first.page.close();
  const second = await Promise.race(taken.filter((_, index) => waiting[index] !== first.page));
  expect(second.epoch).toBe(3);
  expect(await second.page.evaluate(() => window.lab.verify(0))).toBe(6);
});

test('a tab that comes too late to take over leaves the one that did in peace', async () => {
  const owner = await tab();
  await owner.evaluate(() => window.lab.open('the first tab'));
  const [quick, slow] = [await tab(), await tab()];
  await slow.evaluate(() => window.lab.holdUpTakeovers());
  const taken = quick.evaluate(() => window.lab.openWhenFree('the quick one'));
  const late = slow.evaluate(() => window.lab.openWhenFree('the slow one'));
  const locks = () => quick.evaluate(() => navigator.locks.query());
  await vi.waitUntil(async () => (await locks()).pending?.length === 2);
  await freeze(owner);
  expect(await taken).toBe(2);
  await slow.evaluate(() => window.lab.goOnWithTakeovers());
  expect(await quick.evaluate(() => window.lab.append(3, true))).toBeUndefined();
  expect(await quick.evaluate(() => window.lab.wasLost())).toBe(false);
  await quick.close();
  expect(await late).toBe(3);
});
