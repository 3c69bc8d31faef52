import { expect, test } from 'vitest';
import { panelPages, violations, work } from './panel-page.js';

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
  await work(page);
  await page.getByRole('row').nth(1).click();
  await page.getByRole('button', { name: 'Edit and send again' }).click();
  await page.evaluate('window.executor.close()');
  await page.getByText('The executor is closed', { exact: true }).waitFor();

  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true);
  await dialog.getByText('The executor is closed.').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  for (const name of ['Pause the executor', 'Start one delivery', 'Publish a message']) {
    const control = page.getByRole('button', { name });
    expect([name, await control.isDisabled(), await control.getAttribute('title')]).toEqual([
      name,
      true,
      'The executor is closed.',
    ]);
  }
  await page.locator('.figures').getByText('closed', { exact: true }).waitFor({ timeout: 3000 });
  const detail = page.getByRole('region', { name: 'Selected message' });
  expect(await detail.getByRole('button', { name: 'Edit and send again' }).isDisabled()).toBe(true);
  await detail.getByText('The executor is closed.').waitFor();

  await page.getByRole('tab', { name: 'Humans' }).click();
  expect(await page.getByRole('button', { name: 'Answer' }).isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Withdraw' }).isDisabled()).toBe(true);
  await page.getByText('The executor is closed.').waitFor();
  await page.getByRole('tab', { name: 'Problems' }).click();
  expect(await page.getByRole('button', { name: 'Retry', exact: true }).isDisabled()).toBe(true);
  await page.getByText('The executor is closed.').waitFor();
  await page.getByRole('tab', { name: 'State' }).click();
  expect(await page.getByRole('button', { name: 'Publish on facts' }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
});

test('a panel that is opened when the executor is closed says so at once', async () => {
  const page = await opened('view=messages');
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await page.evaluate('window.executor.close()');
  await page.evaluate('window.devtools.open()');
  await page.getByText('The executor is closed', { exact: true }).waitFor();
});
