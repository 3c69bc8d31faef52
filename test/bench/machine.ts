import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** The load before the run: above about 0.5, other work took part of the machine. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: systemName(),
    node: process.version,
    v8: process.versions.v8,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

function systemName(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return `${name ?? platform()}, kernel ${release()}`;
  } catch {
    return `${platform()} ${release()}`;
  }
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, memory, system, node, loadBefore } = machine;
  return `${cpu}, ${cores} cores, ${memory}; ${system}; Node ${node}; load before the run ${loadBefore}.`;
}
