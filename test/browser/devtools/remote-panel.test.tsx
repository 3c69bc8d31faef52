import { createRoot } from 'react-dom/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { portWatcherEnd, type WatcherEnd } from '../../../core/inspection/index.js';
import { DaggerDevtools, mountDevtools } from '../../../devtools/index.js';
import { overText } from './over-text.js';
import type { WatchOrders } from './watched-worker.js';
import WatchedWorker from './watched-worker.js?worker';

/** The panel's code loads lazily, from a server that may be busy. */
const WAIT = { timeout: 15_000 };

/** An executor in a worker: the link to it, and what its last agent was given. */
function worker(name: string, asText: boolean): { link: WatcherEnd; heard: unknown[] } {
  const worker = new WatchedWorker();
  onTestFinished(() => worker.terminate());
  const heard: unknown[] = [];
  worker.onmessage = ({ data }) => heard.push(data);
  const { port1, port2 } = new MessageChannel();
  const orders: WatchOrders = { inspect: port2, name, asText };
  worker.postMessage(orders, [port2]);
  return { link: asText ? overText(port1) : portWatcherEnd(port1), heard };
}

function place(): HTMLElement {
  localStorage.clear();
  const element = document.createElement('div');
  document.body.append(element);
  onTestFinished(() => element.remove());
  return element;
}

const panelIn = (element: HTMLElement): ParentNode | null | undefined =>
  element.querySelector('dagger-devtools')?.shadowRoot;

const press = (element: HTMLElement, label: string): void =>
  panelIn(element)?.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.click();

const brandIn = (element: HTMLElement): string | null | undefined =>
  panelIn(element)?.querySelector('.brand')?.textContent;

test.each([
  ['a port', false],
  ['text', true],
])(
  'over %s, the panel shows an executor in a worker, tells it what to do, and comes back to it',
  async (_, asText) => {
    const { link, heard } = worker('in a worker', asText);
    const element = place();
    const mounted = mountDevtools(element, { link, open: true, view: 'state' });
    onTestFinished(() => mounted.unmount());
    const text = (): string => panelIn(element)?.querySelector('.panel')?.textContent ?? '';
    await vi.waitFor(() => expect(text()).toContain('2 agents'), WAIT);
    expect(brandIn(element)).toBe('in a worker');
    expect(text()).toContain('hidden');
    expect(text()).not.toContain('a secret');

    press(element, 'Pause the executor');
    await vi.waitFor(
      () => expect(panelIn(element)?.querySelector('[aria-label="Resume the executor"]')).toBeTruthy(),
      WAIT,
    );
    press(element, 'Resume the executor');
    await vi.waitFor(
      () => expect(panelIn(element)?.querySelector('[aria-label="Pause the executor"]')).toBeTruthy(),
      WAIT,
    );

    // Closed and opened again, it watches again.
    mounted.close();
    await vi.waitFor(() => expect(panelIn(element)?.querySelector('.opener')).toBeTruthy(), WAIT);
    link.send({
      v: 1,
      type: 'command',
      id: 900,
      command: { name: 'publish', channel: 'in', payload: 'hello' },
    });
    await vi.waitFor(() => expect(heard).toEqual(['hello']), WAIT);
    mounted.open();
    await vi.waitFor(() => expect(text()).toContain('2 agents'), WAIT);
  },
);

test('another link mounts the component anew', async () => {
  const element = place();
  const root = createRoot(element);
  onTestFinished(() => root.unmount());
  for (const name of ['first', 'second']) {
    root.render(<DaggerDevtools link={worker(name, false).link} open />);
    await vi.waitFor(() => expect(brandIn(element)).toBe(name), WAIT);
    expect(element.querySelectorAll('dagger-devtools')).toHaveLength(1);
  }
});
