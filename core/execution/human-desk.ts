import type { HumanAnswer, HumanQuestion } from '../agents/agent.js';
import { type ResolvedConfig, requireOptions } from '../config.js';
import { describe, invalid, PubSubError } from '../errors.js';
import { requireId } from '../identifiers.js';
import { copyJson, equalJson, type JsonValue } from '../json.js';
import type { Runtime } from '../runtime.js';
import {
  compileSchema,
  isStandardSchema,
  jsonSchemaOf,
  type SchemaCheck,
  validationError,
} from '../schema/compile-schema.js';
import type { SchemaValidator } from '../schema/schema-validator.js';
import type { Delivery } from '../state/delivery.js';
import type { AskedQuestion, HumanRequest } from '../state/human-request.js';
import { nodeIdOf } from '../state/session-ids.js';
import type { Attempt } from './attempt.js';
import type { Recorder } from './recorder.js';

/** What the desk needs of the executor's other parts. */
export interface DeskSurroundings {
  readonly recorder: Recorder;
  readonly runtime: Runtime;
  readonly config: ResolvedConfig;
  readonly validator: SchemaValidator;
  /** @throws PubSubError `EXECUTOR_CLOSED` once nothing would be kept any more. */
  requireOpen(): void;
  /** A delivery can go on, as its question has been answered. */
  unparked(delivery: Delivery): void;
}

interface Waiter {
  readonly attempt: Attempt;
  readonly resolve: (answer: HumanAnswer) => void;
  readonly reject: (reason: PubSubError) => void;
  stopTimer: (() => void) | undefined;
}

/** Questions from agents to people: `executor.humans`. */
export interface Humans {
  /** Questions that wait for an answer, oldest first. */
  pending(): HumanRequest[];
  /**
   * Answers a question. A run that was paused for it goes on.
   *
   * @throws PubSubError `HUMAN_REQUEST_NOT_FOUND`; `VALIDATION_ERROR` when the answer does not fit the question's
   * schema (the question stays); `SERIALIZATION_ERROR` when it is not JSON.
   */
  answer(id: string, value: unknown): void;
  /** Withdraws a question: `ask` throws `CANCELLED`. @throws PubSubError `HUMAN_REQUEST_NOT_FOUND`. */
  cancel(id: string): void;
}

export class HumanDesk implements Humans {
  readonly #surroundings: DeskSurroundings;
  readonly #waiters = new Map<string, Waiter>();

  constructor(surroundings: DeskSurroundings) {
    this.#surroundings = surroundings;
  }

  pending(): HumanRequest[] {
    return [...this.#surroundings.recorder.state.humans.values()];
  }

  answer(id: string, value: unknown): void {
    this.#surroundings.requireOpen();
    const request = this.#require(id);
    const answer = copyJson(value, 'answer');
    const check = this.#checkOf(request.schema, `question "${id}"`);
    const issues = check?.atOnce?.(answer);
    if (issues) throw validationError(`answer to "${id}"`, issues);
    this.#resolve(request, answer, 'human');
  }

  cancel(id: string): void {
    this.#surroundings.requireOpen();
    const request = this.#require(id);
    this.#surroundings.recorder.record({ type: 'human.cancelled', request: id });
    this.#takeWaiter(id)?.reject(cancelled(request));
    this.#unpark(request);
  }

  /** For `human.ask`. */
  ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer> {
    const { recorder } = this.#surroundings;
    const checked = this.#checkQuestion(question);
    const { delivery } = attempt;
    const { session, number, mailbox } = delivery;
    const nodeId = nodeIdOf(mailbox.agent, session, number);
    const id = this.#askedBefore(attempt, checked) ?? `${nodeId}?${delivery.questions?.length ?? 0}`;
    attempt.questions.push(id);
    const resolution = recorder.state.resolutions.get(id);
    if (resolution) {
      return 'cancelled' in resolution
        ? Promise.reject(new PubSubError('CANCELLED', `question "${id}" was cancelled`))
        : Promise.resolve({ answer: resolution.answer, source: resolution.source });
    }
    if (!recorder.state.humans.has(id)) {
      const askedAt = recorder.now();
      const { humanWaitMinutes } = this.#surroundings.config;
      const dueAt = humanWaitMinutes === undefined ? null : askedAt + humanWaitMinutes * 60_000;
      const asker = { agent: mailbox.agent, nodeId, delivery: number };
      const run = delivery.run && { run: delivery.run.id };
      const request = { id, ...checked, ...asker, ...run, askedAt, dueAt };
      recorder.record({ type: 'human.asked', request }, askedAt);
    }
    return this.#wait(attempt, id);
  }

  /**
   * The id that this question has had in an earlier attempt: answered once, it stays answered. What asks the same is the
   * same, looked for first in the same place; an answer must never be taken for one to another question.
   */
  #askedBefore({ delivery, questions }: Attempt, asked: AskedQuestion): string | undefined {
    const earlier = delivery.questions ?? [];
    for (let step = 0; step < earlier.length; step++) {
      const id = earlier[(questions.length + step) % earlier.length];
      if (id !== undefined && !questions.includes(id) && this.#isSame(id, asked)) return id;
    }
    return undefined;
  }

  #isSame(id: string, { question, schema }: AskedQuestion): boolean {
    const { humans, resolutions } = this.#surroundings.recorder.state;
    const resolution = resolutions.get(id);
    const known = humans.get(id) ?? resolution?.asked;
    if (known === undefined) return resolution !== undefined;
    if (known.question !== question) return false;
    if (equalJson(known.schema, schema)) return true;
    if (resolution === undefined || 'cancelled' in resolution) return resolution !== undefined;
    return this.#checkOf(schema, 'question.schema')?.atOnce?.(resolution.answer) === undefined;
  }

