import type { PubSubExecutionReport } from 'dagger-agents';
import type { ReactElement } from 'react';
import { figuresByAgent } from '../session/story.js';

interface Props {
  readonly execution: PubSubExecutionReport;
  /** How many were read for the answer. */
  readonly documents: number | undefined;
}

/** The report of the run, as figures. */
export function FiguresView({ execution, documents }: Props): ReactElement {
  const { counts, status, startedAt, finishedAt } = execution;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  const figures: readonly (readonly [string, string | number])[] = [
    ['seconds', seconds.toFixed(1)],
    ['documents', documents ?? 0],
    ['messages', counts.published],
    ['deliveries', counts.delivered],
    ['retried', counts.retried],
    ['failed', counts.failed],
  ];
  return (
    <section className="figures" aria-label="Figures of the run" data-status={status}>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>By agent</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">agent</th>
              <th scope="col">done</th>
              <th scope="col">failed</th>
              <th scope="col">time</th>
            </tr>
          </thead>
          <tbody>
            {figuresByAgent(execution).map(({ agent, done, failed, milliseconds }) => (
              <tr key={agent}>
                <th scope="row">{agent}</th>
                <td>{done}</td>
                <td>{failed}</td>
                <td>{milliseconds.toFixed(0)} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
