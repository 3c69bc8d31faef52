/**
 * The rejected promise of a publish that was refused. It knows whether anybody looked at it: an agent that awaits it
 * can mend its output and go on, while a refusal that nobody awaited must fail the invocation instead of vanishing
 * (or of bringing the process down as an unhandled rejection).
 */
export class FloatingRefusal<Value> extends Promise<Value> {
  observed = false;

  // Promises derived by `then` are plain ones.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // biome-ignore lint/suspicious/noThenProperty: watching who subscribes is the purpose of this class
  override then<Fulfilled = Value, Rejected = never>(
    onFulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.observed = true;
    return super.then(onFulfilled, onRejected);
  }

  /** Keeps the runtime from reporting it as unhandled, without counting as observed. */
  silence(): this {
    super.then(undefined, () => {});
    return this;
  }
}
