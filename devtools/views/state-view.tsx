// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
// biome-ignore-all lint/a11y/useSemanticElements: a fieldset or a <meter> is not what these are; the roles say it
import { type ReactElement, useState } from 'react';
import type { JsonValue } from '../../core/json.js';
import { TASK_STATUSES, type Task } from '../../core/state/task.js';
import { duration } from '../canvas/numbers.js';
import { clock, count, nameList, rate } from '../panel/format.js';
import { usePanel, useStore } from '../panel/panel-context.js';
import { Channels } from './channels-table.js';
import { JsonView, preview } from './json-view.js';
import { More, useShown } from './more.js';
import { Status } from './status.js';

/** Channels that are named on the card of an agent. */
const NAMES_ON_CARD = 8;

/** What the executor knows: channels, tasks, cache, runs with their tokens, agents. */
export function StateView(): ReactElement {
  const { source } = usePanel();
  useStore();
  return (
    <div className="scroll">
      <section className="section" aria-labelledby="state-channels">
        <h2 id="state-channels">
          Channels <span className="dim">{count(source.channels().length)}</span>
        </h2>
        <Channels channels={source.channels()} />
      </section>
      <Tasks />
      <CacheEntries />
      <Runs />
      <Agents />
    </div>
  );
}

const COLUMN_TITLES = {
  pending: 'Pending',
  'in-progress': 'In progress',
  completed: 'Completed',
  failed: 'Failed',
} as const;

function Tasks(): ReactElement {
  const { state } = useStore();
  const tasks = [...state.tasks.values()];
  return (
    <section className="section" aria-labelledby="state-tasks">
      <h2 id="state-tasks">
        Tasks{' '}
        <span className="dim">
          {count(tasks.length)}
          {state.tasks.planned > 0 ? ` of ${count(state.tasks.planned)} planned` : ''}
        </span>
      </h2>
      {tasks.length === 0 ? (
        <p className="dim">No tasks so far.</p>
      ) : (
        <div className="board" role="group" aria-label="Tasks by status" tabIndex={0}>
          {TASK_STATUSES.map((status) => {
            const these = tasks.filter((task) => task.status === status);
            return <TaskColumn key={status} title={COLUMN_TITLES[status]} tasks={these} />;
          })}
        </div>
      )}
    </section>
  );
}

/** The newest tasks of one status. */
function TaskColumn({
  title,
  tasks,
}: {
  readonly title: string;
  readonly tasks: readonly Task[];
}): ReactElement {
  const [shown, showMore] = useShown();
  return (
    <div className="column" role="group" aria-label={title} tabIndex={0}>
      <h3>
        {title} <span>{count(tasks.length)}</span>
      </h3>
      {tasks.slice(-shown).map((task) => (
        <TaskCard key={task.taskId} task={task} />
      ))}
      <More left={tasks.length - shown} show={showMore} />
    </div>
  );
}

function TaskCard({ task }: { readonly task: Task }): ReactElement {
  return (
    <div className="card">
      <div className="title">
        <span>{task.taskType}</span>
        <span className="dim">
          {task.attempts}/{task.maxAttempts}
        </span>
      </div>
      <div className="dim mono">{preview(task.data, 60)}</div>
      {task.claimedBy && <div className="dim">{task.claimedBy}</div>}
    </div>
  );
}

