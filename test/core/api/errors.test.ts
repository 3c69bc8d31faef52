import { ERROR_CODES, PubSubError } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

describe('PubSubError', () => {
  test('is an Error with a code, a message, a cause and details', () => {
    const cause = new Error('disk');
    const error = new PubSubError('DATABASE_ERROR', 'cannot be written', { cause, details: { file: 'a' } });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PubSubError',
      code: 'DATABASE_ERROR',
      details: { file: 'a' },
      cause,
    });
    expect(String(error)).toBe('PubSubError: cannot be written');
    expect(error.stack).toContain('cannot be written');
    expect(new PubSubError('CANCELLED', 'gone')).toMatchObject({ details: {} });
    expect('cause' in new PubSubError('CANCELLED', 'gone')).toBe(false);
  });

  test('goes through JSON and back: code, message and details stay', () => {
    const error = new PubSubError('CHANNEL_FULL', 'full', {
      details: { channel: 'in' },
      cause: new Error('x'),
    });
    const record = JSON.parse(JSON.stringify(error));
    expect(record).toEqual({ code: 'CHANNEL_FULL', message: 'full', details: { channel: 'in' } });
    const back = PubSubError.fromRecord(record);
    expect(back).toBeInstanceOf(PubSubError);
    expect(back.toJSON()).toEqual(error.toJSON());
    expect(new PubSubError('CANCELLED', 'gone').toJSON()).toEqual({ code: 'CANCELLED', message: 'gone' });
  });

  test('the contract’s codes are all there, each once', () => {
    const contract = [
      'LOCK_ERROR AGENT_NOT_FOUND CHANNEL_NOT_FOUND SERIALIZATION_ERROR DATABASE_ERROR VALIDATION_ERROR',
      'EXECUTION_ERROR CANCELLED TIMEOUT_EXCEEDED NO_AGENTS_REGISTERED TOKEN_BUDGET_EXCEEDED',
    ].flatMap((line) => line.split(' '));
    for (const code of contract) expect(ERROR_CODES).toContain(code);
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });

  test('a bad value names the field, what was expected and what came', async () => {
    const { executor } = await openBus();
    const error = await refusal(() => executor.openChannel('in', { capacity: -1 }));
    expect(error.message).toBe('options.capacity: expected a whole number of 1 or more, got -1');
    expect(error.details).toEqual({
      field: 'options.capacity',
      expected: 'a whole number of 1 or more',
      received: '-1',
    });
  });
});
