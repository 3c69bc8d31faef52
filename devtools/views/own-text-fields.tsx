import { type ReactElement, useState } from 'react';
import { messageOf } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';

/** A control that keeps what is typed into it, as not all of that can be sent. */
interface OwnTextProps {
  readonly id: string;
  readonly name: ReactElement;
  readonly note: ReactElement | false;
  readonly initial: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
}

/** A list of texts, one a line; empty lines are none. */
export function LinesField({
  id,
  name,
  note,
  initial,
  isNull,
  onChange,
}: OwnTextProps & { readonly isNull: boolean }): ReactElement {
  const [typed, setTyped] = useState(() => (Array.isArray(initial) ? initial.join('\n') : ''));
  const text = isNull ? '' : typed;
  return (
    <div className="form-row">
      <label htmlFor={id}>{name} (one a line)</label>
      <textarea
        id={id}
        className="field prose"
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        value={text}
        onChange={({ target }) => {
          setTyped(target.value);
          const lines = target.value.split('\n').map((each) => each.trim());
          onChange(lines.filter((each) => each !== ''));
        }}
      />
      {note}
    </div>
  );
}

export function JsonField({ id, name, note, initial, onChange }: OwnTextProps): ReactElement {
  const [text, setText] = useState(() => (initial === undefined ? '' : JSON.stringify(initial, null, 2)));
  const [problem, setProblem] = useState<string | undefined>();
  return (
    <div className="form-row">
      <label htmlFor={id}>{name} (as JSON)</label>
      <textarea
        id={id}
        className="field"
        rows={Math.min(12, Math.max(4, text.split('\n').length))}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          const read = readJson(target.value);
          // What cannot be sent holds the form back: it would be left out as if nobody had written it.
          target.setCustomValidity(read.problem ?? '');
          setProblem(read.problem);
          onChange(read.value);
        }}
      />
      {problem && <small className="bad">{problem}</small>}
      {note}
    </div>
  );
}

/** Nothing is no answer, and no mistake. */
function readJson(text: string): { readonly value?: JsonValue; readonly problem?: string } {
  if (text.trim() === '') return {};
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}
