import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../demo/headless/arguments.js';
import { folderCorpus, packagesCorpus } from '../../demo/headless/folder-corpus.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dagger-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = `# ${path}\n`): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const listed = async (corpus: { list(): Promise<readonly string[]> }): Promise<string[]> =>
  (await corpus.list()).map((path) => path.slice(folder.length + 1));

test('a folder gives its documents, sorted, at any depth; not code, hidden folders or installed packages', async () => {
  for (const path of [
    'b.md',
    'a/c.txt',
    'a/b/d.mdx',
    'e.MARKDOWN',
    'f.ts',
    '.git/g.md',
    'node_modules/h/README.md',
  ])
    write(path);
  symlinkSync(join(folder, 'a'), join(folder, 'loop')); // links are not followed, so none leads in a circle
  const corpus = await folderCorpus(folder);
  expect(await listed(corpus)).toEqual(['a/b/d.mdx', 'a/c.txt', 'b.md', 'e.MARKDOWN']);
  expect(await corpus.read(join(folder, 'a/c.txt'))).toBe('# a/c.txt\n');
  await expect(corpus.read(join(folder, 'f.ts'))).rejects.toThrow('no document');
});

test('paths inside the working folder are shown relative to it', async () => {
  const [first] = await (await folderCorpus('test/demo/fixtures')).list();
  expect(first).toBe('test/demo/fixtures/garden/compost.md');
});

test('the bounds on files and bytes hold, and what they leave out is counted', async () => {
  write('large.md', 'x'.repeat(512_001));
  for (let number = 0; number < 610; number++) write(`small/${String(number).padStart(3, '0')}.md`);
  const corpus = await folderCorpus(folder);
  expect(await corpus.list()).toHaveLength(600);
  expect(corpus.leftOut).toBe(11);
  rmSync(join(folder, 'small'), { recursive: true });
  for (let number = 0; number < 10; number++) write(`big/${number}.md`, 'x'.repeat(500_000));
  expect((await (await folderCorpus(folder)).list()).length).toBe(8);
});

test('a folder that is not there, is a file, or holds no document is refused by name', async () => {
  write('only.ts');
  for (const [path, reason] of [
    [join(folder, 'none'), /there is no folder/u],
    [join(folder, 'only.ts'), /is not a folder/u],
    [folder, /no \.md, \.markdown, \.mdx or \.txt file/u],
  ] as const) {
    await expect(folderCorpus(path)).rejects.toThrow(reason);
    await expect(folderCorpus(path)).rejects.toBeInstanceOf(UsageError);
  }
});

test('of installed packages it takes README and docs in English, also of scoped ones, not of nested copies', async () => {
  for (const path of [
    'one/README.md',
    'one/README.fr.md',
    'one/CHANGELOG.md',
    'one/docs/guide/start.md',
    'one/node_modules/two/README.md',
    '@scope/three/readme.markdown',
    '.bin/README.md',
    'four/index.js',
  ]) {
    write(path);
  }
  const expected = ['@scope/three/readme.markdown', 'one/README.md', 'one/docs/guide/start.md'];
  expect(await listed(await packagesCorpus(folder))).toEqual(expected);
  await expect(packagesCorpus(join(folder, 'four'))).rejects.toThrow('npm ci');
});
