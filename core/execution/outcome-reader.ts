import { plainObjects } from '../plain-objects.js';
import type { NodeExecutionOutcome } from './report.js';

/** How far a reader has come. */
export interface ReadingPlace {
  place: number;
}

/** Where a reader gets outcomes from. */
export interface OutcomeSupply {
  /** The next outcome, moving the reader on; undefined where there is none yet. */
  next(reader: ReadingPlace): NodeExecutionOutcome | undefined;
  /** Calls back once there may be more. */
  whenMore(callback: () => void): void;
  /** True once no more will come. @throws PubSubError what it was closed with. */
  isClosed(): boolean;
}

type Result = IteratorResult<NodeExecutionOutcome, undefined>;

interface Request {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

interface Step {
  done: false;
  value: NodeExecutionOutcome;
}

const Step = plainObjects<Step, [NodeExecutionOutcome]>(function (value) {
  this.done = false;
  this.value = value;
});

const END: Result = { done: true, value: undefined };

/**
 * Reads outcomes one after another. It is written out because two nested async generators, which it replaces, go
 * through the promise queue several times for each outcome.
 */
export class OutcomeReader implements AsyncIterableIterator<NodeExecutionOutcome>, ReadingPlace {
  place = 0;
  private supply: OutcomeSupply | undefined = undefined;
  /** The supply, while nothing stands between it and who asks: it has not ended, and no call of `next` waits. */
  private direct: OutcomeSupply | undefined = undefined;
  /** What the run could not start for; told once. */
  private failure: { readonly reason: unknown } | undefined = undefined;
  private ended = false;
  /** Calls of `next` that wait, oldest first. */
  private readonly requests: Request[] = [];
  private readonly serve = (): void => {
    for (let request = this.requests[0]; request; request = this.requests[0]) {
      try {
        const result = this.take();
        if (!result) return;
        request.resolve(result);
      } catch (thrown) {
        request.reject(thrown);
      }
      this.requests.shift();
    }
    if (!this.ended) this.direct = this.supply;
  };

  /** @param supply when the run has started; rejects when it could not. */
  constructor(supply: Promise<OutcomeSupply>) {
    supply.then(
      (outcomes) => {
        this.supply = outcomes;
        this.serve();
      },
      (reason: unknown) => {
        this.failure = { reason };
        this.serve();
      },
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    // Nearly every call finds an outcome waiting.
    const value = this.direct?.next(this);
    if (value === undefined) return this.nextLater();
    const step = new Step(value);
    // Once more, as then the engine knows of what kind it is before it decides how to make a promise of it: it need not
    // look for a `then`. That is 170 instructions.
    step.value = value;
    return Promise.resolve(step);
  }

  private nextLater(): Promise<Result> {
    try {
      if (this.requests.length === 0) {
        const result = this.take();
        if (result) return Promise.resolve(result);
      }
    } catch (thrown) {
      return Promise.reject(thrown);
    }
    this.direct = undefined;
    return new Promise((resolve, reject) => this.requests.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.end();
    this.serve();
    return Promise.resolve(END);
  }

  /** What `next` answers; undefined when that is not known yet: then `#serve` is called when it may be. */
  private take(): Result | undefined {
    if (this.ended) return END;
    try {
      if (this.failure) throw this.failure.reason;
      if (!this.supply) return undefined;
      const value = this.supply.next(this);
      if (value) return new Step(value);
      if (!this.supply.isClosed()) {
        this.supply.whenMore(this.serve);
        return undefined;
      }
      this.end();
      return END;
    } catch (thrown) {
      // Like a generator: what has thrown has ended.
      this.end();
      throw thrown;
    }
  }

  private end(): void {
    this.ended = true;
    this.direct = undefined;
  }
}
