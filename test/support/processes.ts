import { spawn } from 'node:child_process';
import { packageRoot } from './package-entries.js';

export interface CommandResult {
  readonly code: number;
  /** What it printed, both streams as they came; empty with `show`. */
  readonly output: string;
}

/**
 * Runs a command in the root folder and waits for its end. Commands of installed packages are found first.
 * With `show` it prints to our own terminal, otherwise what it prints is kept.
 */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: { readonly show?: boolean; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: packageRoot,
      env: { ...process.env, ...options.environment },
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (text: Buffer): void => {
      output += text.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\nended by ${signal}\n` });
    });
  });
}
