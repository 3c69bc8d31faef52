import { afterEach, expect, test, vi } from 'vitest';
import type { ProcessTable } from '../../storage-adapters/filesystem/process-table.js';

afterEach(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

/** The processes of a machine with this id and start; all else is as it is here, its name too. */
async function machine(files: Readonly<Record<string, string>>): Promise<ProcessTable> {
  const real = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  const readFile = async (path: string, encoding: 'utf8'): Promise<string> =>
    files[path] ?? real.readFile(path, encoding);
  vi.doMock('node:fs/promises', () => ({ ...real, readFile }));
  vi.resetModules();
  const { systemProcesses } = await import('../../storage-adapters/filesystem/process-table.js');
  return systemProcesses;
}

const BOOT = '/proc/sys/kernel/random/boot_id';
const ID = '/etc/machine-id';

test('two machines of one name cannot see each other: that the boot is another says nothing', async () => {
  const first = await (await machine({ [ID]: 'the first\n', [BOOT]: 'one\n' })).self();
  const second = await machine({ [ID]: 'the second\n', [BOOT]: 'two\n' });
  expect(await second.find(first)).toBe('unknown');
  expect(await second.find(await second.self())).toBe('running');
  expect(first.machine).not.toContain('the first');
});

test('a machine that was started anew knows that nobody of before is there', async () => {
  const before = await (await machine({ [ID]: 'the first\n', [BOOT]: 'one\n' })).self();
  const after = await machine({ [ID]: 'the first\n', [BOOT]: 'two\n' });
  expect(await after.find(before)).toBe('gone');
});

test('a machine without an id is known by its name', async () => {
  const before = await (await machine({ [ID]: '', [BOOT]: 'one\n' })).self();
  const after = await machine({ [ID]: '', [BOOT]: 'two\n' });
  expect(await after.find(before)).toBe('gone');
});
