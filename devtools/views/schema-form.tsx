import { type ReactElement, useId, useState } from 'react';
import { messageOf } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';
import { isGiven } from './form-answer.js';
import { type FormField, placeIn, recordOf } from './form-fields.js';

interface Props {
  readonly field: FormField;
  readonly value: JsonValue | undefined;
  readonly required: boolean;
  /** Whether somebody tried to send the form: what is needed and has no answer says so from then on. */
  readonly showsMissing: boolean;
  /** `undefined`: nothing that could be sent has been entered. */
  onChange(value: JsonValue | undefined): void;
}

/** The controls for one field of a form, and for what is inside of it. */
export function SchemaField({ field, value, required, showsMissing, onChange }: Props): ReactElement {
  const id = useId();
  const label = field.title || 'Answer';
  const name = (
    <>
      {label}
      {required && field.title !== '' && (
        <span aria-hidden="true" className="error-text">
          {' *'}
        </span>
      )}
    </>
  );
  const missing = showsMissing && required && value === undefined ? MISSING[field.kind] : undefined;
  const hasNote = field.description !== '' || missing !== undefined;
  const note = hasNote && (
    <div id={`${id}-note`}>
      {missing && <small className="bad">{missing}</small>}
      {field.description !== '' && <small>{field.description}</small>}
    </div>
  );
  const described = hasNote ? `${id}-note` : undefined;

  switch (field.kind) {
    case 'object': {
      const members = recordOf(value) ?? {};
      // What an optional object requires is needed only once there is something in it.
      const isAsked = required || isGiven(field, value);
      return (
        <fieldset>
          <legend>{label}</legend>
          {note}
          {field.members.map((member) => (
            <SchemaField
              key={member.name}
              field={member.field}
              required={member.required}
              showsMissing={showsMissing && isAsked}
              value={members[member.name]}
              onChange={(changed) => {
                const { [member.name]: _, ...others } = members;
                onChange(changed === undefined ? others : { ...others, [member.name]: changed });
              }}
            />
          ))}
        </fieldset>
      );
    }
    case 'tick':
      return (
        <div className="form-row">
          <label className="checkbox" htmlFor={id}>
            <input
              id={id}
              type="checkbox"
              aria-describedby={described}
              checked={value === true}
              onChange={({ target }) => onChange(target.checked)}
            />
            {name}
          </label>
          {note}
        </div>
      );
    case 'choice':
      return (
        <div className="form-row">
          <label htmlFor={id}>{name}</label>
          <select
            id={id}
            className="field"
            aria-describedby={described}
            aria-invalid={missing !== undefined}
            value={placeIn(field.choices, value)}
            onChange={({ target }) => onChange(field.choices[Number(target.value)])}
          >
            <option value={-1}>{required ? '– choose –' : '– not answered –'}</option>
            {field.choices.map((choice, index) => (
              <option key={JSON.stringify(choice)} value={index}>
                {wordFor(choice)}
              </option>
            ))}
          </select>
          {note}
        </div>
      );
    case 'number':
      return (
        <div className="form-row">
          <label htmlFor={id}>{name}</label>
          <input
            id={id}
            className="field"
            type="number"
            aria-describedby={described}
            aria-invalid={missing !== undefined}
            step={field.whole ? 1 : 'any'}
            min={field.minimum}
            max={field.maximum}
            value={typeof value === 'number' ? value : ''}
            onChange={({ target }) => onChange(target.value === '' ? undefined : target.valueAsNumber)}
          />
          {note}
        </div>
      );
    case 'text':
      return (
        <div className="form-row">
          <label htmlFor={id}>{name}</label>
          <textarea
            id={id}
            className="field"
            rows={2}
            aria-describedby={described}
            value={typeof value === 'string' ? value : ''}
            onChange={({ target }) => onChange(target.value)}
          />
          {note}
        </div>
      );
    case 'lines':
      return <LinesField id={id} name={name} note={note} initial={value} onChange={onChange} />;
    case 'json':
      return <JsonField id={id} name={name} note={note} initial={value} onChange={onChange} />;
  }
}

/** What a control says that is needed and has no answer; those that are not here answer by being empty. */
const MISSING: { readonly [kind in FormField['kind']]?: string } = {
  choice: 'Choose one of these.',
  number: 'Enter a number.',
  json: 'Enter an answer, as JSON.',
};

function wordFor(choice: JsonValue): string {
  if (typeof choice === 'boolean') return choice ? 'yes' : 'no';
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}

/** A list of texts, one a line; empty lines are none. */
function LinesField({ id, name, note, initial, onChange }: OwnTextProps): ReactElement {
  const [text, setText] = useState(() => (Array.isArray(initial) ? initial.join('\n') : ''));
  return (
    <div className="form-row">
      <label htmlFor={id}>{name} (one a line)</label>
      <textarea
        id={id}
        className="field prose"
        rows={Math.min(12, Math.max(3, text.split('\n').length))}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          const lines = target.value.split('\n').map((each) => each.trim());
          onChange(lines.filter((each) => each !== ''));
        }}
      />
      {note}
    </div>
  );
}

/** A control that keeps what is typed into it, as not all of that can be sent. */
interface OwnTextProps {
  readonly id: string;
  readonly name: ReactElement;
  readonly note: ReactElement | false;
  readonly initial: JsonValue | undefined;
  onChange(value: JsonValue | undefined): void;
}

function JsonField({ id, name, note, initial, onChange }: OwnTextProps): ReactElement {
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
