// biome-ignore-all lint/a11y/useSemanticElements: a <dialog> would leave the panel for the top layer of the page
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';
import { reasonOf } from '../panel/format.js';
import { type MessageDraft, usePanel, useStore } from '../panel/panel-context.js';
import { unreachable } from '../store/unreachable.js';

interface Props {
  readonly channel: string;
  readonly payload: string;
  close(): void;
}

/** Publishes a message by hand, from nothing or from one that was. */
export function PublishDialog({ channel, payload, close }: Props): ReactElement {
  const { notify, kept } = usePanel();
  const store = useStore();
  const why = unreachable(store);
  const dialog = useRef<HTMLDivElement>(null);
  const beginning = JSON.stringify([channel, payload]);
  const [draft, setDraft] = useState<MessageDraft>(
    () =>
      kept.messages.get(beginning) ?? {
        channel: channel || ([...store.state.channels.keys()][0] ?? ''),
        payload,
      },
  );
  const [problem, setProblem] = useState<string | undefined>();

  useEffect(() => {
    const root = dialog.current?.getRootNode();
    const before = root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
    dialog.current?.querySelector<HTMLElement>('input, textarea')?.focus();
    const backdrop = dialog.current?.parentElement;
    // React 18 does not know the attribute. What is said to screen readers goes on being said.
    const others = [...(backdrop?.parentElement?.children ?? [])].filter(
      (each) => each !== backdrop && each.getAttribute('role') !== 'status' && !each.hasAttribute('inert'),
    );
    for (const other of others) other.setAttribute('inert', '');
    return () => {
      for (const other of others) other.removeAttribute('inert');
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const enter = (changed: Partial<MessageDraft>): void => {
    const next = { ...draft, ...changed };
    kept.messages.set(beginning, next);
    setDraft(next);
  };
  /** Escape is pressed by mistake, too; who cancels the message means it. */
  const discard = (): void => {
    kept.messages.delete(beginning);
    close();
  };
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    let value: JsonValue;
    try {
      value = JSON.parse(draft.payload);
    } catch (thrown) {
      setProblem(`The payload is not JSON: ${messageOf(thrown)}`);
      return;
    }
    try {
      const result = await store.command({ name: 'publish', channel: draft.channel, payload: value });
      notify(`Published ${result?.message ?? ''} on ${draft.channel}.`);
      discard();
    } catch (thrown) {
      setProblem(reasonOf(thrown));
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for keys pressed in the dialog inside of it
    <div
      className="backdrop"
      // A press beside the dialog would take the focus out of it, and its keys with the focus.
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) event.preventDefault();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
        if (event.key === 'Tab') keepInside(event.nativeEvent, dialog.current);
      }}
    >
      <div ref={dialog} className="dialog" role="dialog" aria-modal="true" aria-labelledby="publish-title">
        <h2 id="publish-title">Publish a message</h2>
        <form className="form" onSubmit={send}>
          <div>
            <label htmlFor="publish-channel">Channel</label>
            <input
              id="publish-channel"
              className="field"
              list="publish-channels"
              value={draft.channel}
              required
              onChange={({ target }) => enter({ channel: target.value })}
            />
            <datalist id="publish-channels">
              {[...store.state.channels.keys()].map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          </div>
          <div>
            <label htmlFor="publish-payload">Payload, as JSON</label>
            <textarea
              id="publish-payload"
              className="field"
              spellCheck={false}
              value={draft.payload}
              aria-invalid={problem !== undefined}
              aria-describedby="publish-problem"
              onChange={({ target }) => enter({ payload: target.value })}
            />
          </div>
          <div className="dialog-foot">
            <p id="publish-problem" className="error-text" role="alert">
              {why ?? problem}
            </p>
            <div className="row">
              <button type="button" className="button" onClick={discard}>
                Cancel
              </button>
              <button type="submit" className="button primary" disabled={why !== undefined}>
                Publish
              </button>
            </div>
          </div>
        </form>
      </div>
    </div>
  );
}

/** Tab goes round inside the dialog. */
function keepInside(event: KeyboardEvent, dialog: HTMLElement | null): void {
  const controls = [...(dialog?.querySelectorAll<HTMLElement>('input, textarea, button:enabled') ?? [])];
  const [first, last] = [controls[0], controls.at(-1)];
  if (event.shiftKey && first?.matches(':focus')) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && last?.matches(':focus')) {
    event.preventDefault();
    first?.focus();
  }
}
