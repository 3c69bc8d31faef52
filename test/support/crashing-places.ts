import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageAdapter, StorageNamespace } from 'dagger-agents';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { onTestFinished } from 'vitest';

/** Somewhere to keep state that an executor can be torn away from, as if its process had been killed. */
export interface Place {
  readonly storage: StorageAdapter;
  /** What a new process would find if the one that writes here died now. The old one must not be used any more. */
  crash(): Promise<Place>;
}

/** Files: what is in them at the moment of the crash, without the dead owner's lock. */
export function filePlace(directory: string = newDirectory()): Place {
  return {
    storage: fileSystemStorage({ directory }),
    async crash() {
      const copy = newDirectory();
      cpSync(directory, copy, { recursive: true });
      for (const namespace of readdirSync(copy)) {
        for (const name of readdirSync(join(copy, namespace))) {
          if (/^(lock|free)-/u.test(name)) rmSync(join(copy, namespace, name), { recursive: true });
        }
      }
      return filePlace(copy);
    },
  };
}

/** Memory: a copy of what was appended until then. */
export function memoryPlace(storage: StorageAdapter = memoryStorage()): Place {
  const open = new Map<string, StorageNamespace>();
  return {
    storage: {
      kind: storage.kind,
      supports: storage.supports,
      async open(name, options) {
        const namespace = await storage.open(name, options);
        open.set(name, namespace);
        return namespace;
      },
      list: () => storage.list(),
      remove: (name) => storage.remove(name),
      close: () => storage.close(),
    },
    async crash() {
      const survivor = memoryStorage();
      for (const [name, namespace] of open) await copyNamespace(namespace, survivor, name);
      return memoryPlace(survivor);
    },
  };
}

async function copyNamespace(from: StorageNamespace, to: StorageAdapter, name: string): Promise<void> {
  const copy = await to.open(name);
  const snapshot = await from.readSnapshot();
  if (snapshot) await copy.writeSnapshot(snapshot);
  for await (const batch of from.read(snapshot?.sequence ?? 0)) await copy.append(batch, { sync: false });
  await copy.close();
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dagger-recovery-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The stores that recovery is shown with, each by a function that makes an empty one. */
export const places: readonly { readonly name: string; readonly empty: () => Place }[] = [
  { name: 'memory', empty: () => memoryPlace() },
  { name: 'files', empty: () => filePlace() },
];
