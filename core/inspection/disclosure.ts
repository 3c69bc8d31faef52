import type { AgentMetadata } from '../agents/agent-metadata.js';
import type { ErrorRecord } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Message } from '../messaging/message.js';
import type { HumanRequest } from '../state/human-request.js';
import type { RunEvent } from '../state/run-event.js';
import type { SnapshotPart } from '../state/snapshot.js';
import type { Task } from '../state/task.js';
import { withoutPayload } from './event-batch.js';
import { type SafeValue, safeValue, type ValueLimits } from './safe-value.js';

/** Where a value that is about to be shown comes from. */
export type ValuePlace =
  | { readonly kind: 'payload'; readonly channel: string }
  | { readonly kind: 'cache'; readonly namespace: string; readonly key: string }
  | { readonly kind: 'task'; readonly taskType: string }
  | { readonly kind: 'question'; readonly agent: string }
  | { readonly kind: 'answer' }
  | { readonly kind: 'error'; readonly code: string };

/** Answers what is to be shown in place of a value; must not change the value itself. */
export type Redact = (value: unknown, place: ValuePlace) => unknown;

/** Decides what of events and snapshots leaves the executor: payloads never do unasked, other values capped. */
export class Disclosure {
  readonly #redact: Redact | undefined;
  readonly #limits: ValueLimits;

  constructor(redact: Redact | undefined, limits: ValueLimits) {
    this.#redact = redact;
    this.#limits = limits;
  }

  /** A value as it may be shown. A `redact` that throws withholds it. */
  show(value: unknown, place: ValuePlace): SafeValue {
    if (!this.#redact) return safeValue(value, this.#limits);
    try {
      return safeValue(this.#redact(value, place), this.#limits);
    } catch {
      const text = '(withheld: redact threw)';
      return { json: text, lost: [{ path: [], kind: 'withheld', text }] };
    }
  }

  /** A payload as it may be shown; what `redact` put in its place is told from the payload itself. */
  payload({ payload, channel = '' }: Pick<Message, 'payload' | 'channel'>): SafeValue {
    const shown = this.show(payload, { kind: 'payload', channel });
    if (!this.#redact || shown.lost.length > 0) return shown;
    const { json } = safeValue(payload, this.#limits);
    // A `redact` that copies what it leaves alone withholds nothing.
    if (JSON.stringify(json) === JSON.stringify(shown.json)) return shown;
    return { json: shown.json, lost: [{ path: [], kind: 'withheld', text: '(changed by redact)' }] };
  }

  event(event: RunEvent): RunEvent {
    switch (event.type) {
      case 'message.published':
        return { ...event, message: withoutPayload(event.message) };
      case 'delivery.redelivered':
        return { ...event, message: withoutPayload(event.message) };
      case 'cache.set':
      case 'cache.appended':
        return { ...event, value: this.#json(event.value, cachePlace(event.namespace, event.key)) };
      case 'task.set':
        return { ...event, task: this.#task(event.task) };
      case 'human.asked':
        return { ...event, request: this.#request(event.request) };
      case 'human.answered':
        return { ...event, answer: this.#json(event.answer, { kind: 'answer' }) };
      case 'agent.registered':
        return { ...event, agent: agentOf(event.agent) };
      case 'delivery.retrying':
      case 'delivery.failed':
        return { ...event, error: this.#error(event.error) };
      case 'message.refused':
        return { ...event, reason: this.#error(event.reason) };
      case 'run.ended':
        return event.error ? { ...event, error: this.#error(event.error) } : event;
      default:
        return event;
    }
  }

  part(part: SnapshotPart): SnapshotPart {
    switch (part.part) {
      case 'channel':
        return {
          ...part,
          retained: part.retained.map((each) => ({ ...each, message: withoutPayload(each.message) })),
        };
      case 'delivery': {
        const { message, published, errors } = part;
        return {
          ...part,
          message: typeof message === 'number' ? message : withoutPayload(message),
          published: published && {
            ...published,
            entries: published.entries.map((entry) => ('payload' in entry ? withoutPayload(entry) : entry)),
          },
          errors: errors.map((error) => this.#error(error)),
        };
      }
      case 'tree-node':
        return {
          ...part,
          errors: part.errors?.map((error) => this.#error(error)) ?? null,
          deadLetter: part.deadLetter && withoutPayload(part.deadLetter),
        };
      case 'cache':
        return { ...part, value: this.#json(part.value, cachePlace(part.namespace, part.key)) };
      case 'task':
        return { ...part, task: this.#task(part.task) };
      case 'human':
        return { ...part, request: this.#request(part.request) };
      case 'resolution':
        return 'answer' in part.resolution
          ? {
              ...part,
              resolution: {
                ...part.resolution,
                answer: this.#json(part.resolution.answer, { kind: 'answer' }),
              },
            }
          : part;
      case 'agent':
        return { ...part, agent: agentOf(part.agent) };
      case 'run':
        return part.error ? { ...part, error: this.#error(part.error) } : part;
      default:
        return part;
    }
  }

  #json(value: JsonValue, place: ValuePlace): JsonValue {
    return this.show(value, place).json;
  }

  #task(task: Task): Task {
    return { ...task, data: this.#json(task.data, { kind: 'task', taskType: task.taskType }) };
  }

  #request(request: HumanRequest): HumanRequest {
    const place = { kind: 'question', agent: request.agent } as const;
    return {
      ...request,
      question: String(this.#json(request.question, place)),
      // The form is made from the schema: a cut one would ask for something else.
      schema: safeValue(request.schema).json,
      default: this.#json(request.default, place),
    };
  }

  /** Details may quote what was wrong with a payload; a stack names files. */
  #error(error: ErrorRecord): ErrorRecord {
    const { code, ...told } = error;
    const shown = this.show(told, { kind: 'error', code }).json;
    if (!isRecord(shown)) return { code, message: typeof shown === 'string' ? shown : '(withheld)' };
    const { message, details, name, stack } = shown;
    return {
      code,
      message: typeof message === 'string' ? message : '(withheld)',
      ...(isRecord(details) && { details }),
      ...(typeof name === 'string' && { name }),
      ...(typeof stack === 'string' && { stack }),
    };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cachePlace(namespace: string, key: string): ValuePlace {
  return { kind: 'cache', namespace, key };
}

/** Schemas by other libraries may come in any size; what does not fit is shown cut, and validates nothing here. */
function agentOf(agent: AgentMetadata): AgentMetadata {
  const cut = (schemas: AgentMetadata['inputSchemas']): AgentMetadata['inputSchemas'] =>
    Object.fromEntries(Object.entries(schemas).map(([channel, schema]) => [channel, safeValue(schema).json]));
  return { ...agent, inputSchemas: cut(agent.inputSchemas), outputSchemas: cut(agent.outputSchemas) };
}
