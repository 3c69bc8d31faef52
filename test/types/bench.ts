import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../support/processes.js';

/**
 * `npm run bench:types [agents]`: what the compiler pays for our inference. Checks a generated file of 50 agents (or as
 * many as asked for), once with JSON Schema literals and once with zod, and the same file with no agent in it; the
 * difference is theirs. Median of five, on one thread, so that figures compare.
 */
const rounds = 5;
const folder = join(import.meta.dirname, '.tmp');

const flavours: Readonly<Record<string, { readonly head: string; readonly schema: (n: number) => string }>> =
  {
    'JSON Schema': {
      head: '',
      schema: (n) =>
        `{ type: 'object', properties: { url${n}: { type: 'string' }, depth: { type: 'integer' }, ` +
        `tags: { type: 'array', items: { type: 'string' } }, kind: { enum: ['page', 'file'] } }, ` +
        `required: ['url${n}', 'kind'], additionalProperties: false }`,
    },
    zod: {
      head: "import { z } from 'zod';\n",
      schema: (n) =>
        `z.object({ url${n}: z.string(), depth: z.number().int().optional(), ` +
        `tags: z.array(z.string()).optional(), kind: z.enum(['page', 'file']) })`,
    },
  };

function generateAgents(count: number, schema: (n: number) => string): string {
  return Array.from(
    { length: count },
    (_, n) => `export const agent${n}: unknown = defineAgent({
  name: 'agent-${n}',
  subscribe: 'channel-${n}',
  publish: ['channel-${n + 1}'],
  inputSchema: ${schema(n)},
  outputSchema: ${schema(n + 1)},
  async process({ payload, publish }) {
    const url: string = payload.url${n};
    await publish('channel-${n + 1}', { url${n + 1}: url, kind: payload.kind });
  },
});
`,
  ).join('');
}

async function checkSeconds(source: string): Promise<number> {
  writeFileSync(join(folder, 'agents.ts'), source);
  const { code, output } = await runCommand('tsc', [
    '-p',
    folder,
    '--extendedDiagnostics',
    '--singleThreaded',
  ]);
  const seconds = /Check time:\s*([\d.]+)\s*s/.exec(output)?.[1];
  if (code !== 0 || seconds === undefined) throw new Error(`The generated agents do not compile:\n${output}`);
  return Number(seconds);
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 50);
  mkdirSync(folder, { recursive: true });
  try {
    const config = { extends: '../../../tsconfig.json', include: ['agents.ts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    for (const [name, { head, schema }] of Object.entries(flavours)) {
      const imports = `${head}import { defineAgent } from 'dagger-agents';\n`;
      const use = `export const used: readonly unknown[] = [defineAgent${head === '' ? '' : ', z'}];\n`;
      const differences: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const without = await checkSeconds(imports + use);
        const withAgents = await checkSeconds(imports + use + generateAgents(count, schema));
        differences.push(withAgents - without);
      }
      differences.sort((a, b) => a - b);
      const [least, median, most] = [0, Math.floor(rounds / 2), rounds - 1].map((at) => differences[at] ?? 0);
      console.log(
        `${count} agents with ${name}: ${median?.toFixed(3)} s of checking (${least?.toFixed(3)} to ${most?.toFixed(3)})`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