function CacheEntries(): ReactElement {
  const { state } = useStore();
  const [wanted, setWanted] = useState('');
  const [shown, showMore] = useShown();
  const all = [...state.cache.entries()];
  const entries = all.filter(([namespace, key]) =>
    `${namespace} ${key}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <section className="section" aria-labelledby="state-cache">
      <h2 id="state-cache">
        Cache <span className="dim">{count(all.length)}</span>
        <input
          className="field"
          type="search"
          aria-label="Filter cache entries"
          placeholder="namespace or key"
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
      </h2>
      {all.length === 0 && <p className="dim">Nothing has been cached.</p>}
      <ul className="cards">
        {entries.slice(0, shown).map(([namespace, key, value]) => (
          <CacheCard key={`${namespace}\n${key}`} namespace={namespace} name={key} value={value} />
        ))}
      </ul>
      <More left={entries.length - shown} show={showMore} />
    </section>
  );
}

function CacheCard({
  namespace,
  name,
  value,
}: {
  readonly namespace: string;
  readonly name: string;
  readonly value: JsonValue;
}): ReactElement {
  return (
    <li className="card">
      <div className="title">
        <span className="mono">{name}</span>
        <span className="dim">{namespace}</span>
      </div>
      <JsonView value={value} openDepth={0} />
    </li>
  );
}

function Runs(): ReactElement {
  const store = useStore();
  const [shown, showMore] = useShown();
  const runs = [...store.state.runs.values()].slice(-shown).reverse();
  return (
    <section className="section" aria-labelledby="state-runs">
      <h2 id="state-runs">
        Runs and tokens <span className="dim">{count(store.state.runs.size)}</span>
      </h2>
      {runs.length === 0 ? (
        <p className="dim">No run so far.</p>
      ) : (
        <div className="sheet" role="group" aria-label="Runs" tabIndex={0}>
          <table className="plain">
            <thead>
              <tr>
                <th>Run</th>
                <th>Status</th>
                <th>Started</th>
                <th className="end">Took</th>
                <th className="end">Published</th>
                <th className="end">Succeeded</th>
                <th className="end">Failed</th>
                <th className="end">Dropped</th>
                <th className="end">Tokens</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id}>
                  <td className="mono">{run.id}</td>
                  <td>
                    <Status name={run.status === 'completed' ? 'succeeded' : run.status}>{run.status}</Status>
                  </td>
                  <td className="mono">{clock(run.startedAt)}</td>
                  <td className="end mono">{duration((run.finishedAt ?? store.now()) - run.startedAt)}</td>
                  <td className="end">{count(run.counts.published)}</td>
                  <td className="end">{count(run.counts.succeeded)}</td>
                  <td className="end">{count(run.counts.failed)}</td>
                  <td className="end">{count(run.counts.dropped)}</td>
                  <td className="end">
                    {count(run.tokensUsed)}
                    {run.tokensReserved > 0 ? ` + ${count(run.tokensReserved)} reserved` : ''}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More left={store.state.runs.size - shown} show={showMore} />
    </section>
  );
}

function Agents(): ReactElement {
  const { source } = usePanel();
  const { state } = useStore();
  const [shown, showMore] = useShown();
  const agents = source.agents();
  return (
    <section className="section" aria-labelledby="state-agents">
      <h2 id="state-agents">
        Agents <span className="dim">{count(state.agents.size)}</span>
      </h2>
      <div className="cards">
        {agents.slice(0, shown).map((agent) => {
          const metadata = state.agents.get(agent.name);
          return (
            <div key={agent.name} className="card">
              <div className="title">
                <span>{agent.name}</span>
                <Status name={agent.running > 0 ? 'running' : 'waiting'}>
                  {agent.running > 0 ? `${agent.running} running` : agent.registered ? 'idle' : 'gone'}
                </Status>
              </div>
              {metadata?.description && <p className="dim">{metadata.description}</p>}
              <div className="numbers">
                <span>{count(agent.succeeded)} succeeded</span>
                {agent.failed > 0 && <span className="error-text">{count(agent.failed)} failed</span>}
                <span>{count(agent.waiting)} waiting</span>
                <span>{rate(agent.rate)}/s</span>
              </div>
              {metadata && (
                <div className="numbers mono">
                  {nameList(metadata.subscriptions, NAMES_ON_CARD) || '–'} →{' '}
                  {nameList(metadata.publications, NAMES_ON_CARD) || '–'}
                </div>
              )}
            </div>
          );
        })}
      </div>
      <More left={agents.length - shown} show={showMore} />
    </section>
  );
}
