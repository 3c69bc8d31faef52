import { type Context, createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import type { StoreSource } from '../store/canvas-source.js';
import type { PanelStore } from '../store/panel-store.js';
import type { Retries } from '../store/retries.js';
import type { Palette } from './palette.js';
import type { Preferences, ViewName } from './preferences.js';

/** What every part of the panel may use. */
export interface PanelContext {
  readonly store: PanelStore;
  readonly source: StoreSource;
  /** Goes on in whichever view the user looks at meanwhile. */
  readonly retries: Retries;
  readonly palette: Palette;
  readonly reducedMotion: boolean;
  readonly preferences: Preferences;
  change(change: Partial<Preferences>): void;
  /** Says something to the user, in the notice line and to screen readers. */
  notify(text: string, bad?: boolean): void;
  open(view: ViewName): void;
  /** Opens the dialog to publish by hand, with a channel and a payload to begin with. */
  compose(channel?: string, payload?: string): void;
}

const Current: Context<PanelContext | undefined> = createContext<PanelContext | undefined>(undefined);
export const PanelProvider: Context<PanelContext | undefined>['Provider'] = Current.Provider;

export function usePanel(): PanelContext {
  const context = useContext(Current);
  if (!context) throw new Error('a part of the panel was rendered outside of it');
  return context;
}

/** The store; the caller is rendered again when it changes, once in a frame at most. */
export function useStore(): PanelStore {
  const { store } = usePanel();
  useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  return store;
}

/**
 * The caller shows what is gathered from the events (messages, invocations, where problems happened): while it is there,
 * that is kept up to date also in a flood of events, in which it would wait otherwise.
 */
export function useActivity(isShown = true): void {
  const { store } = usePanel();
  useEffect(() => (isShown ? store.gathering.watch() : undefined), [store, isShown]);
}
