import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Corpus } from '../research/corpus.js';
import { UsageError } from './arguments.js';

/** Bounds of what is read, so that any folder may be named. */
const MOST_FILES = 600;
const MOST_BYTES = 4_000_000;
const MOST_BYTES_EACH = 512_000;

const DOCUMENT = /\.(?:md|markdown|mdx|txt)$/iu;
/** The README in English, not its translations (`README.fr.md`). */
const README = /^readme(?:\.en)?\.(?:md|markdown)$/iu;
const DOCS_FOLDER = /^docs?$/iu;

export interface FolderCorpus extends Corpus {
  /** How many documents were left out because of the bounds. */
  readonly leftOut: number;
}

/** All documents under a folder, hidden folders and `node_modules` apart. @throws UsageError when there are none. */
export async function folderCorpus(directory: string): Promise<FolderCorpus> {
  const found = await stat(directory).catch(() => undefined);
  if (!found) throw new UsageError(`--docs: there is no folder ${JSON.stringify(directory)}`);
  if (!found.isDirectory()) throw new UsageError(`--docs: ${JSON.stringify(directory)} is not a folder`);
  const paths = await documentsUnder(directory, () => true);
  if (paths.length === 0) {
    throw new UsageError(`--docs: no .md, .markdown, .mdx or .txt file under ${JSON.stringify(directory)}`);
  }
  return bounded(paths);
}

/** README and docs of every package installed in a `node_modules` folder. @throws UsageError when there are none. */
export async function packagesCorpus(nodeModules: string): Promise<FolderCorpus> {
  const paths: string[] = [];
  for (const directory of await packageFolders(nodeModules)) {
    for (const entry of await entriesOf(directory)) {
      if (entry.isFile() && README.test(entry.name)) paths.push(join(directory, entry.name));
      if (entry.isDirectory() && DOCS_FOLDER.test(entry.name)) {
        paths.push(...(await documentsUnder(join(directory, entry.name), (name) => !name.endsWith('.txt'))));
      }
    }
  }
  if (paths.length === 0)
    throw new UsageError('no package documentation found: run `npm ci` first, or name --docs');
  return bounded(paths);
}

async function packageFolders(nodeModules: string): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of await entriesOf(nodeModules)) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const folder = join(nodeModules, entry.name);
    if (!entry.name.startsWith('@')) folders.push(folder);
    else
      for (const inner of await entriesOf(folder))
        if (inner.isDirectory()) folders.push(join(folder, inner.name));
  }
  return folders;
}

async function documentsUnder(directory: string, wanted: (name: string) => boolean): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await entriesOf(directory)) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) paths.push(...(await documentsUnder(path, wanted)));
    else if (entry.isFile() && DOCUMENT.test(entry.name) && wanted(entry.name)) paths.push(path);
  }
  return paths;
}

/** Sorted by name: the same folder gives the same corpus on every system. A folder that may not be read is passed over. */
async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'ENOENT'))
      return [];
    throw error;
  }
}

async function bounded(candidates: readonly string[]): Promise<FolderCorpus> {
  const files = new Map<string, string>();
  let bytes = 0;
  for (const path of [...candidates].sort()) {
    const { size } = await stat(path);
    if (files.size >= MOST_FILES || size > MOST_BYTES_EACH || bytes + size > MOST_BYTES) continue;
    bytes += size;
    files.set(shown(path), resolve(path));
  }
  return {
    leftOut: candidates.length - files.size,
    list: async () => [...files.keys()],
    read: async (path) => {
      const file = files.get(path);
      if (file === undefined) throw new Error(`no document ${path} in this corpus`);
      return readFile(file, 'utf8');
    },
  };
}

/** As short as it can be and still be opened from here: relative inside the working folder, else absolute. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return (short.startsWith('..') ? resolve(path) : short).split(sep).join('/');
}
