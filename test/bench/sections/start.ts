import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPackage } from '../build.js';
import { runNode } from '../processes.js';
import type { Context } from '../rounds.js';
import { type Summary, summarise } from '../statistics.js';
import { number, type Section } from '../table.js';

/** Milliseconds; the CPU's are those of the whole process, with what Node's other threads do for it. */
interface Start {
  readonly importing: number;
  readonly importingCpu: number;
  readonly first?: number;
  readonly firstCpu?: number;
}

interface Contender {
  readonly name: string;
  /** What is imported, by the name `library`. */
  readonly imports: string;
  /** From there until a message has passed from a first agent to a second. */
  readonly first?: string;
}

const SCHEMA = "{ type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }";

const DAGGER = `
  const schema = ${SCHEMA};
  const { PubSubExecutor, defineAgent } = library;
  const executor = await PubSubExecutor.open();
  const done = new Promise((resolve) => {
    executor.registerAgent(defineAgent({
      name: 'first', subscribe: 'raw', publish: 'read', inputSchema: schema, outputSchema: schema,
      async process({ payload, publish }) { await publish('read', payload); },
    }));
    executor.registerAgent(defineAgent({
      name: 'second', subscribe: 'read', inputSchema: schema,
      async process() { resolve(); },
    }));
  });
  executor.execute({ channel: 'raw', payload: { text: 'hello' } });
  await done;
`;

/** The same by hand, as the contender `mitt` of the other sections does it. */
const MITT = `
  const emitter = library.mitt();
  const validate = new library.Ajv().compile(${SCHEMA});
  const check = (payload) => { if (!validate(payload)) throw new Error('invalid'); };
  await new Promise((resolve) => {
    emitter.on('read', (payload) => { check(payload); resolve(); });
    emitter.on('raw', (payload) => { check(payload); check(payload); emitter.emit('read', payload); });
    emitter.emit('raw', { text: 'hello' });
  });
`;

/** START: what a program pays before its first message. */
export async function start(context: Context): Promise<Section> {
  const folder = await buildPackage();
  await writeFile(join(folder, 'empty.mjs'), 'export {};\n');
  const mitt = "export { default as mitt } from 'mitt';\nexport { Ajv } from 'ajv';\n";
  await writeFile(join(folder, 'mitt.mjs'), mitt);
  const ours = (file: string): string => pathToFileURL(join(folder, file)).href;
  const measured = new Set(context.entries.map(({ name }) => name));
  const contenders: Contender[] = [
    { name: 'an empty module', imports: ours('empty.mjs') },
    { name: 'Dagger, as published', imports: ours('core/index.js'), first: DAGGER },
    ...(measured.has('mitt') ? [{ name: 'mitt + ajv', imports: ours('mitt.mjs'), first: MITT }] : []),
    ...PEERS.filter(({ entry }) => measured.has(entry)),
  ];

  const found = new Map<string, Start[]>(contenders.map(({ name }) => [name, []]));
  const rounds = context.quick ? 5 : Math.max(9, 2 * context.rounds);
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      context.progress(`START, round ${round + 1}: ${contender.name}`);
      found.get(contender.name)?.push(await once(folder, contender));
    }
  }
  return section(contenders, found);
}

/** Packages that only the peers need: where they are installed, their import is measured. */
const PEERS: readonly (Contender & { readonly entry: string })[] = [
  { entry: 'rxjs', name: 'RxJS', imports: 'rxjs' },
  { entry: 'xstate-send-to', name: 'XState', imports: 'xstate' },
  { entry: 'effect-queue', name: 'Effect', imports: 'effect' },
  { entry: 'langgraph', name: 'LangGraph.js', imports: '@langchain/langgraph' },
];

/** In a new process. The script stands below the peers' folder, so that it finds their packages. */
async function once(folder: string, { name, imports, first = '' }: Contender): Promise<Start> {
  const script = join(folder, 'start.mjs');
  const program = `
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const begun = [performance.now(), cpu()];
const library = await import(${JSON.stringify(imports)});
const imported = [performance.now(), cpu()];
${first}
const ended = [performance.now(), cpu()];
const result = { importing: imported[0] - begun[0], importingCpu: imported[1] - begun[1] };
if (${first !== ''}) Object.assign(result, { first: ended[0] - imported[0], firstCpu: ended[1] - imported[1] });
process.stdout.write(JSON.stringify(result), () => process.exit());
`;
  await writeFile(script, program);
  const { text, code } = await runNode([script]);
  if (code !== 0) throw new Error(`${name}: ${text}`);
  return JSON.parse(text);
}

function section(contenders: readonly Contender[], found: ReadonlyMap<string, readonly Start[]>): Section {
  const of = (name: string, pick: (start: Start) => number | undefined): Summary | null =>
    summarise((found.get(name) ?? []).flatMap((each) => pick(each) ?? []));
  const empty = of('an empty module', ({ importing }) => importing);
  const emptyCpu = of('an empty module', ({ importingCpu }) => importingCpu);
  const rows = contenders.map(({ name }) => {
    const importing = of(name, (each) => each.importing);
    const importingCpu = of(name, (each) => each.importingCpu);
    const first = of(name, (each) => each.first);
    const over = (value: number | undefined, nothing: number | undefined): string =>
      number(value === undefined || nothing === undefined ? null : Math.max(0, value - nothing));
    return [
      name,
      over(importing?.least, empty?.least),
      over(importing?.median, empty?.median),
      over(importingCpu?.median, emptyCpu?.median),
      number(first?.least),
      number(first?.median),
      number(of(name, (each) => each.firstCpu)?.median),
    ];
  });
  return {
    id: 'START',
    title: 'import, and the first message through, in ms',
    columns: ['', 'import, least', 'median', 'CPU', 'first message, least', 'median', 'CPU'],
    rows,
    notes: [
      'Each in a new process; imports over that of an empty module. The first message, counted from the end of the import: opening, registering two agents and a run, or what comes closest, until it has passed from the first agent to the second, its payload checked three times. CPU: the median of the whole process, other threads included.',
    ],
    data: Object.fromEntries(found),
  };
}
