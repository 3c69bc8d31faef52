// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
// biome-ignore-all lint/a11y/useSemanticElements: a fieldset or a <meter> is not what these are; the roles say it
import { type CSSProperties, type ReactElement, useState } from 'react';
import type { JsonValue } from '../../core/json.js';
import { TASK_STATUSES, type Task } from '../../core/state/task.js';
import type { CanvasChannel } from '../canvas-contract.js';
import { clock, count, duration, rate } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { usePanel, useStore } from '../panel/panel-context.js';
import { JsonView, preview } from './json-view.js';
import { Status } from './status.js';

/** Entries shown of the cache, and tasks in a column. */
const MOST = 200;

/** What the executor knows: channels, tasks, cache, runs with their tokens, agents. */
export function StateView(): ReactElement {
  const { source } = usePanel();
  useStore();
  return (
    <div className="scroll">
      <section className="section" aria-labelledby="state-channels">
        <h2 id="state-channels">
          Channels <span className="dim">{source.channels().length}</span>
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

function Channels({ channels }: { readonly channels: readonly CanvasChannel[] }): ReactElement {
  if (channels.length === 0) return <p className="dim">No channels so far.</p>;
  return (
    <div className="sheet" role="group" aria-label="Channels" tabIndex={0}>
      <table className="plain channels">
        <thead>
          <tr>
            <th>Channel</th>
            <th>Fullest mailbox</th>
            <th className="end">Published</th>
            <th className="end roomy">A second</th>
            <th className="end">Dropped</th>
            <th className="roomy">Read by</th>
            <th>
              <span className="visually-hidden">Publish</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChannelRow({ channel }: { readonly channel: CanvasChannel }): ReactElement {
  const { compose, store } = usePanel();
  const { name, depth, capacity, published, dropped, subscribers } = channel;
  const share = Math.min(1, depth / Math.max(1, capacity));
  const style = { '--share': `${share * 100}%` } as CSSProperties;
  return (
    <tr>
      <td className="name">{name}</td>
      <td>
        <div
          className="meter"
          role="meter"
          aria-label={`Fullest mailbox of ${name}`}
          aria-valuemin={0}
          aria-valuemax={capacity}
          aria-valuenow={depth}
          data-level={share >= 1 ? 'full' : share > 0.7 ? 'high' : 'fine'}
        >
          <i style={style} />
        </div>{' '}
        <span className={depth === 0 ? 'dim' : ''}>
          {count(depth)} of {count(capacity)}
        </span>
      </td>
      <td className="end">{count(published)}</td>
      <td className={channel.rate === 0 ? 'end roomy dim' : 'end roomy'}>{rate(channel.rate)}</td>
      <td className={dropped > 0 ? 'end error-text' : 'end dim'}>{count(dropped)}</td>
      <td className="roomy wrap dim">{subscribers.length === 0 ? 'nobody' : subscribers.join(', ')}</td>
      <td>
        <button
          type="button"
          className="icon-button"
          disabled={store.imported}
          title="Publish on it"
          aria-label={`Publish on ${name}`}
          onClick={() => compose(name)}
        >
          <Icon name="publish" size={14} />
        </button>
      </td>
    </tr>
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
            return (
              <div
                key={status}
                className="column"
                role="group"
                aria-label={COLUMN_TITLES[status]}
                tabIndex={0}
              >
                <h3>
                  {COLUMN_TITLES[status]} <span>{these.length}</span>
                </h3>
                {these.slice(-MOST).map((task) => (
                  <TaskCard key={task.taskId} task={task} />
                ))}
              </div>
            );
          })}
        </div>
      )}
    </section>
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
        {entries.slice(0, MOST).map(([namespace, key, value]) => (
          <CacheCard key={`${namespace}\n${key}`} namespace={namespace} name={key} value={value} />
        ))}
      </ul>
      {entries.length > MOST && (
        <p className="dim">{count(entries.length - MOST)} more: filter to see them.</p>
      )}
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
  const runs = [...store.state.runs.values()].slice(-50).reverse();
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
    </section>
  );
}

function Agents(): ReactElement {
  const { source } = usePanel();
  const { state } = useStore();
  return (
    <section className="section" aria-labelledby="state-agents">
      <h2 id="state-agents">
        Agents <span className="dim">{state.agents.size}</span>
      </h2>
      <div className="cards">
        {source.agents().map((agent) => {
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
                  {metadata.subscriptions.join(', ') || '–'} → {metadata.publications.join(', ') || '–'}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}
