/** `npm run bench`: measures, prints a table per section, and writes all of them to results/. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH, bundleForNode } from './build.js';
import { installPeers } from './install.js';
import { describeMachine, machineLine } from './machine.js';
import { type Options, parseOptions, USAGE } from './options.js';
import { ENTRIES, type Entry, REFERENCE } from './registry.js';
import type { Context } from './rounds.js';
import { SECTIONS } from './sections.js';
import { hasServer, Servers } from './servers.js';
import { type Section, toMarkdown } from './table.js';

async function main(options: Options): Promise<void> {
  const started = Date.now();
  const machine = describeMachine();
  console.log(`${machineLine(machine)}\n`);
  const chosen = SECTIONS.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
  if (chosen.length === 0)
    throw new Error(`--only: no section of these; there are ${SECTIONS.map(({ id }) => id).join(', ')}`);
  const { entries, left } = chooseEntries(options);
  if (entries.some((entry) => entry.peer)) await installPeers();
  const sources = new Set([
    ...chosen.flatMap(({ probe }) => probe ?? []),
    ...entries.map(({ source }) => source),
  ]);
  const bundles = await bundleForNode([...sources]);
  const servers = new Servers();
  const context: Context = {
    bundles,
    servers,
    entries,
    rounds: options.rounds,
    quick: options.quick,
    progress,
  };
  const sections: Section[] = [];
  try {
    for (const { id, run } of chosen) {
      const section = await run(context).catch((error: unknown) => failed(id, error));
      sections.push(section);
      progress('');
      console.log(toMarkdown(section));
    }
  } finally {
    await servers.stop();
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  const preface = `${machineLine(machine)} ${options.rounds} rounds, ${seconds} s in all.${left}`;
  await mkdir(join(BENCH, 'results'), { recursive: true });
  const file = join(BENCH, 'results', options.name);
  await writeFile(`${file}.json`, `${JSON.stringify({ machine, options, seconds, sections }, null, 1)}\n`);
  await writeFile(`${file}.md`, `${preface}\n\n${sections.map(toMarkdown).join('\n')}`);
  console.log(`${preface}\nWritten to test/bench/results/${options.name}.json and .md`);
}

/** The contenders asked for, without those whose server is not installed, and a sentence about these. */
function chooseEntries(options: Options): { entries: Entry[]; left: string } {
  const asked = ENTRIES.filter((entry) => entry.name === REFERENCE || options.peers.includes(entry.name));
  const entries = asked.filter((entry) => !entry.server || hasServer(entry.server));
  const missing = asked.filter((entry) => !entries.includes(entry)).map(({ name }) => name);
  return {
    entries,
    left: missing.length > 0 ? ` Not run, as their servers are not installed: ${missing.join(', ')}.` : '',
  };
}

/** A section that could not be measured: said in the report, and the others go on. */
function failed(id: string, error: unknown): Section {
  process.exitCode = 1;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    id,
    title: 'could not be measured',
    columns: ['error'],
    rows: [[text.split('\n')[0] ?? '']],
    notes: [],
    data: text,
  };
}

/** A line that overwrites itself on a terminal; nothing when piped. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

if (process.argv.includes('--help')) {
  console.log(USAGE);
} else {
  await main(parseOptions(process.argv.slice(2)));
}
