import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Enough of a process to tell it from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own terms; empty where that cannot be found out. */
  readonly startedAt: string;
  /** The machine, and the container in it: pids mean something only within. */
  readonly machine: string;
  /** One start of the machine; empty where that cannot be found out. */
  readonly boot: string;
}

/** How owners of locks are recognised. Injected, so that a test can be another machine. */
export interface ProcessTable {
  self(): Promise<ProcessIdentity>;
  /** `unknown`: on another machine, or nothing tells whether the pid was reused. The own process is `running`. */
  find(identity: ProcessIdentity): Promise<'running' | 'gone' | 'unknown'>;
}

/** The processes of this machine. Exact on Linux; without start times elsewhere when `ps` does not give them. */
export const systemProcesses: ProcessTable = {
  self() {
    ownIdentity ??= identify();
    return ownIdentity;
  },
  async find({ pid, startedAt, machine, boot }) {
    const self = await this.self();
    if (machine !== self.machine) return 'unknown';
    if (boot !== self.boot || !pidExists(pid)) return 'gone';
    const start = await startOf(pid);
    if (start === undefined) return 'gone';
    if (start === '' || startedAt === '') return pid === process.pid ? 'running' : 'unknown';
    return start === startedAt ? 'running' : 'gone';
  },
};

/** Asked for once: a process stays what it is. */
let ownIdentity: Promise<ProcessIdentity> | undefined;

async function identify(): Promise<ProcessIdentity> {
  const { pid } = process;
  return { pid, startedAt: (await startOf(pid)) ?? '', machine: await machineName(), boot: await bootId() };
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // there, but somebody else's
  }
}

/** Empty when it cannot be found out; undefined when the process is there no more (or only waits to be buried). */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return '';
  if (process.platform !== 'linux') return startFromPs(pid);
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (line === undefined) return pidExists(pid) ? '' : undefined;
  // The second field is the program's name in brackets and may hold anything, so fields are counted behind it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
}

function startFromPs(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 2_000 }, (error, output) =>
      resolve(error === null ? output.trim() : ''),
    );
  });
}

/** Two machines may have one name, and then the other's boot would pass for an earlier one of ours. */
async function machineName(): Promise<string> {
  const [container, id] = await Promise.all([
    readlink('/proc/self/ns/pid').catch(() => ''),
    readFile('/etc/machine-id', 'utf8').catch(() => ''),
  ]);
  // Not the id itself, which is nobody else's to know.
  const mark =
    id.trim() === '' ? '' : createHash('sha256').update(`dagger ${id.trim()}`).digest('hex').slice(0, 8);
  return [hostname(), mark, container].filter((part) => part !== '').join(' ');
}

function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}
