import { requireOptions } from '../../core/config.js';
import { invalid } from '../../core/errors.js';
import { DOCKS, LARGEST, SMALLEST, THEMES, VIEWS } from './preferences.js';

const KNOWN = ['executor', 'nonce', 'name', 'redact', 'open', 'dock', 'size', 'theme', 'view'];
const CHOICES: readonly (readonly [option: string, choices: readonly string[]])[] = [
  ['dock', DOCKS],
  ['theme', THEMES],
  ['view', VIEWS],
];
const TYPES = [
  ['nonce', 'string', 'a text'],
  ['name', 'string', 'a text'],
  ['redact', 'function', 'a function'],
  ['open', 'boolean', 'true or false'],
] as const;

/** @throws PubSubError `VALIDATION_ERROR` naming the option at fault. */
export function checkOptions(options: unknown): void {
  requireOptions(options, 'options', KNOWN);
  const given = new Map<string, unknown>(Object.entries(Object(options)));
  const executor = given.get('executor');
  if (typeof Reflect.get(Object(executor), 'subscribe') !== 'function') {
    throw invalid('options.executor', 'an executor', executor);
  }
  for (const [option, choices] of CHOICES) {
    const value = given.get(option);
    if (value !== undefined && !choices.some((choice) => choice === value)) {
      throw invalid(`options.${option}`, `one of ${choices.join(', ')}`, value);
    }
  }
  for (const [option, type, expected] of TYPES) {
    const value = given.get(option);
    if (value !== undefined && typeof value !== type) throw invalid(`options.${option}`, expected, value);
  }
  const size = given.get('size');
  if (size !== undefined && !(typeof size === 'number' && size >= SMALLEST && size <= LARGEST)) {
    throw invalid('options.size', `a share of the page from ${SMALLEST} to ${LARGEST}`, size);
  }
}
