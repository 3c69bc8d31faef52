import { describe, toPubSubError } from '../errors.js';
import { copyJson, type JsonValue } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import { type SchemaCheck, validationError } from '../schema/compile-schema.js';
import { isThenable } from './returned-value.js';

/** A check that an agent does itself, on top of its schema; perhaps an asynchronous one. */
export type PayloadHook = (payload: JsonValue, channel: string) => unknown;

/** Lets the payloads of one agent on one channel through, or throws `VALIDATION_ERROR`. */
export class PayloadGate {
  private readonly check: SchemaCheck | undefined;
  private readonly hook: PayloadHook | undefined;
  /** The schema's check, where the gate is no more than that: what passes it passes the gate as it is. */
  readonly onlyCheck: SchemaCheck | undefined;
  /** The channel itself, once it was looked up. */
  target: Channel | undefined = undefined;
  readonly channel: string;
  private readonly agent: string;
  private readonly side: 'input' | 'output';

  constructor(
    agent: string,
    side: 'input' | 'output',
    channel: string,
    check: SchemaCheck | undefined,
    hook: PayloadHook | undefined,
  ) {
    this.agent = agent;
    this.side = side;
    this.channel = channel;
    this.check = check;
    this.hook = hook;
    this.onlyCheck = hook === undefined ? check : undefined;
  }

  /** Names the gate in errors. */
  private get where(): string {
    return `channel "${this.channel}", ${this.side} of agent "${this.agent}"`;
  }

  /** What the agent is given: the payload, or what a Standard Schema makes of it. A promise only where a check takes time. */
  admit(payload: JsonValue): unknown {
    const check = this.check;
    if (check !== undefined) {
      const { fast } = check;
      if (fast === undefined) return this.admitTransformed(check, payload);
      const issues = fast(payload);
      if (issues !== undefined) throw validationError(this.where, issues);
    }
    return this.hook === undefined ? payload : this.afterHook(this.hook, payload, payload);
  }

  private admitTransformed(check: SchemaCheck, payload: JsonValue): unknown {
    const result = check.check(payload);
    if (result instanceof Promise) return result.then((settled) => this.settle(payload, settled));
    return this.settle(payload, result);
  }

  /** Whether it would let the payload through; false where that takes waiting, as for an asynchronous schema. */
  accepts(payload: JsonValue): boolean {
    try {
      const check = this.check;
      if (check?.atOnce) {
        if (check.atOnce(payload)) return false;
        return !this.hook || isNow(this.afterHook(this.hook, payload, true));
      }
      return isNow(this.admit(payload));
    } catch {
      return false;
    }
  }

  /** A copy that has passed this gate, where its schema alone makes one: what is not copied may pass all the same. */
  fittingCopy(payload: unknown): JsonValue | undefined {
    return this.onlyCheck?.fittingCopy?.(payload);
  }

  /** What goes into the message: like `admit`, and JSON again. */
  admitJson(payload: JsonValue): JsonValue | Promise<JsonValue> {
    const fast = this.onlyCheck?.fast;
    if (fast !== undefined && fast(payload) === undefined) return payload;
    const transforms = this.check?.transforms ?? false;
    const admitted = this.admit(payload);
    if (admitted === payload && !transforms) return payload;
    if (admitted instanceof Promise) return this.asJsonLater(payload, admitted);
    return transforms ? copyJson(admitted, 'payload') : payload;
  }

  private async asJsonLater(payload: JsonValue, admitted: Promise<unknown>): Promise<JsonValue> {
    const value = await admitted;
    return this.check?.transforms ? copyJson(value, 'payload') : payload;
  }

  private settle(payload: JsonValue, result: Awaited<ReturnType<SchemaCheck['check']>>): unknown {
    if (!result.ok) throw validationError(this.where, result.issues);
    return this.hook ? this.afterHook(this.hook, payload, result.value) : result.value;
  }

  /** The value, once the hook has let the payload through: it throws to refuse it, or answers false. */
  private afterHook(hook: PayloadHook, payload: JsonValue, value: unknown): unknown {
    const refuse = (thrown: unknown): never => {
      const { message } = toPubSubError(thrown);
      throw validationError(this.where, [{ path: '', message, received: describe(payload) }]);
    };
    const judged = (answer: unknown): unknown =>
      answer === false
        ? refuse(`validate${this.side === 'input' ? 'Input' : 'Output'} answered false`)
        : value;
    let hooked: unknown;
    try {
      hooked = hook(payload, this.channel);
      if (isThenable(hooked)) return Promise.resolve(hooked).then(judged, refuse);
    } catch (thrown) {
      return refuse(thrown);
    }
    return judged(hooked);
  }
}

/** Whether it is known at once; what becomes of a promise is of no interest. */
function isNow(admitted: unknown): boolean {
  if (!(admitted instanceof Promise)) return true;
  admitted.catch(() => {});
  return false;
}
