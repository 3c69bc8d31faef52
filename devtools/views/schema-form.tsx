import { type ReactElement, useId, useState } from 'react';
import { messageOf } from '../../core/errors.js';
import type { JsonValue } from '../../core/json.js';
import { type FormField, recordOf } from './form-fields.js';

interface Props {
  readonly field: FormField;
  readonly value: JsonValue | undefined;
  readonly required?: boolean;
  /** `undefined`: nothing that could be sent has been entered. */
  onChange(value: JsonValue | undefined): void;
}

/** The controls for one field of a form, and for what is inside of it. */
export function SchemaField({ field, value, required = false, onChange }: Props): ReactElement {
  const id = useId();
  const label = field.title || 'Answer';
  const name = (
    <>
      {label}
      {required && (
        <span aria-hidden="true" className="error-text">
          {' *'}
        </span>
      )}
    </>
  );
  const note = field.description !== '' && <small id={`${id}-note`}>{field.description}</small>;
  const described = field.description === '' ? undefined : `${id}-note`;

  switch (field.kind) {
    case 'object': {
      const members = recordOf(value ?? null) ?? {};
      return (
        <fieldset>
          <legend>{label}</legend>
          {note}
          {field.members.map((member) => (
            <SchemaField
              key={member.name}
              field={member.field}
              required={member.required}
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
    case 'boolean':
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
            value={field.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value))}
            onChange={({ target }) => onChange(field.choices[Number(target.value)])}
          >
            {field.choices.map((choice, index) => (
              <option key={JSON.stringify(choice)} value={index}>
                {typeof choice === 'string' ? choice : JSON.stringify(choice)}
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
      return <LinesField id={id} name={name} note={note} initial={field.initial} onChange={onChange} />;
    case 'json':
      return <JsonField id={id} name={name} note={note} initial={field.initial} onChange={onChange} />;
  }
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
  readonly initial: JsonValue;
  onChange(value: JsonValue | undefined): void;
}

function JsonField({ id, name, note, initial, onChange }: OwnTextProps): ReactElement {
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2));
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
          try {
            onChange(JSON.parse(target.value));
            setProblem(undefined);
          } catch (thrown) {
            setProblem(messageOf(thrown));
            onChange(undefined);
          }
        }}
      />
      {problem && <small className="bad">{problem}</small>}
      {note}
    </div>
  );
}
