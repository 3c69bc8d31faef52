import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Runs an example when its file is the program that was started; does nothing when a test imports it. */
export async function runAlone(
  url: string,
  example: (print: (line: string) => void) => Promise<unknown>,
): Promise<void> {
  const program = process.argv[1];
  if (program !== undefined && pathToFileURL(realpathSync(program)).href === url) await example(console.log);
}
