import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Makes one file of a child and everything it needs: it starts in a tenth of the time. */
export async function bundleChild(outfile: string, name = 'child.ts'): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['dagger-source'],
    // ajv is CommonJS, and asks for its parts by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

const TORN_END = 'a torn end was cut off';

/** What one child said until it was killed: whole lines only. */
export async function runAndKill(
  script: string,
  args: readonly string[],
  when: { readonly said: string; readonly after: number },
): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let output = '';
  let errors = '';
  let left: number | undefined;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (left === undefined && output.includes(when.said)) {
      left = when.after;
      setTimeout(() => child.kill('SIGKILL'), left);
    }
  });
  const [code, signal] = await ended;
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself (${code}): ${errors}`);
  // A kill in the middle of a large write leaves a part of it; the next life says that it has cut that off.
  const complaints = errors.split('\n').filter((line) => line !== '' && !line.includes(TORN_END));
  if (complaints.length > 0) throw new Error(`the child complained: ${complaints.join('\n')}`);
  return output.split('\n').slice(0, -1);
}
