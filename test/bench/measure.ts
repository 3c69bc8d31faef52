import type { Contender, Purpose, Session } from './contender.js';
import { createWorkload, type Payload, type Plan, type Workload, type WorkloadName } from './workloads.js';

/** One measurement of one contender; plain JSON, as it crosses processes. */
export interface MeasureJob {
  readonly workload: WorkloadName;
  /** Source messages (passes in the ping-pong) of the measured run, and of the unmeasured one before it. */
  readonly count: number;
  readonly warmUp: number;
  /** Sources in flight: the next is sent when one has run its whole path. `null`: all at once. */
  readonly window: number | null;
  readonly purpose: Partial<Purpose>;
}

export interface Measurement {
  readonly hops: number;
  /** Microseconds per hop: by the clock, of the main thread's CPU, of the whole process's CPU. */
  readonly wall: number;
  readonly threadCpu: number | null;
  readonly processCpu: number | null;
}

/** Milliseconds of CPU used so far; null where the platform does not tell. */
export interface CpuClocks {
  thread(): number | null;
  process(): number | null;
}

export const NO_CPU_CLOCKS: CpuClocks = { thread: () => null, process: () => null };

/** Warms the contender up and measures it once. Throws when what came out is not what the plan says. */
export async function measure(contender: Contender, job: MeasureJob, cpu: CpuClocks): Promise<Measurement> {
  const purpose = { ...job.purpose, workload: job.workload };
  return await measureAgents(
    contender,
    (arrive) => createWorkload(job.workload, arrive),
    { ...job, purpose },
    cpu,
  );
}

/** The same for agents that are no named workload. */
export async function measureAgents(
  contender: Contender,
  create: (arrive: (payload: Payload) => void) => Omit<Workload, 'name'>,
  job: Omit<MeasureJob, 'workload'>,
  cpu: CpuClocks,
): Promise<Measurement> {
  const course = new Course();
  const workload = create((payload) => course.arrive(payload));
  const session = await contender.open(workload.agents, { workload: 'custom', ...job.purpose });
  try {
    if (job.warmUp > 0) await course.run(session, workload.plan(job.warmUp), job.window);
    globalThis.gc?.();
    const plan = workload.plan(job.count);
    const thread = cpu.thread();
    const whole = cpu.process();
    const start = performance.now();
    await course.run(session, plan, job.window);
    const wall = performance.now() - start;
    const perHop = (from: number | null, to: number | null): number | null =>
      from === null || to === null ? null : ((to - from) * 1000) / plan.hops;
    return {
      hops: plan.hops,
      wall: (wall * 1000) / plan.hops,
      threadCpu: perHop(thread, cpu.thread()),
      processCpu: perHop(whole, cpu.process()),
    };
  } finally {
    await session.close();
  }
}

/** Sends the sources of one plan, keeping a number of them in flight, and checks what arrives. */
export class Course {
  #session: Session | undefined;
  #plan: Plan | undefined;
  #sent = 0;
  #arrived = 0;
  #weight = 0;
  #perSource = 1;
  #finish: () => void = () => {};
  #fail: (reason: unknown) => void = () => {};

  async run(session: Session, plan: Plan, window: number | null): Promise<void> {
    this.#session = session;
    this.#plan = plan;
    this.#sent = this.#arrived = this.#weight = 0;
    this.#perSource = plan.arrivals / plan.sources;
    const arrived = new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    const first = Math.min(window ?? plan.sources, plan.sources);
    while (this.#sent < first) this.#sendNext(); // a synchronous contender sends the next ones itself
    await arrived;
    await session.settle?.();
    if (this.#arrived !== plan.arrivals || this.#weight !== plan.checksum) {
      const came = `${this.#arrived} arrivals with checksum ${this.#weight}`;
      throw new Error(`expected ${plan.arrivals} arrivals with checksum ${plan.checksum}, got ${came}`);
    }
  }

  /** An agent that ends a path was reached. */
  arrive(payload: Payload): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    this.#arrived++;
    this.#weight += payload.weight;
    if (this.#arrived % this.#perSource === 0 && this.#sent < plan.sources) this.#sendNext();
    if (this.#arrived === plan.arrivals) this.#finish();
  }

  #sendNext(): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    const index = this.#sent++;
    try {
      const sending = this.#session?.send(plan.channel(index), plan.source(index));
      if (sending instanceof Promise) sending.then(undefined, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }
}
