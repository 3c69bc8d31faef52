import { type ReactElement, useSyncExternalStore } from 'react';
import type { PanelStore } from '../store/panel-store.js';
import { unreachable } from '../store/unreachable.js';
import { count, rate, reasonOf } from './format.js';
import { Icon } from './icons.js';
import { mediaQuery } from './media-query.js';
import { Menu, type MenuEntry } from './menu.js';
import { usePanel, useStore } from './panel-context.js';
import { DOCKS, NARROW, THEMES } from './preferences.js';
import { downloadDot, exportRun, importRun } from './run-file.js';

const narrow = mediaQuery(NARROW);

/** What is watched, its state in figures, and what can be done to it. */
export function Toolbar(): ReactElement {
  const store = useStore();
  const { notify, compose, change } = usePanel();
  const { paused } = store.state;
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    try {
      await what();
    } catch (thrown) {
      notify(reasonOf(thrown), true);
    }
  };
  const why = unreachable(store);
  const unavailable = why !== undefined;
  return (
    <header className="toolbar">
      <div className="brand">
        <Icon name="brand" size={17} />
        <span title={store.name}>{store.name || 'Dagger'}</span>
      </div>
      <div className="divider hide-narrow" />
      <div role="toolbar" aria-label="Executor" style={{ display: 'flex', gap: 2 }}>
        <button
          type="button"
          className="icon-button"
          title={why ?? (paused ? 'Resume' : 'Pause')}
          aria-label={paused ? 'Resume the executor' : 'Pause the executor'}
          aria-pressed={paused}
          disabled={unavailable}
          onClick={() => act(() => store.command({ name: paused ? 'resume' : 'pause' }))}
        >
          <Icon name={paused ? 'play' : 'pause'} />
        </button>
        <button
          type="button"
          className="icon-button"
          title={why ?? 'Start one delivery'}
          aria-label="Start one delivery"
          disabled={unavailable || !paused}
          onClick={() =>
            act(async () => {
              const result = await store.command({ name: 'step', count: 1 });
              notify(result?.started ? 'One delivery was started.' : 'Nothing waits to be started.');
            })
          }
        >
          <Icon name="step" />
        </button>
        <button
          type="button"
          className="icon-button"
          title={why ?? 'Publish a message'}
          aria-label="Publish a message"
          disabled={unavailable}
          onClick={() => compose()}
        >
          <Icon name="publish" />
        </button>
      </div>
      <Figures />
      <div className="spacer" />
      <PanelMenu />
      <button
        type="button"
        className="icon-button"
        title="Close the panel"
        aria-label="Close the panel"
        onClick={() => change({ open: false })}
      >
        <Icon name="close" />
      </button>
    </header>
  );
}

function Figures(): ReactElement {
  const store = useStore();
  const { source } = usePanel();
  const { state } = store;
  return (
    <div className="figures hide-narrow" aria-hidden="true">
      <span>
        <b>{rate(source.messageRate)}</b> msg/s
      </span>
      <span>
        <b>{count(state.unfinished.length)}</b> unfinished
      </span>
      <span>
        <b>{count(state.agents.size)}</b> {state.agents.size === 1 ? 'agent' : 'agents'}
      </span>
      <span>{doing(store)}</span>
    </div>
  );
}

/** In a word, what the executor does at the moment that is shown. */
function doing({ live, imported, acks, state }: PanelStore): string {
  if (live && !imported && acks.over) return acks.over;
  if (state.paused) return 'paused';
  const runs = state.runningRuns().length;
  return runs > 0 ? `${runs} ${runs === 1 ? 'run' : 'runs'} going` : 'no run';
}

function PanelMenu(): ReactElement {
  const { store, preferences, change, notify } = usePanel();
  const isNarrow = useSyncExternalStore(narrow.subscribe, narrow.matches, () => false);
  const dock = DOCKS.map(
    (name): MenuEntry => ({
      label: name === 'fill' ? 'Fill its element' : `At the ${name}`,
      checked: preferences.dock === name,
      run: () => change({ dock: name }),
    }),
  );
  const theme = THEMES.map(
    (name): MenuEntry => ({
      label: name === 'system' ? 'As the system' : name === 'light' ? 'Light' : 'Dark',
      checked: preferences.theme === name,
      run: () => change({ theme: name }),
    }),
  );
  const report = (what: () => Promise<string>) => (): void => {
    what().then(notify, (thrown: unknown) => notify(reasonOf(thrown), true));
  };
  return (
    <Menu
      label="Panel menu"
      groups={[
        {
          title: 'Run',
          entries: [
            { label: 'Export this run…', run: report(() => exportRun(store)) },
            { label: 'Open an exported run…', run: report(() => importRun(store)) },
            { label: 'Download the tree as DOT', run: report(() => downloadDot(store)) },
            ...(store.imported ? [{ label: 'Back to the executor', run: () => store.leaveImport() }] : []),
          ],
        },
        // Where there is room for nothing else, a side to dock to is no choice.
        ...(isNarrow && preferences.dock !== 'fill' ? [] : [{ title: 'Dock', entries: dock }]),
        { title: 'Theme', entries: theme },
      ]}
    />
  );
}
