import type { HumanRequest, JsonValue } from 'dagger-agents';
import { type ModelDelivery, nameOf } from './records.js';
import { known, must } from './violation.js';

/** Questions to people, from `ask` to the answer, or to the end of who asked. */
export class People {
  /** Questions that wait for an answer, in the order in which they were asked. */
  readonly pending: Map<string, HumanRequest> = new Map();
  readonly #asked = new Set<string>();

  asked(request: HumanRequest, by: ModelDelivery): void {
    const { id } = request;
    must(!this.#asked.has(id), 'a question is asked once, however many attempts', id);
    this.#asked.add(id);
    this.pending.set(id, request);
    by.questions.add(id);
  }

  answered(id: string, answer: JsonValue, source: 'human' | 'autopilot', at: number): void {
    const request = known(this.pending.get(id), `question ${id}`);
    if (source === 'autopilot') {
      const { dueAt } = request;
      must(dueAt !== null && at >= dueAt, 'the autopilot answers when patience ends', id);
      const isDefault = JSON.stringify(answer) === JSON.stringify(request.default);
      must(isDefault, 'the autopilot answers with the default', id);
    }
    this.pending.delete(id);
  }

  cancelled(id: string): void {
    known(this.pending.get(id), `question ${id}`);
    this.pending.delete(id);
  }

  /** Whoever is parked waits for an answer. */
  requireReasonToPark(delivery: ModelDelivery): void {
    const waits = [...delivery.questions].some((id) => this.pending.has(id));
    must(waits, 'only who asked is parked', nameOf(delivery));
  }

  /** With its end nobody wants to know any more. */
  forget({ questions }: ModelDelivery): void {
    for (const id of questions) this.pending.delete(id);
  }
}
