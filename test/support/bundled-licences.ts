import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Where the build writes them, below `dist/`. */
export const LICENCES_FILE = 'THIRD-PARTY-LICENSES.txt';

/** Writes the licences of all packages whose code went into the build, which they ask to be kept with it. */
export function bundledLicences(): Plugin {
  return {
    name: 'bundled-licences',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source: licencesOf(modules) });
    },
  };
}

/** One text for the packages that these files belong to; what is not in `node_modules` is ours, and left out. */
export function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  const texts = [...folders].map(licenceOf).sort();
  return `The files in this folder contain code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
}

/** `…/node_modules/@scope/name` for a file in it, also where bundlers put a mark before the path. */
function packageFolder(file: string): string | undefined {
  const path = file.replace(/^\0/, '').replace(/\?.*$/, '');
  const end = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
  return end !== undefined && existsSync(join(end, 'package.json')) ? end : undefined;
}

function licenceOf(folder: string): string {
  const { name, version, license, author, homepage }: Package = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  const by = typeof author === 'object' ? author.name : author;
  // Some packages name their licence and forget its text.
  const text = file
    ? readFileSync(join(folder, file), 'utf8').trim()
    : [`Licence: ${license}`, by && `Author: ${by}`, homepage].filter(Boolean).join('\n');
  return `${name} ${version} (${license})\n\n${text}\n`;
}
