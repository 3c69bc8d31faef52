import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { BARE_PAGE } from './bare-page.js';
import { type PageOptions, type ServedPage, servePage } from './page.js';

interface PanelPages {
  /** Only within tests. */
  served(): ServedPage;
  /** The page with its panel open. */
  opened(query: string, size?: Omit<PageOptions, 'query'>): Promise<Page>;
}

/** Serves the page of a small team at work for the tests of a file; after each nothing may have been complained of. */
export function panelPages(): PanelPages {
  let page: ServedPage | undefined;
  const served = (): ServedPage => {
    if (!page) throw new Error('the page is served to tests only');
    return page;
  };
  beforeAll(async () => {
    page = await servePage(BARE_PAGE);
  });
  afterAll(() => page?.close());
  afterEach(async () => {
    for (const context of served().browser.contexts()) await context.close();
    expect(served().complaints.splice(0)).toEqual([]);
  });
  return { served, opened: (query, size) => openPanel(served(), query, size) };
}

/** The page with its panel open, when both are ready. */
export async function openPanel(
  served: ServedPage,
  query: string,
  size: Omit<PageOptions, 'query'> = {},
): Promise<Page> {
  const page = await served.open({ query: `?open&${query}`, ...size });
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.getByRole('tablist', { name: 'Views' }).waitFor();
  return page;
}

/** Waits until an expression holds in the page; asked from outside, as the page's policy allows no string of code. */
export async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(`Boolean(${expression})`), { timeout: 15_000 }).toBe(true);
}

/** Lets the team work, and waits until nothing but the question to a person is left. */
export async function work(page: Page): Promise<void> {
  await page.evaluate('window.work()');
  await until(
    page,
    'window.executor.state.unfinished.length === 1 && window.executor.state.humans.size === 1',
  );
  await page.getByRole('tab', { name: 'Humans 1' }).waitFor();
}

export async function violations(page: Page): Promise<unknown[]> {
  // The modal page of axe is opened in the page itself, where a policy would stop it.
  const found = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found.violations.map(({ id, nodes }) => [
    id,
    ...nodes.map(({ target, failureSummary }) => [target, failureSummary]),
  ]);
}
