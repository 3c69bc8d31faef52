import { spawn } from 'node:child_process';

/** What a probe module exports: it takes its job as JSON and answers JSON. */
export type Probe<Job = unknown> = (job: Job) => Promise<unknown>;

export interface ChildOptions {
  /** Flags for Node, before the script. */
  readonly flags?: readonly string[];
  /** The process is killed after so many milliseconds; 60,000 by default. */
  readonly timeout?: number;
  readonly cwd?: string;
}

/**
 * Runs `node child.js module job` and answers what the probe answered.
 * @throws Error with the child's own error, or what it wrote when it died without one.
 */
export async function runProbe<Result>(
  childScript: string,
  module: string,
  job: unknown,
  options: ChildOptions = {},
): Promise<Result> {
  const flags = options.flags ?? ['--expose-gc'];
  const output = await runNode([...flags, childScript, module, JSON.stringify(job)], options);
  const last = output.text.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) {
    const why = output.timedOut
      ? `did not end within ${options.timeout ?? 60_000} ms`
      : `exit ${output.code}`;
    throw new Error(`${why}: ${output.text.slice(-2000)}`);
  }
  const answer: { result?: Result; error?: string } = JSON.parse(last);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.result as Result; // the probe and its caller share the type
}

/** Runs Node with these arguments and collects what it writes; ends it when it takes too long. */
export async function runNode(
  args: readonly string[],
  options: ChildOptions = {},
): Promise<{ text: string; code: number | null; timedOut: boolean }> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let text = '';
  let errors = '';
  let timedOut = false;
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const watchdog = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, options.timeout ?? 60_000);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearTimeout(watchdog);
  return { text: code === 0 || text.trimEnd().endsWith('}') ? text : errors + text, code, timedOut };
}
