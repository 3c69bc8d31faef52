import {
  attachInspector,
  type ExecutorWatch,
  inPageLink,
  type WatcherFrame,
  watchExecutor,
} from 'dagger-agents/inspector';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish, type Played, play } from '../../support/random-run.js';
import { systemPlan } from '../../support/random-system.js';
import { expectSameStateButPayloads } from '../../support/state-view.js';

/** How somebody watches a random system. */
interface WatchPlan {
  /** After how many actions they begin to. */
  readonly after: number;
  /** And how long after that, in milliseconds: in the middle of what time brings about. */
  readonly delay: number;
  /** For how many actions they stay. */
  readonly stays: number;
  /** A flood of more events than this is cut to a snapshot. */
  readonly eventsUnderWay: number;
  /** Whether they take in at once what comes, or not before the next quiet point. */
  readonly isPrompt: boolean;
}

const watchPlan: fc.Arbitrary<WatchPlan> = fc.record({
  after: fc.nat({ max: 20 }),
  delay: fc.constantFrom(0, 1, 900, 3000),
  stays: fc.constantFrom(1, 5, 1000),
  eventsUnderWay: fc.constantFrom(1, 4, 20, 200_000),
  isPrompt: fc.boolean(),
});

/** Whoever watches, and the means to let what is under way arrive: batches and acknowledgements that wait for time. */
class Onlooker {
  readonly #played: Played;
  readonly #plan: WatchPlan;
  readonly #seen: Set<string>;
  readonly #batches = new Set<() => void>();
  readonly #acknowledgements: (() => void)[] = [];
  readonly #watch: ExecutorWatch;
  /** Nothing is lost on the way: to ask for a second snapshot is to have been told something wrong. */
  #asked = 0;
  readonly #detach: () => void;

  constructor(played: Played, plan: WatchPlan, seen: Set<string>) {
    this.#played = played;
    this.#plan = plan;
    this.#seen = seen;
    const { inspector, watcher } = inPageLink();
    this.#detach = attachInspector(played.executor, inspector, {
      eventsUnderWay: plan.eventsUnderWay,
      setTimer: (milliseconds, flush) => this.#setTimer(milliseconds, flush),
    });
    const send = (frame: WatcherFrame): void => {
      if (frame.type === 'watch') this.#asked++;
      if (frame.type !== 'received' || plan.isPrompt) watcher.send(frame);
      else this.#acknowledgements.push(() => watcher.send(frame));
    };
    this.#watch = watchExecutor(
      { ...watcher, send },
      { onEvent: ({ type }) => seen.add(type), onGap: ({ reason }) => seen.add(`gap: ${reason}`) },
    );
  }

  /** Nothing happens at this moment: whatever has been recorded can arrive, and must then be all there is to know. */
  check(): void {
    let arriving: (() => void)[];
    do {
      arriving = [...this.#batches, ...this.#acknowledgements.splice(0)];
      this.#batches.clear();
      for (const arrive of arriving) arrive();
    } while (arriving.length > 0);
    const { state } = this.#played.executor;
    expect([this.#asked, this.#watch.state.seq]).toEqual([1, state.seq]);
    expectSameStateButPayloads(this.#watch.state, state);
    this.#seen.add(this.#plan.isPrompt ? 'prompt' : 'slow');
  }

  leave(): void {
    this.#watch.stop();
    this.#detach();
  }

  /** Batches also go out by themselves while time goes by, as they do in a page. */
  #setTimer(milliseconds: number, flush: () => void): () => void {
    const cancels: (() => void)[] = [];
    const once = (): void => {
      cancel();
      flush();
    };
    const cancel = (): void => {
      this.#batches.delete(once);
      for (const each of cancels) each();
    };
    this.#batches.add(once);
    cancels.push(this.#played.runtime.setTimer(milliseconds, once));
    return cancel;
  }
}

/** What the watchers must have come across, or they prove less than they seem to. */
const NEEDED = [
  'agent.registered agent.unregistered channel.opened channel.closed message.published message.handed',
  'delivery.dropped delivery.returned delivery.redelivered delivery.failed human.answered run.started run.ended',
].flatMap((line) => line.split(' '));

test('whoever watches a random system, from whatever moment on, has its state at every quiet point', async () => {
  const seen = new Set<string>();
  const property = fc.asyncProperty(
    systemPlan,
    fc.array(watchPlan, { minLength: 1, maxLength: 3 }),
    async (plan, watchPlans) => {
      const present = new Map<WatchPlan, Onlooker>();
      let actions = 0;
      const after = (played: Played): void => {
        actions++;
        for (const watching of watchPlans) {
          if (actions === watching.after) {
            const come = () => present.set(watching, new Onlooker(played, watching, seen));
            if (watching.delay === 0) come();
            else played.runtime.setTimer(watching.delay, come);
          }
          if (actions === watching.after + watching.stays) {
            present.get(watching)?.leave();
            present.delete(watching);
          }
        }
        for (const onlooker of present.values()) onlooker.check();
      };
      const played = await play(plan, after);
      await finish(plan, played);
      after(played);
      await played.executor.close();
      for (const onlooker of present.values()) onlooker.check();
    },
  );
  const missing = (): string[] =>
    [...NEEDED, 'gap: slow', 'prompt', 'slow'].filter((name) => !seen.has(name));
  // One system in a hundred sends a dead letter again: of 400, two times in a hundred none does.
  for (let round = 0; round < 10 && missing().length > 0; round++)
    await fc.assert(property, { numRuns: 400 });
  expect(missing()).toEqual([]);
}, 60_000);
