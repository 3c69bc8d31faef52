import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Redact } from '../../core/inspection/disclosure.js';
import type { Inspected } from '../../core/inspection/inspected.js';
import { attachInspector } from '../../core/inspection/inspector.js';
import { inPageLink } from '../../core/inspection/link.js';
import { PanelStore } from '../store/panel-store.js';
import { adoptStyles } from './adopt-styles.js';
import type { Preferences } from './preferences.js';
import { Shell } from './shell.js';
import { PANEL_STYLES } from './styles.js';

export interface OpenPanelOptions {
  readonly executor: Inspected;
  readonly name?: string | undefined;
  readonly redact?: Redact | undefined;
  readonly nonce?: string | undefined;
}

/** Renders the panel into a shadow root. This module is what loads lazily: React, the store and all views hang on it. */
export function openPanel(
  root: ShadowRoot,
  { executor, name, redact, nonce }: OpenPanelOptions,
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
  react.render(
    <StrictMode>
      <Shell store={store} initial={preferences} onChange={onChange} />
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
