import { expect, test } from 'vitest';
import { loadValidator } from '../../../core/schema/load-validator.js';
import { logTo } from './log-to.js';

test('where code may be generated, ajv is taken, and nothing is logged', async () => {
  const notes: string[] = [];
  const validator = await loadValidator(logTo(notes));
  expect(validator.name).toBe('ajv');
  expect(notes).toEqual([]);
});
