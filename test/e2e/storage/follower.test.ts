import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Work } from './follower-page.js';
import { type RealBrowser, startBrowser } from './real-browser.js';
import { freeze, type Site, startSite } from './site.js';

/** A second is what we promise and print; a busy machine may take longer. */
const LONGEST_TAKEOVER = 5_000;

let site: Site;
let browser: RealBrowser;
let store = 0;

beforeAll(async () => {
  site = await startSite(join(import.meta.dirname, 'follower-page.ts'));
});
afterAll(() => site.close());

beforeEach(async () => {
  browser = await startBrowser();
  store += 1;
});
afterEach(() => browser.end());

/** What a tab has told before it was gone. */
interface Notes {
  readonly acknowledged: number[];
  readonly finished: Work[];
  /** Resolves when as many have been acknowledged, and as many pieces of work finished. */
  enough(count: number): Promise<void>;
}

async function tab(): Promise<{ page: Page; notes: Notes }> {
  const page = await browser.context.newPage();
  const told = { acknowledged: [] as number[], finished: [] as Work[] };
  let look = (): void => {};
  await page.exposeFunction('note', (what: string, value: string) => {
    if (what === 'acknowledged') told.acknowledged.push(Number(value));
    else told.finished.push(value as Work); // the page notes nothing else
    look();
  });
  await page.goto(`${site.url}?store=${store}`);
  const enough = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (told.acknowledged.length >= count && told.finished.length >= count) resolve();
      };
      look();
    });
  return { page, notes: { ...told, enough } };
}

/** A tab that runs agents without a pause, and one that follows it. */
async function ownerAndFollower(): Promise<{ owner: Page; follower: Page; notes: Notes }> {
  const { page: owner, notes } = await tab();
  await owner.evaluate(() => window.team.own());
  const { page: follower } = await tab();
  await follower.evaluate(() => window.team.follow());
  await owner.evaluate(() => window.team.publishOn());
  await notes.enough(100);
  return { owner, follower, notes };
}

/** What the second tab has to show for itself when it has finished the first one's work. */
async function expectNothingLostOrDoubled(
  follower: Page,
  acknowledged: readonly number[],
  finished: readonly Work[],
): Promise<void> {
  expect(await follower.evaluate(() => window.team.finish())).toBe('completed');
  const { processed, collected } = await follower.evaluate(() => window.team.notes());
  const done = new Set(collected);
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);
  expect(acknowledged.filter((number) => !done.has(number))).toEqual([]);
  expect(done.size).toBe(collected.length); // none twice
  const again = new Set(processed);
  expect(finished.filter((work) => again.has(work))).toEqual([]);
  expect(again.size).toBe(processed.length);
  // The slow ones at least were left, each with the fact that follows from it.
  expect(processed.filter((work) => work.startsWith('reader')).length).toBeGreaterThan(5);
  console.info(
    `${acknowledged.length} acknowledged, ${finished.length} pieces of work finished by the first tab, ` +
      `${processed.length} by the second; 0 lost, 0 run twice`,
  );
}

test('a second tab sees the same tree and cache while the first runs, and says why it may not own it', async () => {
  const { page: owner } = await tab();
  await owner.evaluate(() => window.team.own());
  await owner.evaluate(() => window.team.publish([{ number: 1 }, { number: 2 }]));
  const { page: follower } = await tab();
  expect(await follower.evaluate(() => window.team.tryToOwn())).toMatchObject({ code: 'LOCK_ERROR' });
  await follower.evaluate(() => window.team.follow());
  const first = await owner.evaluate(() => window.team.picture());
  expect(await follower.evaluate(() => window.team.picture())).toEqual(first);
  for (const numbers of [[3], [4, 5, 6], [7]]) {
    await owner.evaluate(
      (pages) => window.team.publish(pages),
      numbers.map((number) => ({ number })),
    );
    const picture = await owner.evaluate(() => window.team.picture());
    await follower.evaluate((seq) => window.team.sees(seq), picture.seq);
    expect(await follower.evaluate(() => window.team.picture())).toEqual(picture);
    expect(picture.cache).toContain(String(numbers.at(-1)));
  }
  const heard = await follower.evaluate(() => window.team.heard());
  expect(heard).toEqual(heard.map((_, index) => first.seq + 1 + index));
  expect(heard.length).toBeGreaterThan(20);
});

test('when the first tab closes, the second takes over and finishes its work', async () => {
  const { owner, follower, notes } = await ownerAndFollower();
  const taken = follower.evaluate(() => window.team.takenOver());
  const start = Date.now();
  await owner.close();
  const milliseconds = (await taken) - start;
  console.info(`a closed tab's run was taken over after ${milliseconds} ms`);
  expect(milliseconds).toBeLessThan(LONGEST_TAKEOVER);
  await expectNothingLostOrDoubled(follower, notes.acknowledged, notes.finished);
});

test('when the first tab is frozen, the second takes over; the first is refused when it wakes, and follows', async () => {
  const { owner, follower } = await ownerAndFollower();
  const taken = follower.evaluate(() => window.team.takenOver());
  const asked = Date.now();
  const wake = await freeze(owner);
  const takenAt = await taken;
  await wake();
  const frozenAt = await owner.evaluate(() => window.team.frozenAt());
  const milliseconds = takenAt - frozenAt;
  console.info(
    `a frozen tab's run was taken over after ${milliseconds} ms ` +
      `(the browser took ${frozenAt - asked} ms to freeze it)`,
  );
  expect(milliseconds).toBeLessThan(LONGEST_TAKEOVER);
  expect(await owner.evaluate(() => window.team.publishingEnded())).toMatchObject({ code: 'LOCK_ERROR' });
  expect(await owner.evaluate(() => window.team.publishMore())).toMatchObject({ code: 'LOCK_ERROR' });
  expect(await owner.evaluate(() => window.team.ended())).toBe('failed: LOCK_ERROR');
  const { acknowledged, finished, warnings } = await owner.evaluate(() => window.team.notes());
  expect(warnings.join()).toContain('the storage was lost');
  await expectNothingLostOrDoubled(follower, acknowledged, finished);

  await owner.evaluate(() => window.team.followInstead());
  expect(await owner.evaluate(() => window.team.picture())).toEqual(
    await follower.evaluate(() => window.team.picture()),
  );
});
