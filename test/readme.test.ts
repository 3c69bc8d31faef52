import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from 'dagger-agents';
import * as testing from 'dagger-agents/testing';
import { expect, test } from 'vitest';
import { packageRoot } from './support/package-entries.js';

const text = readFileSync(join(packageRoot, 'test/README.md'), 'utf8');
/** Everything between backticks in the tables. */
const quoted = new Set(
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)),
);

test('every file that the table names exists, and every test file of the core is named', () => {
  const files = [...quoted].filter((code) => /\.test(-d)?\.tsx?$/.test(code));
  const ours = readdirSync(join(packageRoot, 'test/core'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `core/${file.replaceAll('\\', '/')}`);
  expect(ours.filter((file) => !files.includes(file))).toEqual([]);
  expect(files.filter((file) => !existsSync(join(packageRoot, 'test', file)))).toEqual([]);
});

test('every line of the contract’s semantics has its row', () => {
  const lines = [...text.matchAll(/^\| 4\.(\d+) \|/gm)].map(([, number]) => Number(number));
  expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('every function, class and method that the package exports has its row', async () => {
  const exported = [...Object.keys(core), ...Object.keys(testing)];
  const executor = await core.PubSubExecutor.open();
  const parts = [executor, executor.cache, executor.tasks, executor.humans, new core.AgentRegistry()];
  const members = parts.flatMap((part) => Object.getOwnPropertyNames(Object.getPrototypeOf(part)));
  await executor.close();
  // The desk's other side, which agents and the executor use.
  const internal = ['constructor', 'ask', 'abandon'];
  const wanted = [...exported, ...members].filter((name) => !internal.includes(name));
  expect(wanted.filter((name) => !quoted.has(name))).toEqual([]);
});

test('every fault of the bus has its row', () => {
  const rows = [...text.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, numbers = '']) => numbers.split(', '));
  const faults = [32, 33, 34, 35, 36, 37, 38, 39, 41, 42, 43, 44, 45, 46, 47, 51].map(String);
  expect(faults.filter((fault) => !rows.includes(fault))).toEqual([]);
});
