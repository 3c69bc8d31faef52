import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { ProposedPlan } from '../session/desk-state.js';

interface Props {
  readonly plan: ProposedPlan;
  readonly onApprove: (parts: readonly string[]) => void;
}

/** The human gate: the planner waits until somebody has said what is to be researched. */
export function PlanGate({ plan, onApprove }: Props): ReactElement {
  const [text, setText] = useState(plan.parts.join('\n'));
  const form = useRef<HTMLFormElement>(null);
  const place = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'nearest' });
    place.current?.focus({ preventScroll: true });
  }, []);
  const approve = (event: FormEvent): void => {
    event.preventDefault();
    onApprove(text.split('\n'));
  };
  return (
    <form className="card gate" ref={form} onSubmit={approve} aria-labelledby="gate-title">
      <h2 id="gate-title">The planner asks you</h2>
      <label htmlFor="plan">Shall these parts be researched? One a line: change, add or delete them.</label>
      <textarea
        id="plan"
        ref={place}
        rows={Math.max(3, text.split('\n').length)}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button className="primary" type="submit" disabled={text.trim() === ''}>
        Search for these
      </button>
    </form>
  );
}
