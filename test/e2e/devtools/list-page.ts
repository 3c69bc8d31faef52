import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { loadedPage } from '../../devtools/bench/loaded-page.js';
import { packageRoot } from '../../support/package-entries.js';
import { type ServedPage, servePage } from './page.js';

export interface ListPage {
  readonly page: Page;
  readonly grid: Locator;
}

/** Serves a page with a load and the list of messages for the tests of a file; after each nothing may have been complained of. */
export function listPages(): () => Promise<ListPage> {
  let served: ServedPage | undefined;
  beforeAll(async () => {
    served = await servePage(loadedPage(packageRoot));
  });
  afterAll(() => served?.close());
  afterEach(async () => {
    for (const context of served?.browser.contexts() ?? []) await context.close();
    expect(served?.complaints.splice(0)).toEqual([]);
  });
  return async () => {
    if (!served) throw new Error('the page is served to tests only');
    const page = await served.open();
    await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
    await page.evaluate("window.mount('messages', true)");
    const grid = page.getByRole('grid', { name: 'Messages, oldest first' });
    await grid.waitFor();
    return { page, grid };
  };
}

export interface Rendered {
  /** Places in the list of the rows that are rendered and have a text, the first is 1. */
  readonly places: readonly number[];
  /** Places of those in sight, from the top. */
  readonly inSight: readonly number[];
  /** Pixels from the head of the list to the first in sight: not above 0 where one begins there. */
  readonly gap: number;
}

export async function rendered(grid: Locator): Promise<Rendered> {
  return grid.evaluate((element) => {
    const frame = element.getBoundingClientRect();
    const top = frame.top + 26;
    const rows = [...element.querySelectorAll('.table-row')]
      .map((row) => ({
        place: Number(row.getAttribute('aria-rowindex')) - 1,
        top: row.getBoundingClientRect().top,
        text: row.textContent,
      }))
      .filter(({ text }) => text !== '')
      .sort((a, b) => a.place - b.place);
    const seen = rows.filter((row) => row.top > top - 13 && row.top < frame.bottom - 13);
    return {
      places: rows.map(({ place }) => place),
      inSight: seen.map(({ place }) => place),
      gap: (seen[0]?.top ?? Number.NaN) - top,
    };
  });
}
