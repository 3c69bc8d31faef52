/** What the browser promises about the data of this site. */
export interface BrowserPersistence {
  /** True: kept until the user deletes it. False: may be deleted when the disk gets full. */
  readonly persisted: boolean;
  /** Bytes that this site may use, if the browser tells. */
  readonly quota: number | undefined;
  /** Bytes that this site uses now, roughly, if the browser tells. */
  readonly usage: number | undefined;
  /** The same in a sentence for the user. */
  readonly explanation: string;
}

/** Asks the browser to keep our data. It may ask the user in turn, so it is asked once only, and never waited for. */
export class PersistenceRequest {
  #answer: Promise<boolean | undefined> | undefined;

  ask(): Promise<boolean | undefined> {
    this.#answer ??= askBrowser();
    return this.#answer;
  }

  /** What is the case now. Asks if nobody has asked before. */
  async report(): Promise<BrowserPersistence> {
    const granted = await this.ask();
    const { quota, usage } = (await storageManager()?.estimate?.()) ?? {};
    return { persisted: granted === true, quota, usage, explanation: explain(granted) };
  }
}

async function askBrowser(): Promise<boolean | undefined> {
  const manager = storageManager();
  if (manager === undefined) return undefined;
  try {
    // Workers may only look.
    return (
      (await manager.persisted()) || (typeof manager.persist === 'function' && (await manager.persist()))
    );
  } catch {
    return undefined; // a frame without an origin
  }
}

function storageManager(): StorageManager | undefined {
  return typeof navigator === 'object' ? navigator.storage : undefined; // undefined too on pages without https
}

function explain(granted: boolean | undefined): string {
  if (granted === true) return 'The browser keeps this data until you delete it.';
  if (granted === false) {
    return (
      'The browser may delete this data when the disk gets full, and some browsers do after some days without a ' +
      'visit. Installing the page as an app or bookmarking it usually changes that.'
    );
  }
  return 'The browser does not say how long it keeps this data.';
}
