import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Corpus, memoryCorpus } from '../../demo/research/corpus.js';

/** The folder of small documents that the tests of the demo ask questions of. */
export const gardenFolder: string = fileURLToPath(new URL('./fixtures/garden', import.meta.url));

export const gardenQuestion = 'How do I start a compost heap, and what happens when it gets too wet?';

export function gardenText(path: string): string {
  return readFileSync(`${gardenFolder}/${path}`, 'utf8');
}

export function gardenCorpus(): Corpus {
  return memoryCorpus(Object.fromEntries(readdirSync(gardenFolder).map((path) => [path, gardenText(path)])));
}
