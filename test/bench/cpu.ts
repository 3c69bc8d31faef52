import { readFileSync } from 'node:fs';
import type { CpuClocks } from './measure.js';

/**
 * CPU used so far, in milliseconds. On Linux the kernel tells what the main thread alone used, to the nanosecond;
 * elsewhere only the whole process's figure is known, which counts the garbage collector's helpers too.
 */
export const nodeCpuClocks: CpuClocks = {
  thread: () => {
    try {
      return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6;
    } catch {
      return null;
    }
  },
  process: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
