import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { openStorage } from 'dagger-agents/storage';
import { createTestRuntime } from 'dagger-agents/testing';
import { expect, test } from 'vitest';

test('the platform store of a page is IndexedDB', async () => {
  const storage = await openStorage('entry-points');
  expect(storage.kind).toBe('indexeddb');
  await storage.close();
});

test('the package works by its name', () => {
  expect(defineAgent).toBeTypeOf('function');
  expect(PubSubExecutor.open).toBeTypeOf('function');
  expect(createTestRuntime).toBeTypeOf('function');
});
