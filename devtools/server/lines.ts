/** Frames go over the wire as lines of JSON. Cuts text that comes in pieces into its lines; empty ones are left out. */
export class Lines {
  #rest = '';

  /** The lines that are whole now. */
  add(piece: string): string[] {
    // The rest itself has no end of a line in it: a snapshot is one of megabytes, in a hundred pieces.
    const lines = piece.split('\n');
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}

/** Where the page asks for the frames, and below it, by the id of the connection, where it sends its own. */
export const LINK_PATH = '/link';
/** The header in which a connection is told its id. */
export const CONNECTION_HEADER = 'x-dagger-connection';
/** Milliseconds between two signs of life where nothing else is sent. */
export const PULSE_MS = 10_000;
