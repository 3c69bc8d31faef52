import { expect, test } from 'vitest';
import { panelPages, until, violations, work } from './panel-page.js';

const { opened } = panelPages();

for (const dark of [false, true]) {
  test(`the past and a file say what they are, and lead back, ${dark ? 'dark' : 'light'}`, async () => {
    const page = await opened('view=messages', { width: 360, height: 740, dark });
    await work(page);
    await page.getByRole('slider', { name: 'Event that is shown' }).fill('38');
    await page.getByText('As of event 38').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await page.getByRole('button', { name: 'Live', exact: true, pressed: true }).waitFor();
    expect(await page.getByText('As of event').count()).toBe(0);

    await page.getByRole('button', { name: 'Panel menu' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export this run…' }).click();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Panel menu' }).click();
    await page.getByRole('menuitem', { name: 'Open an exported run…' }).click();
    await (await chooser).setFiles(await (await saved).path());
    await page.getByText('A file', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'One event back' }).click();
    await page.getByText('A file, as of event').waitFor();
    await page.getByRole('button', { name: 'Back to the executor' }).click();
    await page.getByRole('button', { name: 'Live', exact: true, pressed: true }).waitFor();
    expect(await page.getByText('A file').count()).toBe(0);
  });
}

test('an executor that has been closed is not taken for one that is idle', async () => {
  const page = await opened('view=messages');
  await page.evaluate('window.executor.close().then(() => { window.isClosed = true; })');
  await until(page, 'window.isClosed');
  await page.getByRole('button', { name: 'Pause the executor' }).click();
  await page.getByText('The executor is closed', { exact: true }).waitFor();
});
