import { type MountedDevtools, mountDevtools } from '../../mount.js';
import { rememberPreferences } from '../../panel/preferences.js';
import { connect, KeyRefused, type ServedEnd } from './served-end.js';

/** Milliseconds from one attempt to reach the program to the next. */
const RETRY_MS = 1000;

const place = element('panel');
const status = element('status');

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** What people are told above the panel; nothing while all is well. */
function say(text: string): void {
  status.textContent = text;
}

async function main(): Promise<void> {
  let panel: MountedDevtools | undefined;
  for (;;) {
    const end = await reach();
    if (end === undefined) return;
    say('');
    // Another program, perhaps: nothing of what was shown holds any more.
    panel?.unmount();
    // Who has closed it earlier has come here again to see it.
    rememberPreferences({ open: true });
    panel = mountDevtools(place, { link: end, dock: 'fill' });
    void end.name.then((name) => {
      document.title = `${name} · Dagger`;
    });
    await end.lost;
    say('The connection to the program is lost. What came last can still be looked at; trying again …');
  }
}

/** Undefined when there is no use in trying again. */
async function reach(): Promise<ServedEnd | undefined> {
  const key = location.hash.slice(1);
  for (;;) {
    try {
      return await connect(key);
    } catch (thrown) {
      if (thrown instanceof KeyRefused) {
        say('This address is not valid any more. Open the one that the program has printed last.');
        return undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

addEventListener('hashchange', () => location.reload());
await main();
