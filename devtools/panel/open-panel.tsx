import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Redact } from '../../core/inspection/disclosure.js';
import type { Inspected } from '../../core/inspection/inspected.js';
import { attachInspector } from '../../core/inspection/inspector.js';
import { inPageLink } from '../../core/inspection/link.js';
import { PanelStore } from '../store/panel-store.js';
import { adoptStyles } from './adopt-styles.js';
import { DEFAULTS, loadPreferences, type Preferences } from './preferences.js';
import { Shell } from './shell.js';
import { PANEL_STYLES } from './styles.js';

export interface OpenPanelOptions {
  readonly executor: Inspected;
  readonly name?: string | undefined;
  readonly redact?: Redact | undefined;
  readonly nonce?: string | undefined;
  /** Whether it is open until the user closes it. */
  readonly open?: boolean | undefined;
}

/** Renders the panel into a shadow root. This module is what loads lazily: React, the store and all views hang on it. */
export function openPanel(
  root: ShadowRoot,
  { executor, name, redact, nonce, open = DEFAULTS.open }: OpenPanelOptions,
  preferences: Preferences,
  onClosed: () => void,
): { unmount(): void } {
  const { inspector, watcher } = inPageLink();
  const detach = attachInspector(executor, inspector, { ...(name && { name }), ...(redact && { redact }) });
  const store = new PanelStore(watcher);
  const removeStyles = adoptStyles(root, PANEL_STYLES, nonce);
  const container = document.createElement('div');
  container.style.setProperty('display', 'contents');
  root.append(container);
  const react = createRoot(container);
  const onChange = ({ open }: Preferences): void => {
    // React must have finished with what it is rendering before it can be taken away.
    if (!open) queueMicrotask(onClosed);
  };
  // Was it not open of itself, somebody has pressed the button, which is gone, and the focus with it.
  const takesFocus = !loadPreferences({ ...DEFAULTS, open }).open;
  react.render(
    <StrictMode>
      <Shell store={store} initial={preferences} onChange={onChange} takesFocus={takesFocus} />
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
