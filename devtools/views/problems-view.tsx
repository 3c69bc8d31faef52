// biome-ignore-all lint/a11y/useSemanticElements: a group of buttons is no <fieldset>
import { type ReactElement, useState, useSyncExternalStore } from 'react';
import { clock, count } from '../panel/format.js';
import { useActivity, usePanel, useStore } from '../panel/panel-context.js';
import { type Problem, problemsUpTo } from '../store/problems.js';
import type { RetryResult } from '../store/retries.js';
import { unreachable } from '../store/unreachable.js';
import { ErrorNote } from './error-note.js';
import { Status } from './status.js';

const KINDS = ['failed', 'invalid', 'retrying', 'dropped', 'refused', 'run'] as const;
const WORDS: Readonly<Record<Problem['kind'], string>> = {
  failed: 'Failed',
  invalid: 'Bad input',
  retrying: 'Retrying',
  dropped: 'Dropped',
  refused: 'Refused',
  run: 'Runs',
};
/** Problems in the list at a time. */
const PAGE = 100;

/** Whether it is not known yet where it happened. */
function isUnplaced({ kind, node }: Problem): boolean {
  return node === 0 && kind !== 'run' && kind !== 'refused';
}

/** What went wrong, newest first, and what can be done about it. */
export function ProblemsView(): ReactElement {
  const store = useStore();
  const { notify, retries } = usePanel();
  const progress = useSyncExternalStore(retries.subscribe, retries.getProgress, () => undefined);
  const [kind, setKind] = useState<Problem['kind'] | undefined>();
  const [shown, setShown] = useState(PAGE);
  const recorded = store.recording?.problems ?? [];
  const problems = recorded.slice(0, problemsUpTo(recorded, store.seq));
  // Where they happened is gathered with everything else; without problems, nothing need be.
  useActivity(problems.some(isUnplaced));
  const letters = new Map([...store.state.tree.deadLetters()].map((letter) => [letter.number, letter]));
  const listed = problems.filter((problem) => kind === undefined || problem.kind === kind);
  const groups = grouped(listed);
  const whyNot = unreachable(store) ?? (store.live ? undefined : 'Go back to live to retry.');
  const mayRetry = whyNot === undefined && !progress;
  const retry = async (ids: readonly string[]): Promise<void> => {
    const result = await retries.run(ids);
    if (result) notify(wordsFor(result), result.failures.length > 0);
  };
  // Dead letters from before anybody watched have no event here; they are listed all the same.
  const seen = new Set(problems.map(({ node }) => node));
  const older = [...letters.values()].filter(({ number }) => !seen.has(number));
  const more = Math.max(0, groups.length - shown) + Math.max(0, older.length - shown);
  return (
    <>
      <div className="viewbar" hidden={problems.length === 0 && letters.size === 0}>
        <div className="filters" role="group" aria-label="Kinds of problems" hidden={problems.length === 0}>
          <button
            type="button"
            className="button"
            aria-pressed={kind === undefined}
            onClick={() => setKind(undefined)}
          >
            All <span className="dim">{count(problems.length)}</span>
          </button>
          {KINDS.map((each) => {
            const total = problems.reduce((sum, problem) => sum + Number(problem.kind === each), 0);
            return total === 0 && kind !== each ? null : (
              <button
                key={each}
                type="button"
                className="button"
                aria-pressed={kind === each}
                onClick={() => setKind(each)}
              >
                {WORDS[each]} <span className="dim">{count(total)}</span>
              </button>
            );
          })}
        </div>
        <span className="spacer" />
        {letters.size > 0 && whyNot && <span className="dim">{whyNot}</span>}
        {(letters.size > 0 || progress) && (
          <button
            type="button"
            className="button"
            disabled={!mayRetry}
            onClick={() => retry([...letters.values()].map(({ id }) => id))}
          >
            {progress
              ? `Retrying, ${count(progress.done)} of ${count(progress.total)}`
              : letters.size === 1
                ? 'Retry the dead letter'
                : `Retry all ${count(letters.size)} dead letters`}
          </button>
        )}
      </div>
      <div className="scroll">
        {listed.length === 0 && older.length === 0 && (
          <p className="empty">
            <strong>No problems</strong>Failures, drops, refused publishes and dead letters are listed here.
          </p>
        )}
        {listed.length > 0 && (
          <ul className="problems">
            {groups.slice(0, shown).map(({ problem, times }) => (
              <ProblemItem
                key={problem.seq}
                problem={problem}
                times={times}
                deadLetter={problem.kind === 'retrying' ? undefined : letters.get(problem.node)?.id}
                retry={mayRetry ? retry : undefined}
              />
            ))}
          </ul>
        )}
        {older.length > 0 && (
          <h2>
            {count(older.length)} dead {older.length === 1 ? 'letter' : 'letters'} from before the panel
            watched
          </h2>
        )}
        {older.length > 0 && (
          <ul className="problems">
            {older.slice(0, shown).map((letter) => (
              <ProblemItem
                key={`node ${letter.number}`}
                times={1}
                problem={{
                  seq: 0,
                  at: letter.startedAt,
                  kind: letter.status === 'invalid' ? 'invalid' : 'failed',
                  agent: letter.agent,
                  channel: letter.channel,
                  node: letter.number,
                  error: letter.errors.at(-1),
                }}
                deadLetter={letter.id}
                retry={mayRetry ? retry : undefined}
              />
            ))}
          </ul>
        )}
        {more > 0 && (
          <button type="button" className="button" onClick={() => setShown(shown + PAGE * 5)}>
            {count(more)} more
          </button>
        )}
      </div>
    </>
  );
}

