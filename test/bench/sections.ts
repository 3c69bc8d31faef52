import type { Context } from './rounds.js';
import { inChromium } from './sections/chromium.js';
import { crowd } from './sections/crowd.js';
import { growth } from './sections/growth.js';
import { longRun } from './sections/long-run.js';
import { marginal } from './sections/marginal.js';
import { memory } from './sections/memory.js';
import { start } from './sections/start.js';
import { KINDS, throughput } from './sections/throughput.js';
import type { Section } from './table.js';

interface Measured {
  readonly id: string;
  /** The module that its child processes run, besides the contenders. */
  readonly probe?: string;
  run(context: Context): Promise<Section>;
}

/** What `npm run bench` measures, in the order of the report. */
export const SECTIONS: readonly Measured[] = [
  ...KINDS.map((kind) => ({
    id: kind.id,
    probe: 'probes/throughput.ts',
    run: (context: Context) => throughput(context, kind),
  })),
  { id: 'W5', run: inChromium },
  { id: 'W6', probe: 'probes/throughput.ts', run: crowd },
  { id: 'W7', probe: 'probes/long-run.ts', run: longRun },
  { id: 'W8', probe: 'probes/marginal.ts', run: marginal },
  { id: 'START', run: start },
  { id: 'MEM', probe: 'probes/memory.ts', run: memory },
  { id: 'GROWTH', probe: 'probes/growth.ts', run: growth },
];
