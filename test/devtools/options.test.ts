import { expect, test } from 'vitest';
import { checkOptions } from '../../devtools/panel/check-options.js';

const executor = { subscribe: () => () => {} };
const link = { send() {}, onFrame: () => () => {} };

test('the options of the panel are checked, and the one at fault is named', () => {
  const faultOf = (options: unknown): unknown => {
    try {
      checkOptions(options);
      return undefined;
    } catch (thrown) {
      return thrown;
    }
  };
  const everything = {
    executor,
    name: 'mine',
    nonce: 'n',
    open: true,
    dock: 'fill',
    size: 0.5,
    theme: 'dark',
  };
  expect(faultOf({ ...everything, view: 'tree', redact: () => '' })).toBeUndefined();
  expect(faultOf({ executor, link: undefined, dock: undefined, size: undefined })).toBeUndefined();
  expect(faultOf({ link, name: 'mine', open: true })).toBeUndefined();
  for (const [fault, field, expected] of [
    [undefined, 'options', 'an object of options'],
    [{}, 'options.executor', 'an executor'],
    [{ executor: {} }, 'options.executor', 'an executor'],
    [{ link: {} }, 'options.link', 'the watcher’s end of a link'],
    [{ link, executor }, 'options.executor', 'none beside a link'],
    [{ link, redact: () => '' }, 'options.redact', 'none beside a link: attachInspector takes it'],
    [{ executor, dock: 'nonsense' }, 'options.dock', 'one of bottom, right, left, top, fill'],
    [{ executor, theme: 'pink' }, 'options.theme', 'one of system, light, dark'],
    [{ executor, view: 'graphs' }, 'options.view', /^one of graph, tree/],
    [{ executor, size: 50 }, 'options.size', 'a share of the page from 0.15 to 0.95'],
    [{ executor, open: 'yes' }, 'options.open', 'true or false'],
    [{ executor, docks: 'left' }, 'options.docks', /^one of the options executor/],
  ] as const) {
    const details = {
      field,
      expected: typeof expected === 'string' ? expected : expect.stringMatching(expected),
    };
    expect(faultOf(fault)).toMatchObject({ code: 'VALIDATION_ERROR', details });
  }
});
