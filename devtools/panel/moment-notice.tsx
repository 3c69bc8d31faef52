import type { ReactElement } from 'react';
import { OVER } from '../store/acks.js';
import { count } from './format.js';
import { useStore } from './panel-context.js';

/** Says that what is shown is not the executor as it is now, and leads back to it. The present says nothing. */
export function MomentNotice(): ReactElement | null {
  const store = useStore();
  const { imported, live, seq, last, player } = store;
  const moment = live || (imported && seq === last) ? undefined : `as of event ${count(seq)}`;
  if (imported) {
    return (
      <Notice action="Back to the executor" run={() => store.leaveImport()}>
        {moment === undefined ? 'A file' : `A file, ${moment}`}
      </Notice>
    );
  }
  if (moment !== undefined) {
    const leave = (): void => {
      player.stop();
      store.seek('live');
    };
    return (
      <Notice action="Back to live" run={leave}>
        {`A${moment.slice(1)}`}
      </Notice>
    );
  }
  return store.acks.over ? <Notice>{OVER[store.acks.over]}</Notice> : null;
}

function Notice({
  action,
  run,
  children,
}: {
  readonly action?: string;
  run?(): void;
  readonly children: string;
}): ReactElement {
  return (
    <div className="notice thin">
      <span>{children}</span>
      <span className="spacer" />
      {action && (
        <button type="button" className="button" onClick={run}>
          {action}
        </button>
      )}
    </div>
  );
}
