import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { requireOptions } from '../../core/config.js';
import { type ClosesOnDispose, closesOnDispose } from '../../core/dispose.js';
import { describe, invalid, PubSubError } from '../../core/errors.js';
import type { Redact } from '../../core/inspection/disclosure.js';
import type { Inspected } from '../../core/inspection/inspected.js';
import { attachInspector } from '../../core/inspection/inspector.js';
import type { InspectorEnd } from '../../core/inspection/link.js';
import { LINK_PATH } from './lines.js';
import { type PageFile, readPageFiles } from './page-files.js';
import { refuse, ServedLink } from './served-link.js';

export type { Redact } from '../../core/inspection/disclosure.js';
export type { Inspected } from '../../core/inspection/inspected.js';

export interface ServeDevtoolsOptions {
  /** What the executor is called in the panel. `executor` by default. */
  readonly name?: string | undefined;
  /** Replaces values that must not be seen; they do not leave the process then. */
  readonly redact?: Redact | undefined;
  /** 0 by default: any that is free. With a fixed one a page comes back to a program that was started anew, if `key` is fixed, too. */
  readonly port?: number | undefined;
  /** Where to listen. `127.0.0.1` by default: only from this machine, or through a tunnel to it. */
  readonly host?: string | undefined;
  /**
   * Who has it may watch, publish and answer. A new one each time by default; one of your own, which must stay secret, has 16 to 200
   * letters, digits, `-` and `_`.
   */
  readonly key?: string | undefined;
}

/** What {@link serveDevtools} answers. `await using` closes it. */
export interface ServedDevtools extends ClosesOnDispose {
  /** To open in a browser. It has the key in it. */
  readonly url: string;
  /** Serves no more; pages that watch are told that the connection is lost. */
  close(): Promise<void>;
}

const KNOWN = ['name', 'redact', 'port', 'host', 'key'];
const DEFAULT_HOST = '127.0.0.1';

/** What the page may do: load its own files and speak with where they came from. Nothing may show it in a frame. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Serves the panel to a browser, for an executor in Node: open the `url` that it answers with. Until somebody does, the executor is
 * not watched. It does not keep the process alive, and needs no React to be installed.
 *
 * @throws PubSubError `VALIDATION_ERROR` when `executor` is none, or for a bad option, which is named; `EXECUTION_ERROR` when it
 * cannot listen there, as the port is taken.
 * @example
 * const devtools = await serveDevtools(executor, { name: 'research team' });
 * console.log(devtools.url); // http://127.0.0.1:53124/#a1B2c3…
 */
export async function serveDevtools(
  executor: Inspected,
  options: ServeDevtoolsOptions = {},
): Promise<ServedDevtools> {
  requireOptions(options, 'options', KNOWN);
  const {
    name,
    redact,
    port = 0,
    host = DEFAULT_HOST,
    key = randomBytes(16).toString('base64url'),
  } = options;
  const attach = (end: InspectorEnd): (() => void) => attachInspector(executor, end, { name, redact });
  // It checks what it is given: not only when somebody comes to watch.
  attach({ send() {}, onFrame: () => () => {} })();
  requirePort(port);
  if (typeof host !== 'string' || host === '') throw invalid('options.host', 'a name or an address', host);
  // What was given is a secret, and is not quoted.
  if (typeof key !== 'string' || !/^[\w-]{16,200}$/.test(key))
    throw invalid('options.key', '16 to 200 letters, digits, - and _', `(${typeof key})`);
  const link = new ServedLink(key, attach);
  const files = readPageFiles();
  const server = createServer((request, response) => void answer(request, response, files, link));
  // Watching alone must not keep the process alive.
  server.on('connection', (socket) => socket.unref());
  await listen(server, port, host);
  server.unref();
  return new Served(server, link, `${originOf(server, host)}/#${key}`);
}

class Served implements ServedDevtools {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly url: string;
  readonly #server: Server;
  readonly #link: ServedLink;

  constructor(server: Server, link: ServedLink, url: string) {
    this.url = url;
    this.#server = server;
    this.#link = link;
    closesOnDispose(this);
  }

  async close(): Promise<void> {
    this.#link.close();
    await new Promise<void>((resolve) => {
      // It calls back with an error where it was closed already.
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
  link: ServedLink,
): Promise<void> {
  for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  try {
    if (path === LINK_PATH || path.startsWith(`${LINK_PATH}/`)) await link.answer(request, response, path);
    else sendFile(request, response, files.get(path));
  } catch {
    // It went away in the middle of what it said.
    response.destroy();
  }
}

function sendFile({ method }: IncomingMessage, response: ServerResponse, file: PageFile | undefined): void {
  if (file === undefined) refuse(response, 404, 'there is nothing here');
  else if (method !== 'GET' && method !== 'HEAD') refuse(response, 405, 'GET');
  else
    response.writeHead(200, { 'Content-Type': file.type }).end(method === 'GET' ? file.content : undefined);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // It stays: an error later is that of one connection, and none of the process.
    server.on('error', (cause) => {
      const where = `${host}:${port}`;
      const details = { host, port };
      const message = `the devtools cannot listen on ${where}: ${cause.message}`;
      reject(new PubSubError('EXECUTION_ERROR', message, { cause, details }));
    });
    server.listen(port, host, resolve);
  });
}

/** An address at which a browser of this machine finds it. */
function originOf(server: Server, host: string): string {
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new PubSubError('EXECUTION_ERROR', `no address to listen on: ${describe(address)}`);
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${address.port}`;
}

function requirePort(port: unknown): void {
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw invalid('options.port', 'a whole number from 0 to 65535', port);
}
