import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportedFiles, missingSources, packageEntries, packageRoot } from './support/package-entries.js';
import { readSourceTree, type SourceModule } from './support/source-tree.js';

/**
 * The architecture, as rules that a machine holds. Read the tables from top to bottom: they are the map of the house.
 *
 * A layer may import itself and the layers named beside it, nothing else; imports of types count like all others.
 * The first layer whose pattern fits a file is the one it belongs to.
 */
const layers: readonly { name: string; files: RegExp; mayImport: readonly string[] }[] = [
  // What everything stands on: errors, JSON, time and chance, options, ids.
  { name: 'foundation', files: /^core\/(?!index)[^/]+\.ts$/, mayImport: [] },
  // The schema port sits below the agents: an agent carries its schemas, and their types flow from there.
  { name: 'schema', files: /^core\/schema\//, mayImport: ['foundation'] },
  // What happens (messages, events) and what it adds up to. No effects here: decisions and folds are pure.
  { name: 'domain', files: /^core\/(messaging|agents|state)\//, mayImport: ['foundation', 'schema'] },
  // The two ways out of the process: to a store, and to whoever watches.
  {
    name: 'ports',
    files: /^core\/(persistence|inspection)\//,
    mayImport: ['foundation', 'schema', 'domain'],
  },
  // The only layer that makes things happen.
  { name: 'execution', files: /^core\/execution\//, mayImport: ['foundation', 'schema', 'domain', 'ports'] },
  {
    name: 'testing',
    files: /^core\/testing\//,
    mayImport: ['foundation', 'schema', 'domain', 'ports', 'execution'],
  },
  {
    name: 'core entry',
    files: /^core\/index\.ts$/,
    mayImport: ['foundation', 'schema', 'domain', 'ports', 'execution'],
  },
  // A store knows the port that it implements, and nothing of agents or runs.
  { name: 'stores', files: /^storage-adapters\//, mayImport: ['foundation', 'ports'] },
  {
    name: 'devtools',
    files: /^devtools\//,
    mayImport: ['foundation', 'schema', 'domain', 'ports', 'execution', 'core entry'],
  },
  {
    name: 'demo',
    files: /^demo\//,
    mayImport: ['core entry', 'testing', 'stores', 'devtools'],
  },
];

/**
 * Every package that our sources import, where, and in how many files at most: so that one can be exchanged by
 * changing one file. A package that is not listed here is refused.
 */
const vendors: readonly { packages: readonly string[]; within: readonly string[]; files: number }[] = [
  { packages: ['ajv'], within: ['core/schema/'], files: 1 },
  { packages: ['@cfworker/json-schema'], within: ['core/schema/'], files: 1 },
  { packages: ['mitt'], within: ['core/'], files: 1 },
  { packages: ['idb-keyval'], within: ['storage-adapters/'], files: 1 },
  // Types only: the schema port names them, and the agents' inference computes with them.
  { packages: ['json-schema-to-ts'], within: ['core/schema/', 'core/agents/', 'demo/'], files: 5 },
  { packages: ['@standard-schema/spec'], within: ['core/schema/', 'core/agents/'], files: 3 },
  { packages: [...d3Modules()], within: ['devtools/'], files: 20 },
  { packages: ['react', 'react-dom'], within: ['devtools/', 'demo/'], files: 100 },
  // The demo's tools for text, and the schemas of one of its examples.
  { packages: ['minisearch'], within: ['demo/'], files: 1 },
  { packages: ['stemmer'], within: ['demo/'], files: 1 },
  {
    packages: ['mdast-util-from-markdown', 'mdast-util-gfm', 'micromark-extension-gfm'],
    within: ['demo/'],
    files: 1,
  },
  { packages: ['mdast'], within: ['demo/'], files: 3 }, // types only: what the Markdown parser answers
  { packages: ['zod'], within: ['demo/'], files: 2 },
];

/** Built-in modules of Node may be imported here, and nowhere else: demo/agents and demo/research run in pages too. */
const nodeFiles =
  /^(storage-adapters\/(filesystem|open-storage\.node)|devtools\/server\/(?!page\/)|demo\/(?!agents\/|research\/))/;

/** The script of the page that `serveDevtools` serves: its HTML loads it. */
const servedPage = 'devtools/server/page/main';

/** Entries that a page may load: nothing that they reach, at whatever distance, needs Node. */
const browserEntries = [
  'core/index',
  'core/testing/index',
  'storage-adapters/open-storage.browser',
  'storage-adapters/memory',
  'storage-adapters/indexeddb',
  'storage-adapters/testing/conformance',
  'core/inspection/index',
  'devtools/index',
  'devtools/mount',
  'devtools/noop',
  servedPage,
  'demo/web/main',
];

/** What only a page has. */
const domNames = /^(document|window|localStorage|sessionStorage|indexedDB|navigator|location|self|alert)$/;
const domTypes = /^(HTML|SVG|CSS)[A-Za-z]*Element$|^(Element|Document|Window|Node|DOMRect|CustomEvent)$/;

/** Entry points that stand in for each other under a condition: they must offer the same names. */
const standIns: readonly (readonly [string, string])[] = [
  ['devtools/index', 'devtools/noop'],
  ['storage-adapters/open-storage.browser', 'storage-adapters/open-storage.node'],
];

const longestFile = 320;

const modules = readSourceTree(['core', 'storage-adapters', 'devtools', 'demo']);
const byPath = new Map(modules.map((module) => [module.path, module]));

describe('layers', () => {
  test('every source file belongs to a layer', () => {
    expect(modules.map((module) => module.path).filter((path) => layerOf(path) === undefined)).toEqual([]);
  });

  test.each(layers)('$name imports only what is below it', ({ name, mayImport }) => {
    const broken = ownImports().filter(({ from, to }) => {
      const target = layerOf(to);
      return layerOf(from) === name && target !== name && !mayImport.includes(target ?? '');
    });
    expect(broken.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('nothing goes in a circle, not even types', () => {
    expect(findCycles()).toEqual([]);
  });

  test('every relative import names a file that is there', () => {
    expect(ownImports().filter(({ to }) => !existsSync(join(packageRoot, to)))).toEqual([]);
  });
});

describe('platforms', () => {
  test('Node is imported only where Node runs', () => {
    const broken = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier }) => specifier.startsWith('node:') && !nodeFiles.test(path))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
    expect(broken).toEqual([]);
  });

  test.each(browserEntries)('%s reaches nothing that needs Node', (entry) => {
    const reached = reachableFrom(sourceFile(entry));
    const broken = reached.filter((path) =>
      byPath.get(path)?.imports.some(({ specifier }) => specifier.startsWith('node:')),
    );
    expect(reached.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });

  test('core names nothing of the DOM', () => {
    const broken = modules
      .filter(({ path }) => path.startsWith('core/'))
      .flatMap(({ path, findings }) =>
        findings
          .filter(({ kind, name = '' }) => kind === 'global' && (domNames.test(name) || domTypes.test(name)))
          .map(({ name, line }) => `${path}:${line} ${name}`),
      );
    expect(broken).toEqual([]);
  });
});

describe('packages', () => {
  const uses = modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier, target }) => target === undefined && !specifier.startsWith('node:'))
      .map(({ specifier }) => ({ path, name: packageName(specifier) })),
  );

  test.each(vendors)('$packages: in $files file(s) at most, under $within', ({ packages, within, files }) => {
    const users = new Set(uses.filter(({ name }) => packages.includes(name)).map(({ path }) => path));
    expect([...users].filter((path) => !within.some((folder) => path.startsWith(folder)))).toEqual([]);
    expect(users.size, [...users].join(', ')).toBeLessThanOrEqual(files);
  });

  test('no other package is imported', () => {
    const known = new Set(vendors.flatMap(({ packages }) => packages));
    expect(uses.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  // Where a registry lacks the builds for other systems, npm leaves them out of the lock file and `npm ci` refuses it.
  test('the lock file is whole for every system, and names no registry', () => {
    const locked = readLockFile();
    const optional = Object.values(locked).flatMap((each) => Object.keys(each.optionalDependencies ?? {}));
    const names = new Set(Object.keys(locked).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(optional.filter((name) => !names.has(name))).toEqual([]);
    expect(Object.values(locked).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });
});

describe('entry points', () => {
  test('everything that package.json exports has its source', () => {
    expect(missingSources()).toEqual([]);
    const sources = exportedFiles().filter(({ conditions }) => conditions[0] === 'dagger-source');
    expect(sources.filter(({ file }) => !existsSync(join(packageRoot, file)))).toEqual([]);
  });

  test('each built file stands beside its types, and is built from the source that is named first', () => {
    const named = new Set(exportedFiles().map(({ file }) => file));
    for (const { name, source } of packageEntries()) {
      // The stand-in for production is never what a source import means.
      if (name !== 'devtools/noop') {
        expect(named).toContain(`./${source}`);
        expect(named).toContain(`./dist/${name}.d.ts`);
      }
    }
  });

  test('every library file is an entry point or is imported by another', () => {
    const entries = new Set([...packageEntries().map(({ source }) => source), sourceFile(servedPage)]);
    const imported = new Set(ownImports().map(({ to }) => to));
    const orphans = modules
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('demo/') && !entries.has(path) && !imported.has(path));
    expect(orphans).toEqual([]);
  });

  test.each(standIns)('%s and %s export the same names', (one, other) => {
    const namesOf = (entry: string): string[] => [...(module(entry)?.exportedValues ?? [])].sort();
    expect(namesOf(one).length).toBeGreaterThan(0);
    expect(namesOf(other)).toEqual(namesOf(one));
  });
});

describe('habits', () => {
  test.each(['default export', 'export *', 'any'] as const)('no %s', (kind) => {
    const broken = modules.flatMap(({ path, findings }) =>
      findings.filter((finding) => finding.kind === kind).map(({ line }) => `${path}:${line}`),
    );
    expect(broken).toEqual([]);
  });

  test(`no file is longer than ${longestFile} lines`, () => {
    const long = modules.filter(({ lines }) => lines > longestFile);
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });
});

/** d3 is imported by its modules, not as a whole. */
function d3Modules(): readonly string[] {
  const names =
    'd3-array d3-color d3-ease d3-force d3-format d3-hierarchy d3-interpolate d3-path d3-quadtree';
  return `d3 ${names} d3-scale d3-selection d3-shape d3-time d3-timer d3-transition d3-zoom`.split(' ');
}

interface LockedPackage {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function readLockFile(): Readonly<Record<string, LockedPackage>> {
  return JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')).packages;
}

/** `ajv` for `ajv/dist/2020.js`, `@scope/name` for `@scope/name/file.js`. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function layerOf(path: string): string | undefined {
  return layers.find(({ files }) => files.test(path))?.name;
}

function ownImports(): readonly { from: string; to: string }[] {
  return modules.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) =>
      target !== undefined && /\.tsx?$/.test(target) ? [{ from: path, to: target }] : [],
    ),
  );
}

function sourceFile(entry: string): string {
  return byPath.has(`${entry}.tsx`) ? `${entry}.tsx` : `${entry}.ts`;
}

function module(entry: string): SourceModule | undefined {
  return byPath.get(sourceFile(entry));
}

function reachableFrom(start: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const found = byPath.get(path);
    if (found === undefined || seen.has(path)) return;
    seen.add(path);
    for (const { target } of found.imports) if (target !== undefined) visit(target);
  };
  visit(start);
  return [...seen];
}

/** Each circle once, as `a -> b -> a`. A depth-first walk: a file met again on the current path closes a circle. */
function findCycles(): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const again = trail.indexOf(path);
    if (again >= 0) cycles.push([...trail.slice(again), path].join(' -> '));
    if (again >= 0 || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) {
      if (target !== undefined) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return cycles;
}
