import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifest, packageEntries, packageRoot } from './package-entries.js';
import { panelFindings } from './panel-in-pages.js';
import { runCommand } from './processes.js';
import { readModule } from './source-tree.js';

/**
 * Packs the built package as npm would and looks at the result as its users will: publint, are-the-types-wrong, and
 * that our type declarations name no package that is not installed with us, and that every entry point can be
 * imported by plain Node and by a strict TypeScript program that checks our declarations too (on a server without the
 * types of the DOM), that the documents that the README and they themselves point at are there, and that pages built
 * for production leave the panel out. Needs `npm run build` before.
 */
async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'dagger-pack-'));
  try {
    const packed = await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch]);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack failed:\n${packed.output}`);
    const file = join(scratch, archive);
    await demand('publint', ['run', file, '--strict']);
    await demand('attw', [file, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji']);
    demandNoStrangersInTypes();
    await demandUsable(scratch, file);
    for (const finding of await panelFindings(scratch)) {
      console.log(finding);
      process.exitCode = 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function demand(command: string, commandArguments: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, commandArguments);
  if (code === 0) return;
  console.log(`${output}\n${command} found problems`);
  process.exitCode = 1;
}

/**
 * d3 and ajv are bundled: were their types in ours, they would be `any` for whoever has not installed them. Looks at
 * what the entry points reach, which is all that a user's compiler sees.
 */
function demandNoStrangersInTypes(): void {
  const allowed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const files = new Set(packageEntries().map(({ name }) => join(packageRoot, 'dist', `${name}.d.ts`)));
  // A set is iterated to its end, also over what is added on the way.
  for (const file of files) {
    for (const { specifier } of readModule(file).imports) {
      const known = allowed.some((each) => specifier === each || specifier.startsWith(`${each}/`));
      if (specifier.startsWith('.')) files.add(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')));
      else if (!known) {
        console.log(`${file} names ${specifier}, which is not installed with the package`);
        process.exitCode = 1;
      }
    }
  }
}

/** Installs the archive beside its dependencies, and imports every entry point from JavaScript and from TypeScript. */
async function demandUsable(scratch: string, archive: string): Promise<void> {
  const modules = join(scratch, 'node_modules');
  mkdirSync(modules);
  await demand('tar', ['-xzf', archive, '-C', modules]);
  renameSync(join(modules, 'package'), join(modules, 'dagger-agents'));
  demandDocuments(join(modules, 'dagger-agents'));
  const types = ['@types/node', 'undici-types', '@types/react', '@types/react-dom', 'csstype'];
  for (const name of [...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }), ...types]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(packageRoot, 'node_modules', name), join(modules, name));
  }

  const subpaths = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
  const specifiers = subpaths.map((subpath) => subpath.replace('.', 'dagger-agents'));
  const program = join(scratch, 'consumer.mjs');
  writeFileSync(program, specifiers.map((name) => `await import('${name}');\n`).join(''));
  for (const conditions of [[], ['--conditions=production']]) await demand('node', [...conditions, program]);

  const lines = specifiers.map((name, index) => `import * as entry${index} from '${name}';`);
  const uses = specifiers.map((_, index) => `void entry${index};`);
  writeFileSync(join(scratch, 'consumer.mts'), [...lines, ...uses, ''].join('\n'));
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const options = { module, moduleResolution, target: 'es2022', strict: true, noEmit: true, types: [] };
    const config = { compilerOptions: options, files: ['consumer.mts'] };
    writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    await demand('tsc', ['-p', scratch]);
  }
  await demandDisposable(scratch);
  await demandUsableWithoutDom(scratch);
  await demandServedPage(scratch);
}

/** `await using` needs types that not every program has; the programs above do without them and without those of Node. */
async function demandDisposable(scratch: string): Promise<void> {
  const lines = [
    "import { PubSubExecutor } from 'dagger-agents';",
    'await using executor = await PubSubExecutor.open();',
    'void executor;',
  ];
  writeFileSync(join(scratch, 'using.mts'), [...lines, ''].join('\n'));
  const resolution = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022' };
  const lib = ['es2022', 'dom', 'dom.iterable', 'esnext.disposable'];
  const options = { ...resolution, lib, types: [], strict: true, noEmit: true };
  writeFileSync(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['using.mts'] }),
  );
  await demand('tsc', ['-p', scratch]);
}

/** Who reads the package offline, as agents that write programs do, follows the links of its documents. */
function demandDocuments(folder: string): void {
  const pages = readdirSync(join(folder, 'docs')).filter((name) => name.endsWith('.md'));
  for (const page of ['README.md', ...pages.map((name) => join('docs', name))]) {
    const text = readFileSync(join(folder, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^():#]+\.md)(?:#[^)]*)?\)/g)) {
      const file = join(dirname(page), target);
      // The tests and the demo stay where they are.
      if (/^(test|demo)\//.test(file) || existsSync(join(folder, file))) continue;
      console.log(`${page} points at ${target}, which is not in the package`);
      process.exitCode = 1;
    }
  }
}

/** A server has the types of Node and none of the DOM; those of ports and events differ. */
async function demandUsableWithoutDom(scratch: string): Promise<void> {
  const lines = [
    "import { MessageChannel, parentPort } from 'node:worker_threads';",
    "import { PubSubExecutor } from 'dagger-agents';",
    "import { serveDevtools } from 'dagger-agents/devtools/server';",
    "import { attachInspector, portInspectorEnd, portWatcherEnd, watchExecutor } from 'dagger-agents/inspector';",
    "import { openStorage } from 'dagger-agents/storage';",
    'const { port1, port2 } = new MessageChannel();',
    "const executor = await PubSubExecutor.open({ storage: await openStorage('server') });",
    'attachInspector(executor, portInspectorEnd(port1));',
    'watchExecutor(portWatcherEnd(parentPort ?? port2), {});',
    'const devtools = await serveDevtools(executor, { redact: (value) => value });',
    'const address: string = devtools.url;',
    'void address;',
  ];
  writeFileSync(join(scratch, 'server.mts'), [...lines, ''].join('\n'));
  const resolution = { module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022' };
  const options = { ...resolution, lib: ['es2023'], types: ['node'], strict: true, noEmit: true };
  const config = { compilerOptions: options, files: ['server.mts'] };
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(config));
  await demand('tsc', ['-p', scratch]);
}

/** The page that a program in Node serves is in the package, with all that it loads. */
async function demandServedPage(scratch: string): Promise<void> {
  const lines = [
    "import { PubSubExecutor } from 'dagger-agents';",
    "import { serveDevtools } from 'dagger-agents/devtools/server';",
    'const devtools = await serveDevtools(await PubSubExecutor.open());',
    'const page = await (await fetch(devtools.url)).text();',
    'const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);',
    "if (!files.some((file) => file.endsWith('.js'))) throw new Error('no script: ' + page);",
    'for (const file of files) {',
    '  const { status } = await fetch(new URL(file, devtools.url));',
    '  if (status !== 200) throw new Error(file);',
    '}',
    'await devtools.close();',
  ];
  writeFileSync(join(scratch, 'served.mjs'), [...lines, ''].join('\n'));
  await demand('node', [join(scratch, 'served.mjs')]);
}

await main();
