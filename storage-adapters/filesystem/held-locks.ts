/*
 * Which locks this thread holds. A worker thread that dies takes its memory along and leaves the pid: the pid alone
 * says nothing of a lock that this process has taken. The table is kept where every copy of this module in the thread
 * finds it, as two versions of the library in one program, or a module that is loaded anew, are one thread.
 */
const PLACE = Symbol.for('dagger-agents: locks held by this thread');

/** The lock files by their paths, each with what tells two locks of one path apart. */
function table(): Map<unknown, unknown> {
  const found: unknown = Reflect.get(globalThis, PLACE);
  if (found instanceof Map) return found;
  const made = new Map<unknown, unknown>();
  Object.defineProperty(globalThis, PLACE, { value: made });
  return made;
}

/** This thread holds the lock from now on, until the answer is called. */
export function holdHere(path: string): () => void {
  const held = table();
  const holding = Symbol(path);
  held.set(path, holding);
  return () => {
    if (held.get(path) === holding) held.delete(path);
  };
}

/** Whether this thread holds the lock in this file. */
export function isHeldHere(path: string): boolean {
  return table().has(path);
}
