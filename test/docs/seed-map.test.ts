import * as dagger from 'dagger-agents';
import { expect, test } from 'vitest';
import { compileErrors } from './compile.js';
import { codeSpans, readDocument, tablesByHeading } from './markdown.js';
import { seedNames } from './seed-names.js';

const tables = tablesByHeading(readDocument('docs/seed-map.md'));
const rows = [...tables.values()].flat();
const values = new Set(Object.keys(dagger));

test('every name of the design has its row, and no row is invented', () => {
  const named = [...tables].map(([heading, own]) => [
    heading,
    own.map(([rust = '']) => rust.replaceAll('`', '')),
  ]);
  expect(Object.fromEntries(named)).toEqual(seedNames);
});

test('a row without a counterpart says why', () => {
  for (const [rust = '', here = '', notes = ''] of rows) {
    if (here === '—') expect(notes, rust).toMatch(/\w{3}/);
    else expect(codeSpans(here), rust).not.toEqual([]);
  }
});

test('every counterpart exists: the compiler finds each in what the package exports', async () => {
  const counterparts = [...new Set(rows.flatMap(([, here = '']) => codeSpans(here)))];
  expect(counterparts.length).toBeGreaterThan(100);
  expect(await missing(counterparts)).toEqual([]);
});

test('a counterpart that does not exist is found out', async () => {
  const wrong = ['NoSuchType', 'PubSubAgent.noSuchMember', "TaskStatus = 'unheard-of'", 'Message.task_id'];
  expect(await missing([...wrong, 'Message.taskId'])).toEqual(wrong);
});

/** Those of the counterparts that the compiler cannot find. */
async function missing(counterparts: readonly string[]): Promise<string[]> {
  const head = [
    `import type * as dagger from 'dagger-agents';`,
    'type KeyOf<T> = T extends unknown ? keyof T : never;',
    'type Member<T, Key extends KeyOf<T>> = T extends unknown ? (Key extends keyof T ? T[Key] : never) : never;',
    `type Word<T, W extends T | (T extends { type: infer Name } ? Name : never)> = W;`,
  ];
  const checks = counterparts.map((counterpart, index) => `export type T${index} = ${typeOf(counterpart)};`);
  const errors = await compileErrors({ 'seed-map.ts': [...head, ...checks].join('\n') });
  const lines = errors.map((error) => {
    const line = /^seed-map\.ts\((\d+),/.exec(error)?.[1];
    if (line === undefined) throw new Error(error);
    return Number(line);
  });
  return [...new Set(lines)].map((line) => counterparts[line - head.length - 1] ?? `line ${line}`);
}

/** The type that stands for a counterpart: an export, a member of it, or one of its words. */
function typeOf(counterpart: string): string {
  const [, word] = /^\w+ = ('[^']+')$/.exec(counterpart) ?? [];
  const [name = '', member] = (counterpart.split(' = ')[0] ?? '').split('.');
  const generics = name === 'AgentDefinition' ? "<'in', 'out', undefined, undefined>" : '';
  const type = `dagger.${name}${generics}`;
  if (word !== undefined) return `Word<${type}, ${word}>`;
  if (member === undefined) return values.has(name) ? `typeof dagger.${name}` : type;
  const isStatic = values.has(name) && member in Object(Reflect.get(dagger, name));
  return `Member<${isStatic ? `typeof dagger.${name}` : type}, '${member}'>`;
}
