import { type ReactElement, useId } from 'react';
import type { JsonValue } from '../../core/json.js';
import { emptyOf, isGiven, isNull } from './form-answer.js';
import { type FormField, placeIn } from './form-fields.js';
import { JsonField, LinesField } from './own-text-fields.js';
import { NO_REFUSALS, pointerStep, refusedAt } from './refusals.js';
import { isList, recordOf } from './schema-rules.js';

interface Props {
  readonly field: FormField;
  readonly value: JsonValue | undefined;
  /** What has been written in those fields that keep their own text, by their paths; they enter it here. */
  readonly texts: Map<string, string>;
  readonly required: boolean;
  /** Whether somebody tried to send the form: what is needed and has no answer says so from then on. */
  readonly showsMissing: boolean;
  /** What was wrong with the answer that was sent last, and where in it this field stands. */
  readonly refused?: ReadonlyMap<string, string>;
  readonly path?: string;
  /** `undefined`: nothing that could be sent has been entered. */
  onChange(value: JsonValue | undefined): void;
}

/** The controls for one field of a form, and for what is inside of it. */
export function SchemaField(props: Props): ReactElement {
  const { field, value, texts, required, showsMissing, refused = NO_REFUSALS, path = '', onChange } = props;
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
  const problem = missing ?? refusedAt(refused, path, field.kind === 'object');
  const isBad = problem !== undefined;
  const hasNote = field.description !== '' || field.hint !== '' || isBad;
  const note = (hasNote || field.nullable) && (
    <>
      {field.nullable && <NoValue field={field} label={label} isNull={saysNull} onChange={onChange} />}
      {hasNote && (
        <div id={`${id}-note`}>
          {problem && <small className="bad">{problem}</small>}
          {field.description !== '' && <small dir="auto">{field.description}</small>}
          {field.hint !== '' && <small>{field.hint}</small>}
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
              texts={texts}
              required={member.required}
              showsMissing={showsMissing && isAsked}
              refused={refused}
              path={`${path}${pointerStep(member.name)}`}
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
            aria-invalid={isBad}
            value={placeIn(field.choices, value)}
            onChange={({ target }) => onChange(field.choices[Number(target.value)])}
          >
            <option value={-1}>{required ? '– choose –' : '– not answered –'}</option>
            {field.choices.map((choice, index) => (
              <option key={JSON.stringify(choice)} value={index}>
                {field.words[index]}
              </option>
            ))}
          </select>
          {note}
        </div>
      );
    case 'ticks': {
      const ticked = isList(value) ? value : [];
      return (
        <fieldset aria-describedby={described}>
          <legend>{name}</legend>
          <div className="ticked">
            {field.choices.map((choice, index) => (
              <label key={JSON.stringify(choice)} className="checkbox">
                <input
                  type="checkbox"
                  checked={placeIn(ticked, choice) >= 0}
                  onChange={({ target }) => {
                    const others = field.choices.filter(
                      (each) => placeIn(ticked, each) >= 0 && each !== choice,
                    );
                    // In the order of the choices, whichever was ticked first.
                    onChange(
                      field.choices.filter(
                        (each) => others.includes(each) || (target.checked && each === choice),
                      ),
                    );
                  }}
                />
                {field.words[index]}
              </label>
            ))}
          </div>
          {note}
        </fieldset>
      );
    }
    case 'number':
      return (
        <div className="form-row">
          <label htmlFor={id}>{name}</label>
          <input
            id={id}
            className="field"
            type="number"
            aria-describedby={described}
            aria-invalid={isBad}
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
            dir="auto"
            rows={2}
            aria-describedby={described}
            aria-invalid={isBad}
            value={typeof value === 'string' ? value : ''}
            onChange={({ target }) => onChange(target.value)}
          />
          {note}
        </div>
      );
    case 'lines':
      return <LinesField {...{ id, name, note, described, isBad, value, texts, path, onChange }} />;
    case 'json':
      return (
        <JsonField
          {...{ id, name, note, described, isBad, value, texts, path, onChange }}
          schema={field.schema}
          skeleton={field.skeleton}
        />
      );
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
