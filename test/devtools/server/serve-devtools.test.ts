import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import {
  type ServeDevtoolsOptions,
  type ServedDevtools,
  serveDevtools,
} from '../../../devtools/server/serve-devtools.js';

async function served(
  options: ServeDevtoolsOptions = {},
): Promise<{ executor: PubSubExecutor; devtools: ServedDevtools; origin: string; key: string }> {
  const executor = await PubSubExecutor.open();
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
  const devtools = await serveDevtools(executor, options);
  onTestFinished(async () => {
    await devtools.close();
    await executor.close();
  });
  const { origin, hash } = new URL(devtools.url);
  return { executor, devtools, origin, key: hash.slice(1) };
}

const withKey = (key: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${key}` },
});

/** A connection as the page makes one: what came so far, and a way to send. */
async function connected(origin: string, key: string) {
  const response = await fetch(`${origin}/link`, withKey(key));
  const reader = (response.body ?? expect.fail('no body')).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const ended = (async () => {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  })();
  const path = `${origin}/link/${response.headers.get('x-dagger-connection')}`;
  return {
    ended,
    leave: () => reader.cancel(),
    frames: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): { type: string; [key: string]: unknown } => JSON.parse(line)),
    post: (body: string) => fetch(path, { method: 'POST', body, ...withKey(key) }),
  };
}

const WATCH = '{"v":1,"type":"watch"}';

test('the address has a key of its own, and nothing but the page is given without it', async () => {
  const { devtools, origin, key } = await served();
  expect(devtools.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{22}$/);
  const page = await fetch(origin);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  const html = await page.text();
  expect(html).not.toContain(key);
  const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1] ?? expect.fail('no script');
  expect((await fetch(`${origin}/${script}`)).status).toBe(200);
  for (const wrong of ['', `${key}x`, key.slice(1), 'Bearer']) {
    expect((await fetch(`${origin}/link`, withKey(wrong))).status).toBe(401);
  }
  expect((await fetch(`${origin}/link`)).status).toBe(401);
  expect((await fetch(`${origin}/link/some-id`, { method: 'POST', body: WATCH })).status).toBe(401);
});

test('a page of another origin is refused, with the key too, and is not told that it may ask', async () => {
  const { origin, key } = await served();
  const asked = await fetch(`${origin}/link`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://example.org',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    },
  });
  expect(asked.ok).toBe(false);
  expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  // A header that programs in pages cannot set: asked for as such a browser would.
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'sec-fetch-site': 'cross-site' };
    request(`${origin}/link`, { headers }, (response) => {
      response.destroy();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

test('only files of the page are there', async () => {
  const { origin } = await served();
  for (const path of ['/package.json', '/..%2f..%2fpackage.json', '/assets/', '/main.ts']) {
    expect((await fetch(origin + path)).status, path).toBe(404);
  }
  expect((await fetch(origin, { method: 'DELETE' })).status).toBe(405);
  expect((await fetch(origin, { method: 'HEAD' })).status).toBe(200);
});

test('whoever has the key watches, and sends commands', async () => {
  const { executor, origin, key } = await served({ name: 'the press' });
  const { frames, post } = await connected(origin, key);
  expect((await post(WATCH)).status).toBe(204);
  await vi.waitFor(() => expect(frames().map(({ type }) => type)).toEqual(['hello', 'snapshot']));
  expect(frames()[0]).toMatchObject({ name: 'the press' });
  const publish = (id: number, channel: string): string =>
    JSON.stringify({ v: 1, type: 'command', id, command: { name: 'publish', channel, payload: { id } } });
  // Two in one request, and an empty line, in this order.
  expect((await post(`${publish(1, 'pages')}\n\n${publish(2, '')}`)).status).toBe(204);
  await vi.waitFor(() => {
    const acks = frames().filter(({ type }) => type === 'ack');
    expect(acks).toMatchObject([{ id: 1 }, { id: 2, error: { code: 'VALIDATION_ERROR' } }]);
  });
  await vi.waitFor(() => expect(frames().some(({ type }) => type === 'delta')).toBe(true));
  expect([...executor.tree.nodes()].map(({ channel }) => channel)).toContain('pages');
});

test('what is no frame is refused with the reason, and the connection goes on', async () => {
  const { origin, key } = await served();
  const { frames, post } = await connected(origin, key);
  for (const body of ['{', '7', '{"type":"watch"}', `${WATCH}\nnonsense`]) {
    const refused = await post(body);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      'expected a frame of the inspector in each line\n',
    ]);
  }
  expect((await post(`"${'x'.repeat(33 * 1024 * 1024)}"`)).status).toBe(413);
  expect(frames()).toEqual([]);
  await post(WATCH);
  await vi.waitFor(() => expect(frames()).toHaveLength(2));
  expect(
    (await fetch(`${origin}/link/unknown`, { method: 'POST', body: WATCH, ...withKey(key) })).status,
  ).toBe(404);
});

test('who has left is not written to any more, also where a command is still under way', async () => {
  const { executor, origin, key } = await served();
  executor.openChannel('full', { capacity: 1, overflow: 'backpressure' });
  executor.registerAgent(defineAgent({ name: 'slow', subscribe: 'full', process: () => undefined }));
  const { post, leave } = await connected(origin, key);
  await executor.publish('full', 1);
  // It waits for room, and is answered when nobody is there.
  const command = { name: 'publish', channel: 'full', payload: 2 };
  await post(`${WATCH}\n${JSON.stringify({ v: 1, type: 'command', id: 1, command })}`);
  await leave();
  await vi.waitFor(async () => expect((await post(WATCH)).status).toBe(404));
  const run = executor.execute();
  await vi.waitFor(() =>
    expect([...executor.tree.nodes()].filter(({ kind }) => kind === 'invocation')).toHaveLength(2),
  );
  await executor.stop();
  await run.report;
});

test('when it is closed the pages are told, and nobody gets in', async () => {
  const { devtools, origin, key } = await served();
  const { ended } = await connected(origin, key);
  await devtools.close();
  await ended;
  await expect(fetch(origin)).rejects.toThrow();
  await devtools.close();
});

test('two pages watch the same executor, and two servers two', async () => {
  const one = await served();
  const other = await served();
  const pages = await Promise.all([
    connected(one.origin, one.key),
    connected(one.origin, one.key),
    connected(other.origin, other.key),
  ]);
  for (const { post } of pages) await post(WATCH);
  for (const { frames } of pages) await vi.waitFor(() => expect(frames()).toHaveLength(2));
  expect((await fetch(`${one.origin}/link`, withKey(other.key))).status).toBe(401);
});

test('a port that is taken is an error that names it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  await expect(served({ port })).rejects.toMatchObject({
    code: 'EXECUTION_ERROR',
    message: expect.stringContaining(`127.0.0.1:${port}`),
    details: { host: '127.0.0.1', port },
  });
});

test('port and key may be given', async () => {
  const first = await served({ key: 'a-key-that-stays-the-same' });
  const { port } = new URL(first.devtools.url);
  await first.devtools.close();
  const second = await served({ port: Number(port), key: 'a-key-that-stays-the-same' });
  expect(second.devtools.url).toBe(first.devtools.url);
});

test.each<[unknown, string]>([
  [{ prot: 1 }, 'options.prot'],
  [{ port: 65_536 }, 'options.port'],
  [{ port: '80' }, 'options.port'],
  [{ host: '' }, 'options.host'],
  [{ key: 'short' }, 'options.key'],
  [{ key: 'with a space in it, and long' }, 'options.key'],
  [{ name: 7 }, 'options.name'],
  [{ redact: 'all' }, 'options.redact'],
  [null, 'options'],
])('bad options %j are named before anything listens', async (options, field) => {
  const executor = await PubSubExecutor.open();
  onTestFinished(() => executor.close());
  const serving = serveDevtools(executor, options as ServeDevtoolsOptions);
  await expect(serving).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { field } });
});

test('what is no executor is refused', async () => {
  const serving = serveDevtools({} as PubSubExecutor);
  await expect(serving).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'executor' } });
});
