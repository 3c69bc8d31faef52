// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
// biome-ignore-all lint/a11y/useSemanticElements: a fieldset or a <meter> is not what these are; the roles say it
import type { CSSProperties, ReactElement } from 'react';
import type { CanvasChannel } from '../canvas-contract.js';
import { count, nameList, rate } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { usePanel } from '../panel/panel-context.js';
import { unreachable } from '../store/unreachable.js';
import { More, useShown } from './more.js';

/** Thousands may read one channel: their names in its row, and when one points at it. */
const NAMES_IN_CELL = 2;
const NAMES_IN_TITLE = 50;

/** The channels with the state of their mailboxes, and a way to publish on each. */
export function Channels({ channels }: { readonly channels: readonly CanvasChannel[] }): ReactElement {
  const [shown, showMore] = useShown();
  if (channels.length === 0) return <p className="dim">No channels so far.</p>;
  return (
    <>
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
            {channels.slice(0, shown).map((channel) => (
              <ChannelRow key={channel.name} channel={channel} />
            ))}
          </tbody>
        </table>
      </div>
      <More left={channels.length - shown} show={showMore} />
    </>
  );
}

function ChannelRow({ channel }: { readonly channel: CanvasChannel }): ReactElement {
  const { compose, store } = usePanel();
  const why = unreachable(store);
  const { name, depth, capacity, published, dropped, subscribers } = channel;
  const share = Math.min(1, depth / Math.max(1, capacity));
  const style = { '--share': `${share * 100}%` } as CSSProperties;
  return (
    <tr>
      <td className="name" title={name}>
        {name}
      </td>
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
      <td className="roomy readers dim" title={nameList(subscribers, NAMES_IN_TITLE)}>
        {subscribers.length === 0 ? 'nobody' : nameList(subscribers, NAMES_IN_CELL)}
      </td>
      <td>
        <button
          type="button"
          className="icon-button"
          disabled={why !== undefined}
          title={why ?? 'Publish on it'}
          aria-label={`Publish on ${name}`}
          onClick={() => compose(name)}
        >
          <Icon name="publish" size={14} />
        </button>
      </td>
    </tr>
  );
}
