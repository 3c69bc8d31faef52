import { type ReactElement, useId } from 'react';
import type { JsonValue } from '../../core/json.js';
import { emptyOf, isGiven, isNull } from './form-answer.js';
import { type FormField, placeIn, recordOf } from './form-fields.js';
import { JsonField, LinesField } from './own-text-fields.js';

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
  const saysNull = isNull(field, value, required);
  const isMissing = showsMissing && required && value === undefined && !saysNull;
  const missing = isMissing ? MISSING[field.kind] : undefined;
  const hasNote = field.description !== '' || missing !== undefined;
  const note = (hasNote || field.nullable) && (
    <>
      {field.nullable && <NoValue field={field} label={label} isNull={saysNull} onChange={onChange} />}
      {hasNote && (
        <div id={`${id}-note`}>
          {missing && <small className="bad">{missing}</small>}
          {field.description !== '' && <small>{field.description}</small>}
        </div>
      )}
    </>
  );
  const described = hasNote ? `${id}-note` : undefined;

  switch (field.kind) {
    case 'object': {
      const members = recordOf(value) ?? {};
      // What an optional object requires is needed only once there is something in it.
      const isAsked = !saysNull && (required || isGiven(field, value));
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
      return (
        <LinesField
          id={id}
          name={name}
          note={note}
          initial={field.initial}
          isNull={saysNull}
          onChange={onChange}
        />
      );
    case 'json':
      return <JsonField id={id} name={name} note={note} initial={field.initial} onChange={onChange} />;
  }
}

/** What a control says that is needed and has no answer; those that are not here answer by being empty. */
const MISSING: { readonly [kind in FormField['kind']]?: string } = {
  choice: 'Choose one of these.',
  number: 'Enter a number.',
  json: 'Enter an answer, as JSON.',
};

/** Says null where no control can. JSON that is left empty is null by itself. */
function NoValue({
  field,
  label,
  isNull,
  onChange,
}: {
  readonly field: FormField;
  readonly label: string;
  readonly isNull: boolean;
  onChange(value: JsonValue | undefined): void;
}): ReactElement {
  if (field.kind === 'json') return <small>Left empty, it is null.</small>;
  return (
    <label className="checkbox no-value">
      <input
        type="checkbox"
        checked={isNull}
        onChange={({ target }) => {
          if (target.checked) onChange(null);
          else onChange(field.kind === 'object' ? {} : emptyOf(field));
          // A number that is not entered is none: the next thing to do is to enter it.
          if (!target.checked) target.closest('.form-row')?.querySelector<HTMLElement>('.field')?.focus();
        }}
      />
      No value (null)<span className="visually-hidden"> for {label}</span>
    </label>
  );
}

function wordFor(choice: JsonValue): string {
  if (choice === null) return 'no value (null)';
  if (typeof choice === 'boolean') return choice ? 'yes' : 'no';
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}
