import { openStorage } from 'dagger-agents/storage';
import { describe, expect, test } from 'vitest';
import { manifest } from './support/package-entries.js';

/** What people import from where: the contract's names. More may be there, none may be missing. */
const names: Readonly<Record<string, readonly string[]>> = {
  'dagger-agents': [
    'AgentRegistry',
    'createMessage',
    'createTaskMessage',
    'defineAgent',
    'ERROR_CODES',
    'generateNodeId',
    'globalRegistry',
    'humanInterruptAgent',
    'loadCacheFromJson',
    'parseInputFromName',
    'PubSubError',
    'PubSubExecutor',
    'serializeCacheToJson',
    'serializeCacheToPrettyJson',
    'serializeTreeToDot',
  ],
  'dagger-agents/storage': ['openStorage'],
  'dagger-agents/storage/memory': ['memoryStorage'],
  'dagger-agents/storage/indexeddb': ['indexedDbStorage'],
  'dagger-agents/storage/filesystem': ['fileSystemStorage'],
  'dagger-agents/storage/key-value': ['keyValueStorage'],
  'dagger-agents/inspector': [
    'attachInspector',
    'INSPECTOR_VERSION',
    'inPageLink',
    'portInspectorEnd',
    'portWatcherEnd',
    'watchExecutor',
  ],
  'dagger-agents/devtools': ['DaggerDevtools', 'mountDevtools'],
  'dagger-agents/devtools/always': ['DaggerDevtools', 'mountDevtools'],
  'dagger-agents/devtools/mount': ['mountDevtools'],
  'dagger-agents/devtools/server': ['serveDevtools'],
  'dagger-agents/testing': ['createTestRuntime'],
  'dagger-agents/testing/storage': ['storageConformance'],
};

describe('every entry point is importable in Node and offers what is promised', () => {
  test.each(Object.entries(names))('%s', async (specifier, expected) => {
    const entry: Readonly<Record<string, unknown>> = await import(/* @vite-ignore */ specifier);
    expect(expected.filter((name) => entry[name] === undefined)).toEqual([]);
  });

  test('and there is no other', () => {
    const subpaths = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
    expect(subpaths.map((subpath) => subpath.replace('.', 'dagger-agents')).sort()).toEqual(
      Object.keys(names).sort(),
    );
  });
});

test('the platform store of Node is a directory', async () => {
  const storage = await openStorage('entry-points');
  expect(storage.kind).toBe('filesystem');
  await storage.close();
});
