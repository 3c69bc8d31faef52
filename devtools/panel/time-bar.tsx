// biome-ignore-all lint/a11y/useSemanticElements: a group of controls is no <fieldset>
import { type ReactElement, useMemo } from 'react';
import { clock, count } from './format.js';
import { Icon, type IconName } from './icons.js';
import { usePanel, useStore } from './panel-context.js';

/** Marks of problems shown under the slider, at most. */
const MOST_MARKS = 200;
const SPEEDS = [0.1, 0.5, 1, 2, 10, 100] as const;

/** Goes through the run: every view shows the state as it was at the event that the slider is at. */
export function TimeBar(): ReactElement {
  const store = useStore();
  const { notify } = usePanel();
  const { player, first, last, seq, live } = store;
  const nothing = last <= first;
  const failure = (direction: 1 | -1): void => {
    if (!player.toFailure(direction))
      notify(direction > 0 ? 'No failure after this.' : 'No failure before this.');
  };
  const when = store.recording && !nothing ? clock(store.recording.log.timeOf(seq)) : '';
  const control = (
    label: string,
    icon: IconName,
    run: () => void,
    atEnd = false,
    className = '',
  ): ReactElement => (
    <button
      type="button"
      className={`icon-button ${className}`}
      title={label}
      aria-label={label}
      disabled={nothing}
      // Whoever has just pressed it for the last time keeps the focus.
      aria-disabled={atEnd}
      onClick={() => atEnd || run()}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <footer className="timebar" role="group" aria-label="Time">
      {control('Previous failure', 'failureBack', () => failure(-1), false, 'hide-narrow')}
      {control('One event back', 'stepBack', () => player.step(-1), seq <= first)}
      {control(player.playing ? 'Stop playing' : 'Play', player.playing ? 'pause' : 'play', () =>
        player.playing ? player.stop() : player.play(),
      )}
      {control('One event on', 'step', () => player.step(1), live || seq >= last)}
      {control('Next failure', 'failure', () => failure(1))}
      <select
        className="field speed hide-narrow"
        aria-label="Speed of playing"
        defaultValue={1}
        onChange={({ target }) => {
          player.speed = Number(target.value);
        }}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={speed}>
            {speed}×
          </option>
        ))}
      </select>
      <div className="slider">
        <input
          type="range"
          aria-label="Event that is shown"
          aria-valuetext={live ? `live, event ${seq}` : `event ${seq} of ${last}, ${when}`}
          // With nothing to go through, the knob rests at the end: the present.
          min={nothing ? 0 : first}
          max={nothing ? 1 : last}
          value={nothing ? 1 : seq}
          disabled={nothing}
          onChange={({ target }) => {
            player.stop();
            store.seek(Number(target.value));
          }}
        />
        <FailureMarks />
      </div>
      <span className="moment">
        {store.seeking ? `folding… ${Math.round(store.foldedShare * 100)} %` : count(seq)}
        <span className="hide-narrow">{store.seeking || when === '' ? '' : ` · ${when}`}</span>
      </span>
      <button
        type="button"
        className="button"
        aria-pressed={live}
        disabled={store.imported}
        title="Follow what happens now"
        onClick={() => {
          player.stop();
          store.seek('live');
        }}
      >
        <span className="live-dot" aria-hidden="true" />
        Live
      </button>
    </footer>
  );
}

function FailureMarks(): ReactElement {
  const store = useStore();
  const problems = store.recording?.problems;
  const { first, last } = store;
  const total = problems?.length ?? 0;
  // Marks move with every batch; two hundred of them, ten times a second, is what it may cost.
  const marks = useMemo(() => {
    const places = new Set<number>();
    const step = Math.max(1, Math.ceil(total / MOST_MARKS));
    for (let index = 0; index < total; index += step) {
      const problem = problems?.[index];
      if (problem) places.add(Math.round(((problem.seq - first) / Math.max(1, last - first)) * 500) / 5);
    }
    return [...places];
  }, [problems, total, first, last]);
  return (
    <div className="ticks" aria-hidden="true">
      {marks.map((place) => (
        <i key={place} style={{ left: `${place}%` }} />
      ))}
    </div>
  );
}
