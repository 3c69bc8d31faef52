import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PanelStore } from '../store/panel-store.js';
import { adoptStyles } from './adopt-styles.js';
import { PanelBoundary } from './panel-boundary.js';
import {
  changedPreferences,
  DEFAULTS,
  type Preferences,
  rememberPreferences,
  type ViewName,
} from './preferences.js';
import { Shell } from './shell.js';
import { PANEL_STYLES } from './styles.js';
import { linkOf, type Watched, type WatchingOptions } from './watched.js';

export interface OpenPanelOptions extends WatchingOptions {
  readonly nonce?: string | undefined;
}

/** How it is to look when it has been opened. */
export interface Opening {
  readonly preferences: Preferences;
  /** Whether the keyboard is to be in it. */
  readonly takesFocus: boolean;
}

/** Renders the panel into a shadow root. This module is what loads lazily: React, the store and all views hang on it. */
export function openPanel(
  root: ShadowRoot,
  options: Watched & OpenPanelOptions,
  { preferences, takesFocus }: Opening,
  onClosed: () => void,
): { unmount(): void } {
  const { name, nonce } = options;
  const { watcher, detach } = linkOf(options);
  const store = new PanelStore(watcher);
  const removeStyles = adoptStyles(root, PANEL_STYLES, nonce);
  const container = document.createElement('div');
  container.style.setProperty('display', 'contents');
  root.append(container);
  const react = createRoot(container);
  /** As they were when all of it could be shown. */
  let current = preferences;
  const onChange = (changed: Preferences): void => {
    rememberPreferences(changedPreferences(current, changed), name);
    current = changed;
    // React must have finished with what it is rendering before it can be taken away.
    if (!changed.open) queueMicrotask(onClosed);
  };
  const close = (): void => {
    rememberPreferences({ open: false }, name);
    queueMicrotask(onClosed);
  };
  let failedView: ViewName | undefined;
  const again = (): void => {
    // One that fails a second time is not tried for ever.
    if (current.view === failedView) current = { ...current, view: DEFAULTS.view };
    failedView = current.view;
  };
  react.render(
    <StrictMode>
      <PanelBoundary preferences={() => current} again={again} close={close}>
        {() => <Shell store={store} initial={current} onChange={onChange} takesFocus={takesFocus} />}
      </PanelBoundary>
    </StrictMode>,
  );
  return {
    unmount() {
      react.unmount();
      store.disconnect();
      detach();
      container.remove();
      removeStyles();
    },
  };
}
