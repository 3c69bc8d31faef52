import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root folder of the package. */
export const packageRoot: string = join(import.meta.dirname, '..', '..');

/** One file that the `exports` map of package.json hands out, and the source that it is built from. */
export interface PackageEntry {
  /** As people import it: `./storage/memory`. */
  readonly subpath: string;
  /** The conditions on the way to it, outermost first: `['browser', 'default']`. */
  readonly conditions: readonly string[];
  /** Path without `dist/` and without suffix: `storage-adapters/memory`. */
  readonly name: string;
  /** The source, relative to the root. It may not exist: {@link missingSources} tells. */
  readonly source: string;
}

type ExportsTarget = string | { readonly [condition: string]: ExportsTarget };

/** What we read of our own package.json. Its shape is what npm asks for; publint checks it in the gate. */
export interface PackageManifest {
  readonly exports: Readonly<Record<string, ExportsTarget>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

export const manifest: PackageManifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

/** Every built JavaScript file of the `exports` map, in the order of the map, each file once. */
export function packageEntries(): readonly PackageEntry[] {
  const entries = new Map<string, PackageEntry>();
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    for (const [conditions, file] of leaves(target, [])) {
      const name = /^\.\/dist\/(.+)\.js$/.exec(file)?.[1];
      if (name !== undefined && !entries.has(name)) {
        entries.set(name, { subpath, conditions, name, source: sourceOf(name) });
      }
    }
  }
  return [...entries.values()];
}

/** Every file that the `exports` map names, with its subpath and conditions. */
export function exportedFiles(): readonly {
  subpath: string;
  conditions: readonly string[];
  file: string;
}[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    leaves(target, []).map(([conditions, file]) => ({ subpath, conditions, file })),
  );
}

/** Sources that the `exports` map needs and the tree lacks. */
export function missingSources(): readonly string[] {
  return packageEntries()
    .map((entry) => entry.source)
    .filter((source) => !existsSync(join(packageRoot, source)));
}

function sourceOf(name: string): string {
  return existsSync(join(packageRoot, `${name}.tsx`)) ? `${name}.tsx` : `${name}.ts`;
}

function leaves(
  target: ExportsTarget,
  conditions: readonly string[],
): (readonly [conditions: readonly string[], file: string])[] {
  if (typeof target === 'string') return [[conditions, target]];
  return Object.entries(target).flatMap(([condition, inner]) => leaves(inner, [...conditions, condition]));
}
