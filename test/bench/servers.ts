import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export type ServerKind = 'redis' | 'redis-aof' | 'nats';

const COMMANDS: Record<ServerKind, { command: string; args(port: number, directory: string): string[] }> = {
  redis: {
    command: 'redis-server',
    args: (port, directory) => [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
  },
  'redis-aof': {
    command: 'redis-server',
    args: (port, directory) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
    ],
  },
  nats: {
    command: 'nats-server',
    args: (port, directory) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory],
  },
};

/** Whether a server's program is on PATH. */
export function hasServer(kind: ServerKind): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, COMMANDS[kind].command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Servers for peers that need one: started when first asked for, on loopback and a free port, in a folder of their own. */
export class Servers {
  readonly #running = new Map<ServerKind, { port: number; child: ChildProcess; directory: string }>();

  async portsFor(kind: ServerKind): Promise<Record<string, number>> {
    const known = this.#running.get(kind);
    if (known !== undefined) return { [kind]: known.port };
    const directory = await mkdtemp(join(tmpdir(), `dagger-bench-${kind}-`));
    const port = await freePort();
    const { command, args } = COMMANDS[kind];
    const child = spawn(command, args(port, directory), { stdio: 'ignore' });
    const failed = new Promise<never>((_, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`${command} ended with ${code}`)));
    });
    this.#running.set(kind, { port, child, directory });
    await Promise.race([accepting(port), failed]);
    return { [kind]: port };
  }

  async stop(): Promise<void> {
    for (const { child, directory } of this.#running.values()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      await rm(directory, { recursive: true, force: true });
    }
    this.#running.clear();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Resolves when something accepts connections on the port; gives up after 10 seconds. */
async function accepting(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    if (Date.now() > deadline) throw new Error(`nothing answers on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
