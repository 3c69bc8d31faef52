import { keyValueStorage } from 'dagger-agents/storage/key-value';
import type { Storage } from 'unstorage';

/**
 * Any driver of `unstorage` (Redis, Cloudflare KV, S3, Vercel, files, …) as a store of ours. It separates keys with
 * colons where we use slashes, and reads text that looks like JSON as JSON unless it is taken raw.
 */
export function unstorageAdapter(storage: Storage): ReturnType<typeof keyValueStorage> {
  const inTheirs = (key: string): string => key.replaceAll('/', ':');
  const inOurs = (key: string): string => key.replaceAll(':', '/');
  return keyValueStorage({
    kind: 'unstorage',
    store: {
      async get(key) {
        const value = await storage.getItemRaw<string | Uint8Array>(inTheirs(key));
        return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
      },
      set: (key, value) => storage.setItemRaw(inTheirs(key), value),
      delete: (key) => storage.removeItem(inTheirs(key)),
      keys: async (prefix) => (await storage.getKeys(inTheirs(prefix))).map(inOurs),
    },
  });
}
