import { type ReactElement, useEffect, useState } from 'react';
import type { SafeValue } from '../../core/inspection/safe-value.js';
import type { TreeNode } from '../../core/state/tree-node.js';
import { duration } from '../canvas/numbers.js';
import type { CanvasSelection } from '../canvas-contract.js';
import { clock, count, rate, reasonOf } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { useActivity, usePanel, useStore } from '../panel/panel-context.js';
import { unreachable } from '../store/unreachable.js';
import { ErrorNote } from './error-note.js';
import { JsonView } from './json-view.js';
import { MessageDetail } from './message-detail.js';
import { Status } from './status.js';

/** What is known of whatever was clicked in a drawn view. */
export function NodeDetail({
  selection,
  close,
}: {
  readonly selection: CanvasSelection;
  close(): void;
}): ReactElement {
  const store = useStore();
  useActivity();
  const [compared, setCompared] = useState<number | undefined>();
  if (selection.kind === 'agent') return <AgentDetail name={selection.name} close={close} />;
  if (selection.kind === 'channel') return <ChannelDetail name={selection.name} close={close} />;
  const seq = store.messageOfNode(selection.node);
  if (seq !== undefined)
    return <MessageDetail seq={seq} compared={compared} onCompare={setCompared} close={close} />;
  const node = store.state.tree.get(selection.node);
  return (
    <div className="detail">
      <Heading title={node ? titleOf(node) : 'Gone'} close={close} />
      {node ? <OldNode node={node} /> : <p className="dim">This node is no longer kept.</p>}
    </div>
  );
}

function titleOf(node: TreeNode): string {
  return node.kind === 'publish' ? node.channel : node.agent;
}

function Heading({ title, close }: { readonly title: string; close(): void }): ReactElement {
  return (
    <h2>
      {title}
      <span className="spacer" />
      <button
        type="button"
        className="icon-button"
        aria-label="Close the selection"
        title="Close"
        onClick={close}
      >
        <Icon name="close" />
      </button>
    </h2>
  );
}

/** A node from before anybody watched: what the tree keeps of it. */
function OldNode({ node }: { readonly node: TreeNode }): ReactElement {
  const { store } = usePanel();
  const [payload, setPayload] = useState<SafeValue | string | undefined>();
  const { number } = node;
  useEffect(() => {
    store.command({ name: 'node-message', node: number }).then(
      (result) => setPayload(result?.payloads?.[0] ?? 'The payload is no longer kept.'),
      (thrown: unknown) => setPayload(reasonOf(thrown)),
    );
  }, [store, number]);
  return (
    <>
      <dl className="facts">
        <dt>Status</dt>
        <dd>
          <Status name={node.status} />
        </dd>
        <dt>Id</dt>
        <dd className="mono">{node.id}</dd>
        <dt>Channel</dt>
        <dd>{node.channel}</dd>
        <dt>{node.kind === 'publish' ? 'Published' : 'Started'}</dt>
        <dd>{clock(node.kind === 'publish' ? node.publishedAt : node.startedAt)}</dd>
        {node.kind === 'invocation' && node.durationMs !== undefined && (
          <>
            <dt>Took</dt>
            <dd>{duration(node.durationMs)}</dd>
          </>
        )}
      </dl>
      {node.kind === 'invocation' &&
        node.errors.map((error, index) => (
          // Attempts never change their order.
          // biome-ignore lint/suspicious/noArrayIndexKey: the attempt's number is its identity
          <ErrorNote key={index} error={error} attempt={index + 1} />
        ))}
      <div className="block">
        {typeof payload === 'object' ? (
          <JsonView value={payload.json} lost={payload.lost} />
        ) : (
          <p className="dim">{payload ?? 'Fetching…'}</p>
        )}
      </div>
    </>
  );
}

function AgentDetail({ name, close }: { readonly name: string; close(): void }): ReactElement {
  const store = useStore();
  const { source } = usePanel();
  const agent = source.agents().find((each) => each.name === name);
  const metadata = store.state.agents.get(name);
  return (
    <div className="detail">
      <Heading title={name} close={close} />
      {metadata?.description && <p className="dim">{metadata.description}</p>}
      {agent && (
        <dl className="facts">
          <dt>Running</dt>
          <dd>
            {agent.running} of {metadata?.concurrency ?? '–'} at a time
          </dd>
          <dt>Waiting</dt>
          <dd>{count(agent.waiting)}</dd>
          <dt>Succeeded</dt>
          <dd>{count(agent.succeeded)}</dd>
          <dt>Failed</dt>
          <dd>{count(agent.failed)}</dd>
          <dt>Rate</dt>
          <dd>{rate(agent.rate)} a second</dd>
        </dl>
      )}
      {metadata && (
        <>
          <section>
            <h3>Takes</h3>
            <div className="block">
              <JsonView value={metadata.inputSchemas} openDepth={1} />
            </div>
          </section>
          <section>
            <h3>Publishes</h3>
            <div className="block">
              <JsonView value={metadata.outputSchemas} openDepth={1} />
            </div>
          </section>
        </>
      )}
    </div>
  );
}

function ChannelDetail({ name, close }: { readonly name: string; close(): void }): ReactElement {
  useStore();
  const { source, compose, store } = usePanel();
  const why = unreachable(store);
  const channel = source.channels().find((each) => each.name === name);
  return (
    <div className="detail">
      <Heading title={name} close={close} />
      {channel && (
        <dl className="facts">
          <dt>Waiting</dt>
          <dd>
            {count(channel.depth)} of {count(channel.capacity)}
          </dd>
          <dt>Published</dt>
          <dd>
            {count(channel.published)}, {rate(channel.rate)} a second
          </dd>
          <dt>Dropped</dt>
          <dd>{count(channel.dropped)}</dd>
          <dt>From</dt>
          <dd>{channel.publishers.join(', ') || '–'}</dd>
          <dt>To</dt>
          <dd>{channel.subscribers.join(', ') || 'nobody'}</dd>
        </dl>
      )}
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={why !== undefined}
          title={why}
          onClick={() => compose(name)}
        >
          Publish on it
        </button>
      </div>
    </div>
  );
}
