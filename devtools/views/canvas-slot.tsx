// biome-ignore-all lint/a11y/useSemanticElements: a live region is no <output>
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { counted } from '../canvas/numbers.js';
import type { AccessibleItem, CanvasView } from '../canvas-contract.js';
import { count, reasonOf } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { canvasTheme } from '../panel/palette.js';
import { usePanel, useStore } from '../panel/panel-context.js';
import { download } from '../panel/run-file.js';
import { FramePace } from '../store/frame-pace.js';
import type { PanelStore } from '../store/panel-store.js';
import { type DrawnView, loadDrawnView } from './drawn-views.js';
import { NodeDetail } from './node-detail.js';
import { Outline } from './outline.js';
import { Side } from './side.js';

const LABELS: Readonly<Record<DrawnView, string>> = {
  graph: 'Graph of agents and channels',
  tree: 'Execution tree',
  timeline: 'Timeline of invocations',
};

/** A drawn view with what React does for it: size, frames, theme, search, selection, and the same in words. */
export function CanvasSlot({ view: name }: { readonly view: DrawnView }): ReactElement {
  const store = useStore();
  const { source, palette, reducedMotion, notify } = usePanel();
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<CanvasView | undefined>(undefined);
  /** What the user does is drawn at once, and what a resized canvas has lost; news when there is time. */
  const requestDraw = useRef<(urgent: boolean) => void>(() => undefined);
  const [ready, setReady] = useState(false);
  const [outline, setOutline] = useState(false);
  const [text, setText] = useState('');
  const [matches, setMatches] = useState(0);
  // The view is made once; later themes are handed to it.
  const first = useRef({ theme: canvasTheme(palette), reducedMotion });

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    let gone = false;
    let made: CanvasView | undefined;
    const pace = new FramePace(
      () => made?.draw(performance.now()) ?? false,
      () => store.frameGap,
    );
    requestDraw.current = (urgent) => pace.request(urgent);
    const resize = (): void => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth === 0 || clientHeight === 0) return;
      made?.resize(clientWidth, clientHeight, devicePixelRatio);
      requestDraw.current(true);
    };
    const observer = new ResizeObserver(resize);
    loadDrawnView(name).then(
      (create) => {
        if (gone) return;
        const options = { ...first.current, requestDraw: () => pace.request(true) };
        made = create(element, source, options);
        view.current = made;
        made.onSelect((selection) => store.select(selection));
        observer.observe(element);
        resize();
        made.select(store.selection);
        setReady(true);
      },
      (thrown: unknown) => notify(reasonOf(thrown), true),
    );
    return () => {
      gone = true;
      pace.stop();
      observer.disconnect();
      made?.destroy();
      view.current = undefined;
    };
  }, [name, source, store, notify]);

  useEffect(() => {
    view.current?.setTheme(canvasTheme(palette));
    view.current?.setReducedMotion(reducedMotion);
    requestDraw.current(true);
  }, [palette, reducedMotion]);
  useEffect(() => {
    if (ready) view.current?.select(store.selection);
    requestDraw.current(true);
  }, [store.selection, ready]);
  // Every change of the store is a reason to draw; the frame loop draws once, whatever the number of reasons.
  useEffect(() => requestDraw.current(false));

  const close = (): void => {
    store.select(undefined);
    // The button that was pressed goes with what it closes.
    canvas.current?.focus();
  };
  const items = ready && outline ? (view.current?.accessibleTree() ?? []) : [];
  return (
    <>
      <div className="viewbar">
        <div className="search">
          <Icon name="search" size={14} />
          <input
            className="field"
            type="search"
            aria-label={`Find in the ${name}`}
            placeholder="Find an agent, a channel, an id"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              setMatches(view.current?.search(target.value) ?? 0);
              requestDraw.current(true);
            }}
          />
        </div>
        <span className="hint" role="status">
          {text === '' ? '' : `${count(matches)} found`}
        </span>
        <button
          type="button"
          className="icon-button"
          title="Show everything"
          aria-label="Show everything"
          onClick={() => {
            view.current?.fit();
            requestDraw.current(true);
          }}
        >
          <Icon name="fit" />
        </button>
        <button
          type="button"
          className="icon-button"
          title="Save as a picture"
          aria-label="Save as a picture"
          disabled={!ready}
          onClick={() => savePicture(name, canvas.current, view.current)}
        >
          <Icon name="image" />
        </button>
        <button
          type="button"
          className="icon-button"
          title="The same in words"
          aria-label="The same in words"
          aria-pressed={outline}
          onClick={() => setOutline(!outline)}
        >
          <Icon name="list" />
        </button>
      </div>
      <div className="split">
        <div className="main">
          <div className="canvas-slot">
            <canvas ref={canvas} tabIndex={0} role="img" aria-label={`${LABELS[name]}. ${summary(items)}`} />
            {isEmpty(name, store) && (
              <p className="empty">
                <strong>{EMPTY[name].title}</strong>
                {EMPTY[name].text}
              </p>
            )}
          </div>
          {outline && (
            <Outline
              label={LABELS[name]}
              items={items}
              selection={store.selection}
              onSelect={(each) => {
                // Also what is selected already, and was moved out of sight since, is brought back into it.
                view.current?.select(undefined);
                view.current?.select(each);
                store.select(each);
              }}
            />
          )}
        </div>
        {store.selection && (
          <Side label="Selection" close={close}>
            <NodeDetail selection={store.selection} close={close} />
          </Side>
        )}
      </div>
    </>
  );
}

/** What a newcomer reads in place of an empty picture. */
const EMPTY: Readonly<Record<DrawnView, { readonly title: string; readonly text: string }>> = {
  graph: { title: 'No agents yet', text: 'Register one, and it appears here with its channels.' },
  tree: { title: 'Nothing has happened yet', text: 'What a message causes grows here, branch by branch.' },
  timeline: { title: 'Nothing has run yet', text: 'Each agent gets a lane, each invocation a bar.' },
};

function isEmpty(name: DrawnView, { state }: PanelStore): boolean {
  return name === 'graph' ? state.agents.size + state.channels.size === 0 : state.tree.size === 0;
}

function summary(items: readonly AccessibleItem[]): string {
  return items.length === 0
    ? 'Its content in words is behind “The same in words”.'
    : `${counted(items.length, 'item')}.`;
}

/** SVG where the view can draw it; PNG of what is seen otherwise. */
function savePicture(name: DrawnView, canvas: HTMLCanvasElement | null, view: CanvasView | undefined): void {
  const svg = view?.toSvg?.();
  if (svg !== undefined) {
    download(`dagger-${name}.svg`, svg, 'image/svg+xml');
    return;
  }
  canvas?.toBlob((blob) => {
    if (blob) download(`dagger-${name}.png`, blob, 'image/png');
  });
}
