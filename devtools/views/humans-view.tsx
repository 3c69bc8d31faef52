import { type FormEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { JsonValue } from '../../core/json.js';
import type { HumanRequest } from '../../core/state/human-request.js';
import { duration } from '../canvas/numbers.js';
import { clock } from '../panel/format.js';
import { type AnswerDraft, usePanel, useStore } from '../panel/panel-context.js';
import { unreachable } from '../store/unreachable.js';
import { answerOf } from './form-answer.js';
import { formField } from './form-fields.js';
import { preview } from './json-view.js';
import { NO_REFUSALS, type Refusal, refusalOf } from './refusals.js';
import { SchemaField } from './schema-form.js';

/** All questions that wait for a person, oldest first, each with a form made from its schema. */
export function HumansView(): ReactElement {
  const store = useStore();
  const { kept } = usePanel();
  const { humans } = store.state;
  const questions = [...humans.values()];
  const isPresent = store.live && !store.imported;
  useEffect(() => {
    // In the past a question may not have been asked yet: what was begun of its answer is kept for the present.
    for (const id of isPresent ? kept.answers.keys() : []) if (!humans.has(id)) kept.answers.delete(id);
  });
  return (
    <div className="scroll">
      {questions.length === 0 && (
        <p className="empty">
          <strong>Nobody is asking</strong>When an agent calls human.ask, its question appears here with a
          form for the answer.
        </p>
      )}
      <ul className="inbox">
        {questions.map((request) => (
          <Question key={request.id} request={request} />
        ))}
      </ul>
    </div>
  );
}

function Question({ request }: { readonly request: HumanRequest }): ReactElement {
  const store = useStore();
  const { notify, kept } = usePanel();
  const field = useMemo(() => formField(request.schema, request.default ?? undefined), [request]);
  const [draft, setDraft] = useState<AnswerDraft>(
    () => kept.answers.get(request.id) ?? { value: field.initial, texts: new Map() },
  );
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Refusal | undefined>();
  const { id, agent, askedAt, dueAt, question } = request;
  const whyNot = unreachable(store) ?? (store.live ? undefined : 'Go back to live to answer.');
  const unavailable = whyNot !== undefined;
  const { value, complete } = answerOf(field, draft.value);
  const left = dueAt === null ? undefined : dueAt - store.now();

  const enter = (changed: JsonValue | undefined): void => {
    const next = { ...draft, value: changed };
    kept.answers.set(id, next);
    setDraft(next);
  };
  const item = useRef<HTMLLIElement>(null);
  /** Goes on to another question, where one is left: with this one the button goes that was pressed. */
  const leave = (): void => {
    const { current } = item;
    const next = current?.nextElementSibling ?? current?.previousElementSibling;
    if (current?.matches(':focus-within') && next instanceof HTMLElement) next.focus();
  };
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setProblem(undefined);
    if (value === undefined || !complete) return;
    try {
      await store.command({ name: 'answer', question: id, value });
      notify(`Answered ${agent}.`);
      leave();
    } catch (thrown) {
      setProblem(refusalOf(thrown));
    }
  };
  const withdraw = (): void => {
    store.command({ name: 'cancel-question', question: id }).then(
      () => {
        notify('The question was withdrawn.');
        leave();
      },
      (thrown: unknown) => setProblem(refusalOf(thrown)),
    );
  };
  return (
    <li ref={item} className="question" tabIndex={-1} aria-label={`Question of ${agent}`}>
      <div className="title dim">
        <span className="chip agent">{agent}</span> asked at {clock(askedAt)}
        {left !== undefined && (left > 0 ? ` · ${duration(left)} left` : ' · out of time')}
      </div>
      <p className="ask">{question}</p>
      <form className="form" onSubmit={send} aria-label={`Answer to ${agent}`}>
        <SchemaField
          field={field}
          value={draft.value}
          texts={draft.texts}
          required
          showsMissing={tried}
          refused={problem?.at ?? NO_REFUSALS}
          onChange={enter}
        />
        {request.default !== null && (
          <p className="dim">
            {JSON.stringify(value) === JSON.stringify(request.default)
              ? 'Autopilot would answer the same.'
              : `Autopilot would answer ${preview(request.default)}`}
          </p>
        )}
        <p className="error-text" role="alert">
          {tried && !complete ? 'Not sent: something that is needed has no answer yet.' : problem?.text}
        </p>
        <div className="actions">
          <button type="button" className="button danger" disabled={unavailable} onClick={withdraw}>
            Withdraw
          </button>
          <button type="submit" className="button primary" disabled={unavailable}>
            Answer
          </button>
        </div>
        {whyNot && <p className="dim">{whyNot}</p>}
      </form>
    </li>
  );
}
