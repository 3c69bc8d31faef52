/*
 * Which locks this thread holds. A worker thread that dies takes its memory along and leaves the pid: the pid alone
 * says nothing of a lock that this process has taken. The table is kept where every copy of this module in the thread
 * finds it, as two versions of the library in one program, or a module that is loaded anew, are one thread.
 */
const HELD = Symbol.for('dagger-agents: locks held by this thread');
/** Locks that this thread has let go of, while the system did not let it say so on the disk. */
const LEFT = Symbol.for('dagger-agents: locks left by this thread');

/** The lock files by their paths, each with what tells two locks of one path apart. */
function table(place: symbol): Map<unknown, unknown> {
  const found: unknown = Reflect.get(globalThis, place);
  if (found instanceof Map) return found;
  const made = new Map<unknown, unknown>();
  Object.defineProperty(globalThis, place, { value: made });
  return made;
}

/** This thread holds the lock from now on, until the answer is called. */
export function holdHere(path: string): () => void {
  const held = table(HELD);
  const holding = Symbol(path);
  held.set(path, holding);
  return () => {
    if (held.get(path) === holding) held.delete(path);
  };
}

/** Whether this thread holds the lock in this file. */
export function isHeldHere(path: string): boolean {
  return table(HELD).has(path);
}

/** This thread let go of the lock in this file, taken at that time, and the file still says that it is held. */
export function leaveHere(path: string, since: string): void {
  table(LEFT).set(path, since);
}

/** Whether it is a lock that this thread has left: nobody holds it. */
export function wasLeftHere(path: string, since: string): boolean {
  return table(LEFT).get(path) === since;
}

/** The file of a lock is gone. */
export function forgetLeft(path: string): void {
  table(LEFT).delete(path);
}
