import { type ReactElement, useRef, useState } from 'react';
import { messageOf } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';
import { JsonView } from './json-view.js';

/** A control that keeps what is typed into it, as not all of that can be sent. */
interface OwnTextProps {
  readonly id: string;
  readonly name: ReactElement;
  readonly note: ReactElement | false;
  /** The id of what describes it. */
  readonly described: string | undefined;
  readonly isBad: boolean;
  readonly initial: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
}

interface LinesProps extends OwnTextProps {
  readonly isNull: boolean;
}

/** A list of texts, one a line; empty lines are none. */
export function LinesField(props: LinesProps): ReactElement {
  const { id, name, note, described, isBad, initial, isNull, onChange } = props;
  const [typed, setTyped] = useState(() => (Array.isArray(initial) ? initial.join('\n') : ''));
  const text = isNull ? '' : typed;
  return (
    <div className="form-row">
      <label htmlFor={id}>{name} (one a line)</label>
      <textarea
        id={id}
        className="field prose"
        dir="auto"
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        aria-describedby={described}
        aria-invalid={isBad}
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

interface JsonProps extends OwnTextProps {
  readonly schema: JsonValue | undefined;
  readonly skeleton: JsonValue | undefined;
}

/** Whatever no control fits. What it should look like can be read, and begun with. */
export function JsonField(props: JsonProps): ReactElement {
  const { id, name, note, described, isBad, initial, schema, skeleton, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => (initial === undefined ? '' : textOf(initial)));
  const [problem, setProblem] = useState<string | undefined>();
  const enter = (entered: string): void => {
    setText(entered);
    const read = readJson(entered);
    // What cannot be sent holds the form back: it would be left out as if nobody had written it.
    area.current?.setCustomValidity(read.problem ?? '');
    setProblem(read.problem);
    onChange(read.value);
  };
  return (
    <div className="form-row">
      <label htmlFor={id}>{name} (as JSON)</label>
      <textarea
        ref={area}
        id={id}
        className="field"
        rows={Math.min(12, Math.max(4, text.split('\n').length))}
        spellCheck={false}
        aria-describedby={problem ? `${id}-problem ${described ?? ''}` : described}
        aria-invalid={isBad || problem !== undefined}
        value={text}
        onChange={({ target }) => enter(target.value)}
      />
      {problem && (
        <small id={`${id}-problem`} className="bad">
          {problem}
        </small>
      )}
      {note}
      {schema !== undefined && (
        <div className="wanted">
          <JsonView label="Schema" value={schema} openDepth={0} />
          {text.trim() === '' && skeleton !== undefined && (
            <button
              type="button"
              className="button"
              onClick={() => {
                enter(textOf(skeleton));
                area.current?.focus();
              }}
            >
              Begin with its skeleton
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function textOf(value: JsonValue): string {
  return JSON.stringify(value, null, 2);
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
