import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longest time Graphviz may take before its picture is given up. */
const GRAPHVIZ_MILLISECONDS = 20_000;

/** Writes the tree as `.dot`, and as `.svg` where Graphviz is installed. Answers with the files written. */
export async function writeTree(dot: string, directory: string | undefined): Promise<string[]> {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'dagger-research-')));
  await mkdir(folder, { recursive: true });
  const source = join(folder, 'research.dot');
  const picture = join(folder, 'research.svg');
  await writeFile(source, dot);
  return (await graphviz(source, picture)) ? [source, picture] : [source];
}

function graphviz(source: string, picture: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('dot', ['-Tsvg', '-o', picture, source], {
      stdio: 'ignore',
      timeout: GRAPHVIZ_MILLISECONDS,
    });
    child.on('error', () => resolve(false)); // not installed
    child.on('close', (code) => resolve(code === 0));
  });
}
