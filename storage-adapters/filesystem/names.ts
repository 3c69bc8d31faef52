import { createHash } from 'node:crypto';

/*
 * A namespace's directory is named so that nothing can leave the store's directory and no two names meet, also where
 * the file system folds cases, normalises Unicode, drops dots and blanks at the end or reserves CON and NUL:
 * only a-z, 0-9, `-` and `_` stand for themselves, everything else is `=` and the hexadecimal UTF-16 unit, and a prefix
 * keeps the rest from being a device's name.
 */
const PLAIN = 'n.';
/** Names that would be longer than file systems allow: their beginning, for people, and their hash. */
const HASHED = 'h.';
const MAX_LENGTH = 120;

/** The directory of a namespace. */
export function directoryName(namespace: string): string {
  const encoded = namespace.replace(/[^a-z0-9_-]/g, escapeUnit);
  if (encoded.length <= MAX_LENGTH) return PLAIN + encoded;
  const hash = createHash('sha256').update(Buffer.from(namespace, 'utf16le')).digest('hex');
  return `${HASHED}${encoded.slice(0, 40)}.${hash}`;
}

/** The namespace of a directory; `hashed` when its files must say it; undefined when it is none of ours. */
export function namespaceOf(directory: string): { readonly name: string } | 'hashed' | undefined {
  if (/^h\.[a-z0-9_=-]{40}\.[0-9a-f]{64}$/.test(directory)) return 'hashed';
  if (!directory.startsWith(PLAIN)) return undefined;
  const name = directory
    .slice(PLAIN.length)
    .replace(/=u([0-9a-f]{4})|=([0-9a-f]{2})/g, (_, wide: string | undefined, narrow: string | undefined) =>
      String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)),
    );
  return name !== '' && directoryName(name) === directory ? { name } : undefined;
}

function escapeUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return code < 0x100 ? `=${code.toString(16).padStart(2, '0')}` : `=u${code.toString(16).padStart(4, '0')}`;
}
