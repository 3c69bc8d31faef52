/** Runs one probe in a process of its own and writes what it measured as the last line of its output. */
import { pathToFileURL } from 'node:url';
import type { Probe } from './processes.js';

const [modulePath, job] = process.argv.slice(2);
if (modulePath === undefined || job === undefined) throw new Error('usage: child.js MODULE JOB');

try {
  const { probe }: { probe: Probe } = await import(pathToFileURL(modulePath).href);
  const result = await probe(JSON.parse(job) as unknown);
  process.stdout.write(`\n${JSON.stringify({ result })}\n`, () => process.exit(0));
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(`\n${JSON.stringify({ error: text })}\n`, () => process.exit(1));
}
