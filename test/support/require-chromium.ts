import { findChromium } from './find-chromium.js';

/** Global set-up of every project that needs a browser: no browser is an error, never a skipped test. */
export async function setup(): Promise<void> {
  await findChromium();
}
