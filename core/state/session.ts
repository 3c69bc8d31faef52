/** One life of an executor: the prefix of the ids it gave out, and when it began. */
export interface Session {
  readonly prefix: string;
  /** Whole milliseconds since 1970, as text: it is a part of every node id. */
  readonly startedAt: string;
}

/** Before any was opened. */
export const NO_SESSION: Session = { prefix: '', startedAt: '0' };
