// biome-ignore-all lint/a11y/useSemanticElements: a live region is no <output>
import {
  type KeyboardEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { StoreSource } from '../store/canvas-source.js';
import type { PanelStore } from '../store/panel-store.js';
import { problemsUpTo } from '../store/problems.js';
import { Retries } from '../store/retries.js';
import { CanvasSlot } from '../views/canvas-slot.js';
import { HumansView } from '../views/humans-view.js';
import { MessagesView } from '../views/messages-view.js';
import { ProblemsView } from '../views/problems-view.js';
import { PublishDialog } from '../views/publish-dialog.js';
import { StateView } from '../views/state-view.js';
import { useFocusKeeper } from './focus-keeper.js';
import { Icon } from './icons.js';
import { mediaQuery } from './media-query.js';
import { MomentNotice } from './moment-notice.js';
import { DARK, LIGHT } from './palette.js';
import { nothingKept, type PanelContext, PanelProvider, usePanel, useStore } from './panel-context.js';
import { PanelRoot, useDark } from './panel-root.js';
import { type Preferences, VIEWS, type ViewName } from './preferences.js';
import { Resizer } from './resizer.js';
import { TimeBar } from './time-bar.js';
import { Toolbar } from './toolbar.js';

export interface ShellProps {
  readonly store: PanelStore;
  readonly initial: Preferences;
  /** Whether somebody has just opened it, and goes on by keyboard from here. */
  readonly takesFocus: boolean;
  /** Told of every change, so that the element outside can follow. */
  onChange(preferences: Preferences): void;
}

const reduced = mediaQuery('(prefers-reduced-motion: reduce)');

/** The whole panel. */
export function Shell({ store, initial, takesFocus, onChange }: ShellProps): ReactElement {
  const [preferences, setPreferences] = useState(initial);
  const [kept] = useState(nothingKept);
  const [notice, setNotice] = useState<{ readonly text: string; readonly bad: boolean } | undefined>();
  const [composed, setComposed] = useState<
    { readonly channel: string; readonly payload: string } | undefined
  >();
  const reducedMotion = useSyncExternalStore(reduced.subscribe, reduced.matches, () => false);
  const isDark = useDark(preferences.theme);
  const source = useMemo(() => new StoreSource(store), [store]);
  const retries = useMemo(() => new Retries((node) => store.command({ name: 'retry', node })), [store]);

  useEffect(() => {
    store.connect();
    return () => store.disconnect();
  }, [store]);
  useEffect(() => {
    onChange(preferences);
  }, [preferences, onChange]);

  const change = useCallback(
    (some: Partial<Preferences>): void => setPreferences((before) => ({ ...before, ...some })),
    [],
  );
  const notify = useCallback((text: string, bad = false): void => setNotice({ text, bad }), []);
  const dismiss = useCallback((): void => setNotice(undefined), []);
  const compose = useCallback((channel = '', payload = '{}'): void => setComposed({ channel, payload }), []);
  const context = useMemo<PanelContext>(
    () => ({
      store,
      source,
      retries,
      palette: isDark ? DARK : LIGHT,
      reducedMotion,
      preferences,
      kept,
      change,
      notify,
      open: (view) => change({ view }),
      compose,
    }),
    [store, source, retries, isDark, reducedMotion, preferences, kept, change, notify, compose],
  );

  return (
    <PanelProvider value={context}>
      <PanelRoot preferences={preferences}>
        <Toolbar />
        <Gap />
        <Tabs takesFocus={takesFocus} />
        <View />
        <MomentNotice />
        <TimeBar />
        <Toast notice={notice} dismiss={dismiss} />
        <Resizer />
        {composed && <PublishDialog {...composed} close={() => setComposed(undefined)} />}
      </PanelRoot>
    </PanelProvider>
  );
}

const TITLES: Readonly<Record<ViewName, string>> = {
  graph: 'Graph',
  tree: 'Tree',
  timeline: 'Timeline',
  messages: 'Messages',
  state: 'State',
  humans: 'Humans',
  problems: 'Problems',
};

function Tabs({ takesFocus }: Pick<ShellProps, 'takesFocus'>): ReactElement {
  const store = useStore();
  const { preferences, open } = usePanel();
  const waiting = store.state.humans.size;
  // Of dead letters from before anybody watched nothing is recorded, and they wait all the same.
  const problems = Math.max(
    problemsUpTo(store.recording?.problems ?? [], store.seq),
    store.state.tree.data.deadLetters.size,
  );
  const list = useRef<HTMLDivElement>(null);
  const { view: current } = preferences;
  useEffect(() => {
    const tab = list.current?.querySelector(`[data-view="${current}"]`);
    tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  useEffect(() => {
    if (takesFocus) list.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  }, [takesFocus]);
  const walk = (event: KeyboardEvent<HTMLElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = VIEWS[(VIEWS.indexOf(preferences.view) + by + VIEWS.length) % VIEWS.length];
    if (!next) return;
    open(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-view="${next}"]`)?.focus();
  };
  return (
    <div ref={list} className="tabs" role="tablist" aria-label="Views" onKeyDown={walk}>
      {VIEWS.map((view) => (
        <button
          key={view}
          type="button"
          role="tab"
          id={`tab-${view}`}
          className="tab"
          data-view={view}
          aria-selected={preferences.view === view}
          aria-controls="view"
          tabIndex={preferences.view === view ? 0 : -1}
          onClick={() => open(view)}
        >
          {TITLES[view]}
          {view === 'humans' && waiting > 0 && <span className="count">{waiting}</span>}
          {view === 'problems' && problems > 0 && (
            <span className="count bad">{problems > 999 ? '999+' : problems}</span>
          )}
        </button>
      ))}
    </div>
  );
}

function View(): ReactElement {
  const store = useStore();
  const { preferences } = usePanel();
  const { view } = preferences;
  const panel = useFocusKeeper();
  return (
    <div {...panel} className="view" role="tabpanel" id="view" aria-labelledby={`tab-${view}`} tabIndex={-1}>
      {store.foreignVersion !== undefined ? (
        <p className="empty">
          <strong>Another version</strong>The executor speaks version {store.foreignVersion} of the
          inspector’s frames, which this panel does not know. Update the panel.
        </p>
      ) : !store.recording ? (
        <p className="empty">
          <strong>Connecting…</strong>Waiting for the executor to answer.
        </p>
      ) : view === 'messages' ? (
        <MessagesView />
      ) : view === 'state' ? (
        <StateView />
      ) : view === 'humans' ? (
        <HumansView />
      ) : view === 'problems' ? (
        <ProblemsView />
      ) : (
        <CanvasSlot key={view} view={view} />
      )}
    </div>
  );
}

/** Says that the recording has a hole, until that has been seen. */
function Gap(): ReactElement | null {
  const store = useStore();
  const gap = store.gaps.at(-1);
  if (!gap) return null;
  return (
    <div className="notice">
      {gap.reason === 'slow'
        ? `The panel could not keep up: events before ${gap.to} are not recorded.`
        : 'The executor loaded another state: the recording starts there.'}
      <span className="spacer" />
      <button type="button" className="button" onClick={() => store.forgetGaps()}>
        Fine
      </button>
    </div>
  );
}

/** What became of a command. Good news goes by itself; it lies over the view, so that nothing jumps. */
function Toast({
  notice,
  dismiss,
}: {
  readonly notice: { readonly text: string; readonly bad: boolean } | undefined;
  dismiss(): void;
}): ReactElement {
  useEffect(() => {
    if (!notice || notice.bad) return undefined;
    const timer = setTimeout(dismiss, TOAST_MS);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  return (
    <div role="status" aria-live="polite">
      {notice && (
        <div className={notice.bad ? 'toast bad' : 'toast'}>
          {notice.text}
          <button
            type="button"
            className="icon-button"
            aria-label="Dismiss"
            title="Dismiss"
            onClick={dismiss}
          >
            <Icon name="close" size={13} />
          </button>
        </div>
      )}
    </div>
  );
}

const TOAST_MS = 8000;
