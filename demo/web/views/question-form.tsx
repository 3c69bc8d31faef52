import {
  type ChangeEvent,
  type FormEvent,
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { DeskState } from '../session/desk-state.js';
import { ACCEPTED_FILES } from '../session/documents.js';
import type { ResearchDesk } from '../session/research-desk.js';

interface Props {
  readonly desk: ResearchDesk;
  readonly state: DeskState;
}

/** The question, what it is asked of, and how. */
export function QuestionForm({ desk, state }: Props): ReactElement {
  const { phase, question, askFirst, remember } = state;
  const [text, setText] = useState(question);
  useEffect(() => setText(question), [question]);
  const form = useRef<HTMLFormElement>(null);
  const working = phase === 'working';
  const hasWord = /[\p{L}\p{N}]/u.test(text);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (working) desk.stop();
    else if (hasWord) void desk.ask(text.trim());
  };
  const submitOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!working) form.current?.requestSubmit();
  };

  return (
    <form className="ask" ref={form} onSubmit={submit} aria-label="Research">
      <label htmlFor="question" className="visually-hidden">
        Your question
      </label>
      <textarea
        id="question"
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={submitOnEnter}
        readOnly={working}
        placeholder="What do you want to know?"
      />
      <div className="ask-row">
        <DocumentChoice desk={desk} state={state} />
        <button
          className={working ? 'primary stop' : 'primary'}
          type="submit"
          disabled={phase === 'opening' || !(working || hasWord)}
        >
          {working ? 'Stop' : 'Research'}
        </button>
      </div>
      <div className="switches">
        <Switch checked={askFirst} disabled={working} onChange={(on) => desk.setAskFirst(on)}>
          Ask me before searching
        </Switch>
        <Switch
          checked={remember}
          disabled={working || phase === 'opening'}
          onChange={(on) => void desk.setRemember(on)}
        >
          Remember across reloads
        </Switch>
      </div>
    </form>
  );
}

function DocumentChoice({ desk, state: { documents, indexing, phase } }: Props): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const own = documents.kind === 'own' ? Object.keys(documents.texts) : undefined;
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const files = [...(event.target.files ?? [])];
    event.target.value = ''; // so that the same files can be chosen again
    if (files.length > 0) void desk.takeDocuments(files);
  };
  return (
    <div className="documents">
      <p>
        {own ? (
          <>
            Reads <strong>{own.length === 1 ? own[0] : `your ${own.length} files`}</strong>
          </>
        ) : (
          <>
            Reads <strong>{indexing ? `${indexing.total} ` : ''}README files</strong> of npm packages
          </>
        )}
      </p>
      <p>
        <button
          type="button"
          className="link"
          disabled={phase === 'working'}
          onClick={() => input.current?.click()}
        >
          {own ? 'Choose others' : 'Drop or choose your own'}
        </button>
        {own && (
          <button
            type="button"
            className="link"
            disabled={phase === 'working'}
            onClick={() => void desk.takeDocuments(null)}
          >
            Back to the README files
          </button>
        )}
      </p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPTED_FILES}
        aria-label="Your documents"
        onChange={choose}
      />
    </div>
  );
}

interface SwitchProps {
  readonly checked: boolean;
  readonly disabled: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: string;
}

function Switch({ checked, disabled, onChange, children }: SwitchProps): ReactElement {
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}
