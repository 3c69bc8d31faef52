import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForStart, ROOT } from '../build.js';
import { runNode } from '../processes.js';
import type { Context } from '../rounds.js';
import { type Summary, summarise } from '../statistics.js';
import { number, type Section } from '../table.js';

interface Start {
  readonly importing: number;
  readonly first: number | null;
}

/** In a new process: how long the import takes, and then until a first message has passed from an agent to another. */
const SCRIPT = `
const start = performance.now();
const core = await import(process.argv[2]);
const imported = performance.now();
let first = null;
if (core.PubSubExecutor) {
  const schema = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
  const executor = await core.PubSubExecutor.open();
  const done = new Promise((resolve) => {
    executor.registerAgent(core.defineAgent({
      name: 'first', subscribe: 'raw', publish: 'read', inputSchema: schema, outputSchema: schema,
      async process({ payload, publish }) { await publish('read', payload); },
    }));
    executor.registerAgent(core.defineAgent({
      name: 'second', subscribe: 'read', inputSchema: schema,
      async process() { resolve(); },
    }));
  });
  const run = executor.execute({ channel: 'raw', payload: { text: 'hello' } });
  await done;
  first = performance.now() - imported;
  await run.report;
  await executor.close();
}
process.stdout.write(JSON.stringify({ importing: imported - start, first }));
`;

/** START: what a program pays before its first message. */
export async function start(context: Context): Promise<Section> {
  const folder = await bundleForStart();
  const script = join(folder, 'start.mjs');
  await writeFile(script, SCRIPT);
  const dist = join(ROOT, 'dist', 'core', 'index.js');
  const modules = [
    ['an empty module', join(folder, 'empty.mjs')],
    ['the core, bundled from the sources', join(folder, 'core.mjs')],
    ['the core, as built for npm', dist],
  ] as const;
  const found = new Map<string, Start[]>();
  const rounds = context.quick ? 5 : Math.max(7, 2 * context.rounds);
  for (let round = 0; round < rounds; round++) {
    for (const [name, path] of modules) {
      if (!existsSync(path)) continue;
      context.progress(`START, round ${round + 1}: ${name}`);
      found.set(name, [...(found.get(name) ?? []), await once(script, path)]);
    }
  }
  const empty = summarise((found.get('an empty module') ?? []).map(({ importing }) => importing));
  const rows = [...found].map(([name, starts]) => {
    const importing = summarise(starts.map((each) => each.importing));
    const first = summarise(starts.flatMap((each) => each.first ?? []));
    const over = (pick: (summary: Summary) => number): number | null =>
      importing && empty ? pick(importing) - pick(empty) : null;
    return [
      name,
      ...[
        importing?.least,
        importing?.median,
        over(({ least }) => least),
        over((summary) => summary.median),
      ].map(number),
      ...[first?.least, first?.median].map(number),
    ];
  });
  return {
    id: 'START',
    title: 'import, and the first message through',
    columns: [
      '',
      'import ms, least',
      'median',
      'over empty, least',
      'median',
      'first message ms, least',
      'median',
    ],
    rows,
    notes: [
      'Each in a new process. The first message: opening, registering two agents, a run, and the validators that load at their first use.',
      ...(existsSync(dist) ? [] : ['`dist/` was not built: `npm run build` first for its row.']),
    ],
    data: Object.fromEntries(found),
  };
}

async function once(script: string, module: string): Promise<Start> {
  const { text, code } = await runNode([script, pathToFileURL(module).href]);
  if (code !== 0) throw new Error(text);
  return JSON.parse(text);
}
