import { act, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { PubSubExecutor } from '../../../core/index.js';
import { DaggerDevtools, mountDevtools } from '../../../devtools/index.js';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

/** The panel's code loads lazily, from a server that may be busy. */
const WAIT = { timeout: 15_000 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  localStorage.clear();
});

async function place(): Promise<{ executor: PubSubExecutor; element: HTMLElement }> {
  const executor = await PubSubExecutor.open();
  const element = document.createElement('div');
  document.body.append(element);
  closing.push(
    () => executor.close(),
    () => element.remove(),
  );
  return { executor, element };
}

const shadow = (element: HTMLElement): ShadowRoot | null | undefined =>
  element.querySelector('dagger-devtools')?.shadowRoot;

test('the component mounts one panel, also in strict mode, and takes it away again', async () => {
  const { executor, element } = await place();
  const root = createRoot(element);
  await act(() =>
    root.render(
      <StrictMode>
        <DaggerDevtools executor={executor} name="mine" open view="state" />
      </StrictMode>,
    ),
  );
  await vi.waitFor(() => expect(shadow(element)?.querySelector('.brand')?.textContent).toBe('mine'), WAIT);
  expect(element.querySelectorAll('dagger-devtools')).toHaveLength(1);
  await act(() => root.unmount());
  expect(element.querySelector('dagger-devtools')).toBeNull();
});

test('a redact that changes holds from then on, and does not mount it anew; a name, or a first redact, does', async () => {
  const { executor, element } = await place();
  const root = createRoot(element);
  closing.push(() => act(() => root.unmount()));
  const panelOf = () => element.querySelector('dagger-devtools');
  const text = () => shadow(element)?.querySelector('.panel')?.textContent ?? '';
  const render = (name: string, shown: string | undefined) =>
    act(() =>
      root.render(
        <StrictMode>
          <DaggerDevtools
            executor={executor}
            name={name}
            open
            view="state"
            redact={shown === undefined ? undefined : (value, { kind }) => (kind === 'cache' ? shown : value)}
          />
        </StrictMode>,
      ),
    );
  const shows = (what: string) => vi.waitFor(() => expect(text()).toContain(what), WAIT);
  await render('one', 'by the first');
  executor.cache.insertGlobalValue('vault', 'gold', 'a secret');
  await shows('by the first');
  const first = panelOf();
  await render('one', 'by the second');
  executor.cache.insertGlobalValue('vault', 'silver', 'a secret');
  await shows('by the second');
  expect(panelOf()).toBe(first);
  await render('two', 'by the second');
  await vi.waitFor(() => expect(shadow(element)?.querySelector('.brand')?.textContent).toBe('two'), WAIT);
  const second = panelOf();
  expect(second).not.toBe(first);
  await render('two', undefined);
  await shows('a secret');
  expect(panelOf()).not.toBe(second);
  await render('two', 'by the last');
  await shows('by the last');
  expect(text()).not.toContain('a secret');
});

test('it works without storage, opens and closes by its handle, and watches only while it is open', async () => {
  const { executor, element } = await place();
  const getItem = vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  const setItem = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  closing.push(
    () => getItem.mockRestore(),
    () => setItem.mockRestore(),
  );
  const mounted = mountDevtools(element, { executor, view: 'state' });
  expect(shadow(element)?.querySelector('.opener')).not.toBeNull();
  mounted.open();
  executor.openChannel('news');
  await vi.waitFor(
    () => expect(shadow(element)?.querySelector('.panel')?.textContent).toContain('news'),
    WAIT,
  );
  mounted.close();
  await vi.waitFor(() => expect(shadow(element)?.querySelector('.panel')).toBeNull(), WAIT);
  expect(shadow(element)?.querySelector('.opener')).not.toBeNull();
  mounted.unmount();
  expect(element.childElementCount).toBe(0);
});

test('bad arguments are refused by name', async () => {
  const { executor, element } = await place();
  expect(() => Reflect.apply(mountDevtools, undefined, [undefined, { executor }])).toThrow(/element/);
  expect(() => Reflect.apply(mountDevtools, undefined, [element, {}])).toThrow(/options\.executor/);
});
