import {
  type Context,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { JsonValue } from '../../core/json.js';
import type { StoreSource } from '../store/canvas-source.js';
import type { PanelStore } from '../store/panel-store.js';
import type { Retries } from '../store/retries.js';
import type { ListPlace } from '../views/virtual-list.js';
import type { Palette } from './palette.js';
import type { Preferences, ViewName } from './preferences.js';

/** What somebody has entered and chosen in the views: they go with their tab, and this is there when it is opened again. */
export interface Kept {
  filter: string;
  /** The events of the message that is looked at, and of the one it is compared with. */
  selected: number | undefined;
  compared: number | undefined;
  readonly place: ListPlace;
  /** Answers begun, by the id of the question. */
  readonly answers: Map<string, AnswerDraft>;
  /** Messages begun, by what they began with. */
  readonly messages: Map<string, MessageDraft>;
}

/** An answer that has not been sent. */
export interface AnswerDraft {
  readonly value: JsonValue | undefined;
  /** What is written where not all of it is part of the value, by the field's place in the form: half a piece of JSON. */
  readonly texts: Map<string, string>;
}

/** A message that has not been published. */
export interface MessageDraft {
  readonly channel: string;
  readonly payload: string;
}

export function nothingKept(): Kept {
  return {
    filter: '',
    selected: undefined,
    compared: undefined,
    place: { follows: true, offset: 0 },
    answers: new Map(),
    messages: new Map(),
  };
}

/** What every part of the panel may use. */
export interface PanelContext {
  readonly store: PanelStore;
  readonly source: StoreSource;
  /** Goes on in whichever view the user looks at meanwhile. */
  readonly retries: Retries;
  readonly palette: Palette;
  readonly reducedMotion: boolean;
  readonly preferences: Preferences;
  readonly kept: Kept;
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

/** A state that is still there when its view is opened again. */
export function useKept<Name extends 'filter' | 'selected' | 'compared'>(
  name: Name,
): readonly [Kept[Name], (value: Kept[Name]) => void] {
  const { kept } = usePanel();
  const [value, setValue] = useState(kept[name]);
  const keep = useCallback(
    (next: Kept[Name]): void => {
      kept[name] = next;
      setValue(next);
    },
    [kept, name],
  );
  return [value, keep];
}

/**
 * The caller shows what is gathered from the events (messages, invocations, where problems happened): while it is there,
 * that is kept up to date also in a flood of events, in which it would wait otherwise.
 */
export function useActivity(isShown = true): void {
  const { store } = usePanel();
  useEffect(() => (isShown ? store.gathering.watch() : undefined), [store, isShown]);
}
