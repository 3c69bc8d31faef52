import type { ReactElement } from 'react';
import type { JsonValue } from '../../core/json.js';
import { NODE_STATUSES } from '../../core/state/tree-node.js';
import { duration } from '../canvas/numbers.js';
import { clock, reasonOf } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { useActivity, usePanel, useStore } from '../panel/panel-context.js';
import { messageRow } from '../store/message-row.js';
import { unreachable } from '../store/unreachable.js';
import { DiffView } from './diff-view.js';
import { ErrorNote } from './error-note.js';
import { JsonView } from './json-view.js';
import { Status } from './status.js';
import { usePayload } from './use-payload.js';

interface Props {
  readonly seq: number;
  readonly compared: number | undefined;
  onCompare(seq: number | undefined): void;
  close(): void;
}

/** One message: what is in it, who got it, and what they made of it. */
export function MessageDetail({ seq, compared, onCompare, close }: Props): ReactElement {
  const store = useStore();
  const { compose, open, notify } = usePanel();
  useActivity();
  const payload = usePayload(seq);
  const row = messageRow(store, store.recording?.activity.messages.rowOfSeq(seq) ?? -1);
  if (!row) {
    return (
      <p className="empty">
        <strong>Gone</strong>This message is no longer recorded.
      </p>
    );
  }
  const known = payload.value;
  // What stands in for the rest would reach agents as if somebody had meant it.
  const isCut = known !== undefined && known.lost.length > 0;
  const whyNot = unreachable(store) ?? (isCut ? 'Not shown whole, so it cannot be sent again.' : undefined);
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      notify(isCut ? 'Copied, as far as it is shown.' : 'Copied.');
    } catch (thrown) {
      notify(
        `Not copied: ${isSecureContext ? reasonOf(thrown) : 'only pages served securely may copy.'}`,
        true,
      );
    }
  };
  return (
    <div className="detail">
      <h2>
        <span className="chip channel">{row.channel}</span>
        <span className="dim mono">#{row.seq}</span>
        <span className="spacer" />
        <button
          type="button"
          className="icon-button"
          aria-label="Close the message"
          title="Close"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </h2>
      <dl className="facts">
        <dt>Id</dt>
        <dd className="mono">{row.id}</dd>
        <dt>Published</dt>
        <dd>
          {clock(row.at)} by {row.from}
        </dd>
        {row.run && (
          <>
            <dt>Run</dt>
            <dd className="mono">{row.run}</dd>
          </>
        )}
      </dl>
      <section>
        <h3>
          Payload
          {known && (
            <button type="button" className="button" onClick={() => copy(textOf(known.json))}>
              Copy
            </button>
          )}
        </h3>
        <div className="block">
          {known ? (
            <JsonView value={known.json} lost={known.lost} openDepth={3} />
          ) : (
            <p className="dim">{payload.note}</p>
          )}
        </div>
      </section>
      <section>
        <h3>Deliveries</h3>
        {row.to.length === 0 && <p className="dim">Nobody was subscribed.</p>}
        {row.to.map((agent, index) => (
          <Delivery
            key={agent}
            agent={agent}
            status={NODE_STATUSES[row.statuses[index] ?? 0] ?? 'waiting'}
            node={row.nodes[index] ?? 0}
          />
        ))}
      </section>
      <div className="actions">
        <button
          type="button"
          className="button"
          onClick={() => {
            store.select({ kind: 'node', node: row.node });
            open('tree');
          }}
        >
          Show in tree
        </button>
        <button
          type="button"
          className="button"
          disabled={!known || whyNot !== undefined}
          {...(whyNot && { 'aria-describedby': 'not-again' })}
          onClick={() => compose(row.channel, textOf(known?.json ?? null))}
        >
          Edit and send again
        </button>
        {whyNot && (
          <p id="not-again" className="dim">
            {whyNot}
          </p>
        )}
      </div>
      <section>
        <h3>
          Difference to another message
          {compared !== undefined && (
            <button type="button" className="button" onClick={() => onCompare(undefined)}>
              Clear
            </button>
          )}
        </h3>
        {compared === undefined ? (
          <p className="dim">Shift+click another row (or Shift+Enter on it) to compare it with this one.</p>
        ) : (
          <DiffView before={seq} after={compared} />
        )}
      </section>
    </div>
  );
}

function textOf(payload: JsonValue): string {
  return JSON.stringify(payload, null, 2);
}

function Delivery({
  agent,
  status,
  node,
}: {
  readonly agent: string;
  readonly status: string;
  readonly node: number;
}): ReactElement {
  const store = useStore();
  const found = store.state.tree.get(node);
  const invocation = found?.kind === 'invocation' ? found : undefined;
  return (
    <div className="card">
      <div className="title">
        <span>{agent}</span>
        <Status name={status} />
      </div>
      {invocation && (
        <div className="numbers">
          <span>{invocation.attempts === 1 ? '1 attempt' : `${invocation.attempts} attempts`}</span>
          {invocation.durationMs !== undefined && <span>{duration(invocation.durationMs)}</span>}
          <span className="mono">{invocation.id}</span>
        </div>
      )}
      {invocation?.errors.map((error, index) => (
        // Attempts never change their order.
        // biome-ignore lint/suspicious/noArrayIndexKey: the attempt's number is its identity
        <ErrorNote key={index} error={error} attempt={index + 1} />
      ))}
    </div>
  );
}