function wordsFor({ delivered, failures: [first, ...others] }: RetryResult): string {
  if (first === undefined)
    return delivered === 1 ? 'Delivered once more.' : `${count(delivered)} delivered once more.`;
  if (delivered === 0 && others.length === 0) return first;
  return `${count(delivered)} delivered, ${count(others.length + 1)} could not: ${first}`;
}

interface ProblemGroup {
  /** The newest of them. */
  readonly problem: Problem;
  readonly times: number;
}

/** Newest first; what happened again and again without anything else between is one line. What can be retried never is. */
function grouped(problems: readonly Problem[]): ProblemGroup[] {
  const groups: { problem: Problem; times: number }[] = [];
  for (const problem of problems.toReversed()) {
    const last = groups.at(-1);
    if (last && isSame(last.problem, problem)) last.times++;
    else groups.push({ problem, times: 1 });
  }
  return groups;
}

function isSame(left: Problem, right: Problem): boolean {
  if (left.kind !== right.kind || left.agent !== right.agent || left.channel !== right.channel) return false;
  return left.kind !== 'failed' && left.kind !== 'invalid' && left.error?.message === right.error?.message;
}

function ProblemItem({
  problem,
  times,
  deadLetter,
  retry,
}: {
  readonly problem: Problem;
  readonly times: number;
  readonly deadLetter: string | undefined;
  /** Undefined while nothing can be retried. */
  readonly retry: ((ids: readonly string[]) => Promise<void>) | undefined;
}): ReactElement {
  const { store, open } = usePanel();
  const status = problem.kind === 'run' ? 'failed' : problem.kind;
  const node = store.state.tree.get(problem.node);
  const channel = problem.channel || node?.channel;
  return (
    <li className="problem" ref={(element) => element?.style.setProperty('--dot', `var(--status-${status})`)}>
      <div className="where">
        <Status name={status}>{WORDS[problem.kind]}</Status>
        {times > 1 && <span className="times">×{count(times)}</span>}
        {problem.agent && <span className="chip agent">{problem.agent}</span>}
        {channel && <span className="chip channel">{channel}</span>}
        <span className="dim mono">
          {problem.seq > 0 ? `#${count(problem.seq)} · ` : ''}
          {clock(problem.at)}
        </span>
        {deadLetter !== undefined && <span className="chip">dead letter</span>}
      </div>
      <div className="actions">
        {problem.seq > 0 && (
          <button type="button" className="button" onClick={() => store.seek(problem.seq)}>
            Go there
          </button>
        )}
        {node && (
          <button
            type="button"
            className="button"
            onClick={() => {
              store.select({ kind: 'node', node: problem.node });
              open('messages');
            }}
          >
            Message
          </button>
        )}
        {deadLetter !== undefined && (
          <button
            type="button"
            className="button primary"
            disabled={!retry}
            onClick={() => retry?.([deadLetter])}
          >
            Retry
          </button>
        )}
      </div>
      {problem.error && <ErrorNote error={problem.error} />}
    </li>
  );
}
