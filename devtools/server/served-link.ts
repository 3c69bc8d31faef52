import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WatcherFrame } from '../../core/inspection/frames.js';
import { type InspectorEnd, isFrame } from '../../core/inspection/link.js';
import { Connection } from './connection.js';
import { CONNECTION_HEADER, LINK_PATH, Lines } from './lines.js';

/** Most that a page may send at once, in bytes: payloads that somebody publishes by hand. */
const MOST_BYTES = 32 * 1024 * 1024;

interface Connected {
  readonly connection: Connection;
  readonly detach: () => void;
}

/**
 * The link to the pages that watch. A page asks for the frames with a GET whose response does not end, and sends its own by
 * POST. Each request carries the key in a header: pages of other origins cannot send that without being allowed to, and
 * nobody is.
 */
export class ServedLink {
  readonly #key: Buffer;
  readonly #attach: (end: InspectorEnd) => () => void;
  readonly #connected = new Map<string, Connected>();

  /** @param attach lets the page at the other end watch; the answer ends that. */
  constructor(key: string, attach: (end: InspectorEnd) => () => void) {
    this.#key = digest(key);
    this.#attach = attach;
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const site = request.headers['sec-fetch-site'];
    if (!this.#hasKey(request)) refuse(response, 401, 'the key of the address is needed');
    else if (site !== undefined && site !== 'same-origin') refuse(response, 403, 'only for its own page');
    else if (path === LINK_PATH && request.method === 'GET') this.#connect(response);
    else await this.#receive(request, response, path.slice(LINK_PATH.length + 1));
  }

  close(): void {
    for (const id of [...this.#connected.keys()]) this.#disconnect(id);
  }

  #hasKey({ headers }: IncomingMessage): boolean {
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), this.#key);
  }

  #connect(response: ServerResponse): void {
    const id = randomUUID();
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson', [CONNECTION_HEADER]: id });
    response.flushHeaders();
    const connection = new Connection(response);
    this.#connected.set(id, { connection, detach: this.#attach(connection) });
    response.on('close', () => this.#disconnect(id));
  }

  #disconnect(id: string): void {
    const gone = this.#connected.get(id);
    this.#connected.delete(id);
    gone?.detach();
    gone?.connection.end();
  }

  async #receive(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const connected = this.#connected.get(id);
    if (connected === undefined) return refuse(response, 404, 'no such connection');
    if (request.method !== 'POST') return refuse(response, 405, 'POST, with lines of JSON');
    const text = await bodyOf(request);
    if (text === undefined) return refuse(response, 413, `at most ${MOST_BYTES} bytes`);
    const frames = framesOf(text);
    if (frames === undefined) return refuse(response, 400, 'expected a frame of the inspector in each line');
    for (const frame of frames) connected.connection.receive(frame);
    response.writeHead(204).end();
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

/** Undefined where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    // Read to its end all the same: who is not listened to does not hear the answer.
    if (bytes <= MOST_BYTES) pieces.push(piece);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(pieces).toString();
}

/** Undefined where a line is none. */
function framesOf(text: string): WatcherFrame[] | undefined {
  try {
    const frames = new Lines().add(`${text}\n`).map((line): unknown => JSON.parse(line));
    return frames.every((frame) => isFrame<WatcherFrame>(frame)) ? frames : undefined;
  } catch {
    return undefined;
  }
}
