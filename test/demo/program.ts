import { type ChildProcess, spawn } from 'node:child_process';
import { packageRoot } from '../support/package-entries.js';

/** The headless program as a process of its own, as `npm start` runs it. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  stdout = '';
  stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(programArguments: readonly string[]) {
    const tsx = ['--import', 'tsx', '--conditions=dagger-source'];
    this.child = spawn(process.execPath, [...tsx, 'demo/headless.ts', ...programArguments], {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    this.child.stdout?.on('data', (text: Buffer) => {
      this.stdout += text.toString();
      for (const watcher of this.#watchers) watcher();
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        resolve({ code, signal });
        for (const watcher of this.#watchers) watcher();
      });
    });
  }

  /** Resolves when it has printed what fits, or has ended. */
  printed(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!pattern.test(this.stdout) && this.child.exitCode === null && this.child.signalCode === null)
          return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** What it printed from the answer's first line to its last source. */
  get answer(): string {
    return /^Question: [\s\S]*?(?=\n\n(?:Run |Answered by))/mu.exec(this.stdout)?.[0] ?? '';
  }
}
