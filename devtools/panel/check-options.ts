import { requireOptions } from '../../core/config.js';
import { invalid } from '../../core/errors.js';
import { DOCKS, LARGEST, SMALLEST, THEMES, VIEWS } from './preferences.js';

const KNOWN = ['executor', 'link', 'nonce', 'name', 'redact', 'open', 'dock', 'size', 'theme', 'view'];
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
  const [executor, link] = [given.get('executor'), given.get('link')];
  if (link === undefined) {
    if (!has(executor, 'subscribe')) throw invalid('options.executor', 'an executor', executor);
  } else {
    if (!has(link, 'onFrame') || !has(link, 'send'))
      throw invalid('options.link', 'the watcher’s end of a link', link);
    if (executor !== undefined) throw invalid('options.executor', 'none beside a link', executor);
    const redact = given.get('redact');
    // Values would have left the executor's side by then.
    if (redact !== undefined)
      throw invalid('options.redact', 'none beside a link: attachInspector takes it', redact);
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

function has(value: unknown, method: string): boolean {
  return typeof Reflect.get(Object(value), method) === 'function';
}
