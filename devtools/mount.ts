import { invalid } from '../core/errors.js';
import type { Redact } from '../core/inspection/disclosure.js';
import { adoptStyles } from './panel/adopt-styles.js';
import { BASE_STYLES } from './panel/base-styles.js';
import { checkOptions } from './panel/check-options.js';
import { ICON_PATH } from './panel/opener-icon.js';
import {
  DEFAULTS,
  type Dock,
  loadPreferences,
  type Preferences,
  rememberPreferences,
  type ThemeChoice,
  type ViewName,
} from './panel/preferences.js';
import type { Watched } from './panel/watched.js';

export type DevtoolsOptions = PanelOptions & Watched;

export interface PanelOptions {
  /** For pages whose policy wants a nonce on styles, in browsers without adopted style sheets. */
  readonly nonce?: string | undefined;
  /**
   * How the executor is called in the panel; `executor` by default. At a link it is called as `attachInspector` was told, and
   * this names the round button and keeps what the user chooses apart from other panels.
   */
  readonly name?: string | undefined;
  /** Replaces values that must not be seen. Whoever gives a `link` gives it to `attachInspector`. */
  readonly redact?: Redact | undefined;
  /** Until the user chooses otherwise: closed; at the bottom; half of the page; as the system; the graph. */
  readonly open?: boolean | undefined;
  readonly dock?: Dock | undefined;
  /** Share of the page, from 0.15 to 0.95. */
  readonly size?: number | undefined;
  readonly theme?: ThemeChoice | undefined;
  readonly view?: ViewName | undefined;
}

/** What `mountDevtools` answers. */
export interface MountedDevtools {
  open(): void;
  close(): void;
  /** Takes the panel out of the page and stops watching. */
  unmount(): void;
}

const TAG = 'dagger-devtools';

/**
 * Puts the panel into a page: a round button first, the panel when it is pressed. Until then nothing of the panel is
 * loaded and the executor is not watched. It needs `react` and `react-dom` to be installed; the page need not use them.
 *
 * @param element where to put it; it matters only for `dock: 'fill'`.
 * @throws PubSubError `VALIDATION_ERROR` when the element, the executor or the link is none, or for a bad option, which is named.
 * @example mountDevtools(document.body, { executor });
 * @example mountDevtools(document.body, { link: portWatcherEnd(port) }); // the executor is where the other port is
 */
export function mountDevtools(element: Element, options: DevtoolsOptions): MountedDevtools {
  if (!(element instanceof Element)) throw invalid('element', 'an element of the page', element);
  checkOptions(options);
  if (!customElements.get(TAG)) customElements.define(TAG, DevtoolsElement);
  const host = document.createElement(TAG);
  if (!(host instanceof DevtoolsElement)) throw invalid(TAG, 'our own element under this name', host);
  host.begin(options);
  element.append(host);
  return {
    open: () => host.chooseOpen(),
    close: () => host.hide(),
    unmount: () => host.remove(),
  };
}

/** On a server there are no elements: importing this must work there all the same. It is never constructed there. */
const ElementBase: typeof HTMLElement =
  typeof HTMLElement === 'undefined' ? (class {} as unknown as typeof HTMLElement) : HTMLElement;

/** The panel's element: a shadow root of its own, so that styles leak neither in nor out. */
class DevtoolsElement extends ElementBase {
  #options: DevtoolsOptions | undefined;
  #root: ShadowRoot | undefined;
  #button: HTMLElement | undefined;
  #panel: { unmount(): void } | undefined;
  #opening = false;
  /** Somebody has opened it, rather than it being open of itself. */
  #takesFocus = false;
  /** Whether it is to be open, once it has loaded. */
  #wanted = false;
  /** Which of the round buttons of the page is its own, counted from the corner. */
  #corner = -1;

  begin(options: DevtoolsOptions): void {
    this.#options = options;
  }

