import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PEERS, peerPackages } from './build.js';

/** Installs the peers' packages beside the benchmarks, unless they are there. Users of the library never do. */
export async function installPeers(): Promise<void> {
  if (peerPackages().needed.every((name) => existsSync(join(PEERS, 'node_modules', name)))) return;
  console.log('Installing the libraries to compare with (about 350 MB, once) …');
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: PEERS,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.on('error', reject);
    npm.on('close', resolve);
  });
  if (code !== 0) throw new Error(`npm install in test/bench/peers ended with ${code}`);
}