  /** Nobody waits for answers any more. */
  abandon(reason: PubSubError): void {
    for (const id of [...this.#waiters.keys()]) this.#takeWaiter(id)?.reject(reason);
  }

  #wait(attempt: Attempt, id: string): Promise<HumanAnswer> {
    const { runtime } = this.#surroundings;
    const request = this.#require(id);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { attempt, resolve, reject, stopTimer: undefined };
      this.#waiters.set(id, waiter);
      attempt.whenOver(() => {
        // Its next attempt may be waiting by now, or it was answered.
        if (this.#waiters.get(id) !== waiter) return;
        this.#takeWaiter(id);
        reject(attempt.ended ?? new PubSubError('CANCELLED', 'the invocation has ended'));
      });
      if (request.dueAt !== null) {
        // Never more than its whole patience: since it was asked the clock may have been set back.
        const patience = (this.#surroundings.config.humanWaitMinutes ?? Number.POSITIVE_INFINITY) * 60_000;
        const left = Math.min(Math.max(0, request.dueAt - runtime.now()), patience);
        waiter.stopTimer = runtime.setTimer(left, () => this.#patienceEnds(request));
      }
    });
  }

  #patienceEnds(request: HumanRequest): void {
    if (this.#surroundings.config.humanTimeoutAction === 'autopilot') {
      this.#resolve(request, request.default, 'autopilot');
      return;
    }
    const waiter = this.#takeWaiter(request.id);
    if (!waiter) return;
    const reason = new PubSubError(
      'CANCELLED',
      `question "${request.id}" was not answered in time: the run is paused`,
    );
    waiter.attempt.park(reason);
    waiter.reject(reason);
  }

  #resolve(request: HumanRequest, answer: JsonValue, source: 'human' | 'autopilot'): void {
    this.#surroundings.recorder.record({ type: 'human.answered', request: request.id, answer, source });
    this.#takeWaiter(request.id)?.resolve({ answer, source });
    this.#unpark(request);
  }

  #unpark(request: HumanRequest): void {
    const { recorder } = this.#surroundings;
    const delivery = recorder.state.unfinished.find(request.delivery);
    if (!delivery || delivery.status === 'running') return;
    if (delivery.status === 'parked') recorder.deliveryReturned(recorder.now(), delivery, false);
    this.#surroundings.unparked(delivery);
  }

  #takeWaiter(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    waiter?.stopTimer?.();
    this.#waiters.delete(id);
    return waiter;
  }

  #require(id: unknown): HumanRequest {
    requireId(id, 'id');
    const request = this.#surroundings.recorder.state.humans.get(id);
    if (request) return request;
    throw new PubSubError('HUMAN_REQUEST_NOT_FOUND', `no question ${describe(id)} waits for an answer`, {
      details: { id, pending: this.pending().map((pending) => pending.id) },
    });
  }

  #checkQuestion(asked: HumanQuestion): { question: string; schema: JsonValue; default: JsonValue } {
    requireOptions(asked, 'question', ['question', 'schema', 'default']);
    if (typeof asked.question !== 'string' || asked.question === '') {
      throw invalid('question.question', 'a non-empty string', asked.question);
    }
    const schema = asked.schema === undefined ? null : copyJson(plainSchema(asked.schema), 'question.schema');
    const answer = asked.default === undefined ? null : copyJson(asked.default, 'question.default');
    const check = this.#checkOf(schema, 'question.schema');
    // Autopilot answers null where there is no default, which must fit, too.
    const isMeantForPeople = asked.default === undefined && !this.#isOnAutopilot;
    const issues = isMeantForPeople ? undefined : check?.atOnce?.(answer);
    if (issues) throw validationError('question.default', issues);
    return { question: asked.question, schema, default: answer };
  }

  get #isOnAutopilot(): boolean {
    const { humanWaitMinutes, humanTimeoutAction } = this.#surroundings.config;
    return humanWaitMinutes !== undefined && humanTimeoutAction === 'autopilot';
  }

  #checkOf(schema: JsonValue, where: string): SchemaCheck | undefined {
    if (schema === null) return undefined;
    return compileSchema(schema, this.#surroundings.validator, where);
  }
}

/** A question outlives the code that asks it, so its schema is plain JSON: that of the answer which the agent is given. */
function plainSchema(schema: unknown): unknown {
  if (!isStandardSchema(schema)) return schema;
  const json = jsonSchemaOf(schema, 'output');
  if (!json) throw invalid('question.schema', 'a schema whose library tells its JSON Schema', schema);
  return json;
}

function cancelled(request: HumanRequest): PubSubError {
  return new PubSubError('CANCELLED', `question "${request.id}" was cancelled`);
}
