import type { ReactElement } from 'react';
import type { DeskState } from '../session/desk-state.js';
import { isMember, type Member, TEAM } from '../session/faults.js';
import type { ResearchDesk } from '../session/research-desk.js';

interface Props {
  readonly desk: ResearchDesk;
  readonly state: DeskState;
}

const NUMBER = new Intl.NumberFormat('en');

/** Faults to inject and traffic to make, to see that the answer still comes and the panel holds. */
export function FaultsView({ desk, state: { slow, failing, traffic, executor } }: Props): ReactElement {
  const { loading, rate, flooding, dropped } = traffic;
  return (
    <section className="card faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Try to break it</h2>
      <div className="fault-grid">
        <Choice
          label="Slow agent"
          hint="1.5 s before each step"
          value={slow}
          onChange={(member) => desk.setFault('slow', member)}
        />
        <Choice
          label="Failing agent"
          hint="every second step throws"
          value={failing}
          onChange={(member) => desk.setFault('failing', member)}
        />
      </div>
      <div className="buttons">
        <button type="button" disabled={!executor || flooding} onClick={() => desk.flood()}>
          {flooding ? 'Flooding …' : 'Flood a channel'}
        </button>
        <button type="button" aria-pressed={loading} disabled={!executor} onClick={() => desk.toggleLoad()}>
          Load: 10,000 messages a second
        </button>
      </div>
      <p className="traffic" data-testid="traffic">
        {loading && (rate > 0 ? `${NUMBER.format(rate)} messages a second. ` : 'Starting … ')}
        {dropped > 0 && `${NUMBER.format(dropped)} dropped: the oldest, and counted.`}
      </p>
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly value: Member | undefined;
  readonly onChange: (member: Member | undefined) => void;
}

function Choice({ label, hint, value, onChange }: ChoiceProps): ReactElement {
  return (
    <label className="choice">
      <span>
        {label} <small>{hint}</small>
      </span>
      <select
        value={value ?? ''}
        onChange={(event) => onChange(isMember(event.target.value) ? event.target.value : undefined)}
      >
        <option value="">nobody</option>
        {TEAM.map((member) => (
          <option key={member}>{member}</option>
        ))}
      </select>
    </label>
  );
}
