import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Another process that works on a store, see writer.ts. */
export interface WriterProcess {
  readonly child: ChildProcess;
  /** Every line that it has said so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line, said already or not, that matches; rejects when the process ends before. */
  said(pattern: RegExp): Promise<string>;
  /** Resolves when it has said this many lines; rejects when the process ends before. */
  saidLines(count: number): Promise<void>;
  ask(line: string): void;
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>;
}

export function startWriter(directory: string, task: 'append' | 'hold'): WriterProcess {
  const script = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, task], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const ended = once(child, 'close');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  void ended.then(wake);
  const until = (what: string, isThere: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const over = child.exitCode !== null || child.signalCode !== null;
        if (!isThere() && !over) return;
        waiting.delete(look);
        if (isThere()) resolve();
        else reject(new Error(`The process ended without saying ${what}; it said: ${lines.join(' | ')}`));
      };
      waiting.add(look);
      look();
    });
  return {
    child,
    lines,
    saidLines: (count) => until(`${count} lines`, () => lines.length >= count),
    async said(pattern) {
      await until(String(pattern), () => lines.some((line) => pattern.test(line)));
      return lines.find((line) => pattern.test(line)) ?? '';
    },
    ask: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
