import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
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
  readonly value: JsonValue | undefined;
  /** Where its text is while it is not shown, and under which name. */
  readonly texts: Map<string, string>;
  readonly path: string;
  onChange(value: JsonValue | undefined): void;
}

/** A list of texts, one a line; empty lines are none. */
export function LinesField(props: OwnTextProps): ReactElement {
  const { id, name, note, described, isBad, value, texts, path, onChange } = props;
  const own = Array.isArray(value) ? value.join('\n') : '';
  const [typed, setTyped] = useState(() => texts.get(path) ?? own);
  // When null has taken its place, what was typed is no answer any more.
  const text = linesOf(typed).join('\n') === own ? typed : own;
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
          texts.set(path, target.value);
          setTyped(target.value);
          onChange(linesOf(target.value));
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
  const { id, name, note, described, isBad, value, texts, path, schema, skeleton, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState(() => texts.get(path) ?? textOf(value));
  const { text, problem } = useMemo(() => {
    const read = readJson(typed);
    // When null has taken the place of what this is part of, what was typed is no answer any more.
    return JSON.stringify(read.value) === JSON.stringify(value)
      ? { text: typed, problem: read.problem }
      : { text: textOf(value), problem: undefined };
  }, [typed, value]);
  useEffect(() => {
    // What cannot be sent holds the form back: it would be left out as if nobody had written it.
    area.current?.setCustomValidity(problem ?? '');
  }, [problem]);
  const enter = (entered: string): void => {
    texts.set(path, entered);
    setTyped(entered);
    onChange(readJson(entered).value);
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

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((each) => each.trim());
  return lines.filter((each) => each !== '');
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
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
