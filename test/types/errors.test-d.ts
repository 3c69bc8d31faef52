import { expectTypeOf, test } from 'vitest';
import { PubSubError, type PubSubErrorCode } from '../../core/errors.js';

test('a code is one of ours', () => {
  expectTypeOf(new PubSubError('CANCELLED', '').code).toEqualTypeOf<PubSubErrorCode>();
});
test('good', () => {
  expectTypeOf(new PubSubError('CANCELLED', '').message).toEqualTypeOf<string>();
});
