import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serializeTreeToDot } from 'dagger-agents';
import { example } from '../../demo/examples/fan-out-fan-in.js';
import { renderDot } from '../support/graphviz.js';
import { packageRoot } from '../support/package-entries.js';

/** Draws the README's picture again: `npx tsx --conditions=dagger-source test/docs/draw-pictures.ts`. */
const executor = await example(() => {});
const svg = await renderDot(serializeTreeToDot(executor.tree, 'fan-out and fan-in'));
writeFileSync(join(packageRoot, 'docs/images/fan-out-fan-in.svg'), svg);
