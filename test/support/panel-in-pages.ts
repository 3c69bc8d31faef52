import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';

/** A page as somebody would write it, and what its build must hold. */
interface Page {
  readonly name: string;
  readonly script: string;
  readonly mode: 'production' | 'development';
  /** Where the panel's code must be: nowhere, or in chunks that load when it is opened. */
  readonly panel: 'none' | 'lazy';
  /** Whether React may be part of what loads at once. */
  readonly react: boolean;
  /** Built while `react` and `react-dom` are not installed. */
  readonly withoutReact?: boolean;
}

const executor = `import { PubSubExecutor } from 'dagger-agents';\nconst executor = await PubSubExecutor.open();\n`;

const mounts = (entry: string): string =>
  `${executor}import { mountDevtools } from '${entry}';\nmountDevtools(document.body, { executor });`;

const renders = (entry: string): string => `${executor}
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { DaggerDevtools } from '${entry}';
createRoot(document.body).render(createElement(DaggerDevtools, { executor }));`;

const ENTRY = 'dagger-agents/devtools';

const pages: readonly Page[] = [
  {
    name: 'mountDevtools, for production',
    script: mounts(ENTRY),
    mode: 'production',
    panel: 'none',
    react: false,
  },
  {
    name: '<DaggerDevtools>, for production',
    script: renders(ENTRY),
    mode: 'production',
    panel: 'none',
    react: true,
  },
  {
    name: 'devtools/mount, for production, without React',
    script: mounts(`${ENTRY}/mount`),
    mode: 'production',
    panel: 'none',
    react: false,
    withoutReact: true,
  },
  {
    name: 'mountDevtools, for development',
    script: mounts(ENTRY),
    mode: 'development',
    panel: 'lazy',
    react: false,
  },
  {
    name: 'devtools/mount, for development',
    script: mounts(`${ENTRY}/mount`),
    mode: 'development',
    panel: 'lazy',
    react: false,
  },
  {
    name: 'mountDevtools of devtools/always, for production',
    script: mounts(`${ENTRY}/always`),
    mode: 'production',
    panel: 'lazy',
    react: false,
  },
  {
    name: '<DaggerDevtools> of devtools/always, for production',
    script: renders(`${ENTRY}/always`),
    mode: 'production',
    panel: 'lazy',
    react: true,
  },
];

/** Texts that only the panel has; they survive minifying. */
const BUTTON_TEXT = 'Open the Dagger devtools';
const PANEL_TEXTS: readonly string[] = ['Find an agent, a channel, an id', 'Event that is shown'];

/**
 * Builds each page with Vite as its users do, against the package installed in `folder/node_modules`, and says what its
 * build holds that it must not, or lacks.
 */
export async function panelFindings(folder: string): Promise<string[]> {
  const findings: string[] = [];
  for (const page of pages) {
    const hide = page.withoutReact === true ? ['react', 'react-dom'] : [];
    const moves = hide.map((name) => {
      const installed = join(folder, 'node_modules', name);
      return [installed, join(folder, `${name}-hidden`)] as const;
    });
    for (const [from, to] of moves) renameSync(from, to);
    try {
      const chunks = await built(folder, page);
      findings.push(...judged(page, chunks).map((what) => `A page with ${page.name}: ${what}`));
    } finally {
      for (const [from, to] of moves) renameSync(to, from);
    }
  }
  return findings;
}

async function built(folder: string, { script, mode }: Page): Promise<readonly Rolldown.OutputChunk[]> {
  const root = join(folder, 'page');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><script type="module" src="./main.js"></script>');
  writeFileSync(join(root, 'main.js'), script);
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = mode;
  try {
    const output = await build({
      root,
      mode,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, target: 'es2023' },
    });
    const all = (Array.isArray(output) ? output : [output]).flatMap((each) =>
      'output' in each ? each.output : [],
    );
    return all.filter((each) => each.type === 'chunk');
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

function judged(page: Page, chunks: readonly Rolldown.OutputChunk[]): string[] {
  const first = loadedAtOnce(chunks);
  const later = chunks.filter((chunk) => !first.includes(chunk));
  const isIn = (place: readonly Rolldown.OutputChunk[], text: string): boolean =>
    place.some(({ code }) => code.includes(text));
  const findings: string[] = [];
  if (first.length === 0) findings.push('nothing was built');
  if (page.panel === 'none') {
    // Whole modules first: what a text would miss, the list of what was bundled shows.
    const own = chunks.flatMap(({ modules }) =>
      Object.entries(modules)
        .filter(
          ([id, { renderedLength }]) => renderedLength > 0 && /dagger-agents\/dist\/.*devtools/.test(id),
        )
        .map(([id]) => id.replace(/^.*\/dist\//, '')),
    );
    for (const id of own) if (id !== 'devtools/noop.js') findings.push(`it holds ${id}`);
    for (const text of [BUTTON_TEXT, ...PANEL_TEXTS])
      if (isIn(chunks, text)) findings.push(`it holds the panel’s text “${text}”`);
  } else {
    if (!isIn(first, BUTTON_TEXT)) findings.push('the button does not load at once');
    for (const text of PANEL_TEXTS) {
      if (isIn(first, text)) findings.push(`the panel’s text “${text}” loads at once`);
      if (!isIn(later, text)) findings.push(`the panel’s text “${text}” is missing`);
    }
  }
  const reactFirst = first.some(({ moduleIds }) =>
    moduleIds.some((id) => /\/node_modules\/react(-dom)?\//.test(id)),
  );
  if (reactFirst !== page.react)
    findings.push(reactFirst ? 'React loads at once' : 'React does not load at once');
  return findings;
}

function loadedAtOnce(chunks: readonly Rolldown.OutputChunk[]): readonly Rolldown.OutputChunk[] {
  const reached = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of reached)
    for (const name of imports) {
      const chunk = chunks.find(({ fileName }) => fileName === name);
      if (chunk) reached.add(chunk);
    }
  return [...reached];
}
