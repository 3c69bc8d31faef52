import { join } from 'node:path';
import { expect, test } from 'vitest';
import { licencesOf } from './support/bundled-licences.js';
import { packageRoot } from './support/package-entries.js';

const installed = (path: string): string => join(packageRoot, 'node_modules', path);

test('the licences of bundled packages, each once, and none for our own files', () => {
  const text = licencesOf([
    installed('ajv/dist/core.js'),
    `\0${installed('ajv/dist/ajv.js')}?commonjs-module`,
    installed('@cfworker/json-schema/dist/esm/validate.js'),
    join(packageRoot, 'core/index.ts'),
    '\0rolldown/runtime.js',
  ]);
  expect(text.match(/^\S+ \d+\.\S+ \(.+\)$/gm)).toEqual([
    expect.stringMatching(/^@cfworker\/json-schema 4\.\S+ \(MIT\)$/),
    expect.stringMatching(/^ajv 8\.\S+ \(MIT\)$/),
  ]);
  expect(text).toContain('Copyright (c) 2015-2021 Evgeny Poberezkin');
  // Its package has no text of its licence: then what its manifest says.
  expect(text).toContain('Author: Jeremy Danyow');
});
