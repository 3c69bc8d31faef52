import { parseArgs } from 'node:util';
import { runCommand } from './processes.js';

/**
 * `npm run test:kill -- --cycles N`: the kill tests alone (every test file with `kill` in its name), with as many
 * kills as asked for, and a tenth of them of whole browsers, which take seconds each. Default 300. `npm test` runs the
 * same files with fewer.
 */
const { values } = parseArgs({ options: { cycles: { type: 'string', default: '300' } } });
const cycles = Number(values.cycles);
if (!Number.isInteger(cycles) || cycles < 1) {
  throw new Error(`--cycles: expected a whole number of 1 or more, got ${values.cycles}`);
}
const { code } = await runCommand('vitest', ['run', 'kill'], {
  show: true,
  environment: {
    STORAGE_KILL_CYCLES: String(cycles),
    DAGGER_KILL_CYCLES: String(cycles),
    BROWSER_KILL_CYCLES: String(Math.ceil(cycles / 10)),
  },
});
process.exitCode = code;
