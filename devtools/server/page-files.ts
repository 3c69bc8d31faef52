import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PubSubError } from '../../core/errors.js';

/** One file of the page, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Beside the built file of this module; in a checkout, where the build has put it. */
const PLACES = ['./built-page/', '../../dist/devtools/server/built-page/'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** The files of the page by their paths: nothing else can be asked for. @throws PubSubError when it was not built. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  for (const place of PLACES) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    const files = readFolder(folder);
    const index = files.get('/index.html');
    if (index) return files.set('/', index);
  }
  throw new PubSubError('EXECUTION_ERROR', 'the page of the devtools is not there; build it: npm run build');
}

function readFolder(folder: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const path of pathsIn(folder)) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    files.set(`/${path.split(sep).join('/')}`, { type, content: readFileSync(join(folder, path)) });
  }
  return files;
}

/** Of its files, and of the folders in it, which have no type; not as entries, as before Node 20.12 those do not tell where they are. */
function pathsIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