  connectedCallback(): void {
    if (!this.#options) return;
    if (!this.#root) {
      this.#root = this.attachShadow({ mode: 'open' });
      adoptStyles(this.#root, BASE_STYLES, this.#options.nonce);
    }
    const others = [...document.querySelectorAll(TAG)].filter((each) => each instanceof DevtoolsElement);
    const taken = others.map((other) => other.#corner);
    this.#corner = [...taken.keys()].find((corner) => !taken.includes(corner)) ?? 0;
    if (this.#preferences().open) this.show();
    else this.#showButton();
  }

  disconnectedCallback(): void {
    this.#corner = -1;
    this.#panel?.unmount();
    this.#panel = undefined;
    this.#button?.remove();
    this.#button = undefined;
  }

  /** As somebody wished who may wish so again: it is remembered. */
  chooseOpen(): void {
    if (!this.#preferences().open) this.#remember({ open: true });
    // The button, where the focus may be, goes.
    this.#takesFocus = true;
    this.show();
  }

  show(): void {
    this.#wanted = true;
    if (this.#panel || this.#opening || !this.#root || !this.#options) return;
    this.#opening = true;
    this.#button?.setAttribute('aria-busy', 'true');
    void this.#open(this.#root, this.#options);
  }

  hide(): void {
    if (this.#preferences().open) this.#remember({ open: false });
    this.#closed();
  }

  async #open(root: ShadowRoot, options: DevtoolsOptions): Promise<void> {
    let fault = 'could not be loaded (react and react-dom must be installed)';
    try {
      const { openPanel } = await import('./panel/open-panel.js');
      if (!this.isConnected || !this.#wanted) return;
      fault = 'could not be opened';
      this.#button?.remove();
      this.#button = undefined;
      const preferences = { ...this.#preferences(), open: true };
      const takesFocus = this.#takesFocus;
      this.#panel = openPanel(root, options, { preferences, takesFocus }, () => this.#closed());
    } catch (thrown) {
      console.error(`dagger devtools ${fault}`, thrown);
    } finally {
      this.#opening = false;
      this.#button?.removeAttribute('aria-busy');
      if (this.isConnected && !this.#panel) this.#showButton();
    }
  }

  #closed(): void {
    this.#wanted = false;
    this.#takesFocus = false;
    // One that was closed already, or never opened, has no focus to give back.
    if (!this.#panel) return;
    this.#panel.unmount();
    this.#panel = undefined;
    if (!this.isConnected) return;
    this.#showButton();
    this.#root?.querySelector<HTMLElement>('.opener')?.focus();
  }

  #showButton(): void {
    if (this.#button) return;
    const root = document.createElement('div');
    const { theme, dock } = this.#preferences();
    const name = this.#options?.name;
    const label = name ? `Open the Dagger devtools: ${name}` : 'Open the Dagger devtools';
    const dark =
      theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    root.className = 'root';
    root.lang = 'en';
    root.dataset.theme = dark ? 'dark' : 'light';
    root.dataset.dock = dock;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'opener';
    button.title = label;
    button.setAttribute('aria-label', label);
    button.style.setProperty('--corner', String(this.#corner));
    button.append(icon());
    button.addEventListener('click', () => this.chooseOpen());
    root.append(button);
    this.#root?.append(root);
    this.#button = root;
  }

  #preferences(): Preferences {
    const { name, open, dock, size, theme, view } = this.#options ?? {};
    const defaults = {
      open: open ?? DEFAULTS.open,
      dock: dock ?? DEFAULTS.dock,
      size: size ?? DEFAULTS.size,
      theme: theme ?? DEFAULTS.theme,
      view: view ?? DEFAULTS.view,
    };
    return loadPreferences(defaults, name);
  }

  #remember(chosen: Partial<Preferences>): void {
    rememberPreferences(chosen, this.#options?.name);
  }
}

function icon(): SVGElement {
  const name = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(name, 'svg');
  for (const [key, value] of Object.entries({
    width: '20',
    height: '20',
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '2',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(name, 'path');
  path.setAttribute('d', ICON_PATH);
  svg.append(path);
  return svg;
}
