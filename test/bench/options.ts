import { parseArgs } from 'node:util';
import { ENTRIES } from './registry.js';

export interface Options {
  /** Under a minute: fewer rounds, fewer messages, and only contenders that need no installing. */
  readonly quick: boolean;
  /** Sections to run, by id; all when empty. */
  readonly only: readonly string[];
  /** Contenders to run, by name. */
  readonly peers: readonly string[];
  readonly rounds: number;
  /** Where the JSON and the Markdown go; `latest` by default. */
  readonly name: string;
}

export const USAGE: string = `npm run bench -- [options]

  --quick             under a minute: few rounds, few messages, no peers to install
  --only W1,W3        sections: W1 W1-burst W2 W3 W4 W5 W6 W7 W8 START MEM GROWTH
  --peers ref,mitt    contenders: ${ENTRIES.map((entry) => entry.name).join(' ')}
  --rounds 5          rounds; every contender runs once in each
  --name latest       results/NAME.json and results/NAME.md
`;

/** @throws Error that names the option and what it takes. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      rounds: { type: 'string' },
      name: { type: 'string', default: 'latest' },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number, got ${values.rounds}`);
  if (!/^[\w-]+$/.test(values.name))
    throw new Error(`--name takes letters, digits and dashes, got ${values.name}`);
  const known = new Set(ENTRIES.map((entry) => entry.name));
  const peers = list(values.peers);
  for (const peer of peers) {
    if (!known.has(peer))
      throw new Error(`--peers: no contender is named ${peer}; there are ${[...known].join(', ')}`);
  }
  return {
    quick: values.quick,
    only: list(values.only).map((id) => id.toUpperCase()),
    peers:
      peers.length > 0
        ? peers
        : ENTRIES.filter((entry) => !values.quick || !entry.peer).map(({ name }) => name),
    rounds,
    name: values.name,
  };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
