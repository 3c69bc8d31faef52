import type { Context } from './rounds.js';
import { KINDS, throughput } from './sections/throughput.js';
import type { Section } from './table.js';

/** What `npm run bench` measures, in the order of the report. */
export const SECTIONS: readonly { readonly id: string; run(context: Context): Promise<Section> }[] = [
  ...KINDS.map((kind) => ({ id: kind.id, run: (context: Context) => throughput(context, kind) })),
];
