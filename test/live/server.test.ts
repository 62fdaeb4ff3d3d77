// The server of the live page: who is let in, what is answered, and that it ends.

import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import t from 'tap';
import { type LiveServer, type LiveServerOptions, startLiveServer } from '../../src/live/server.js';
import { EventReader } from './support.js';

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks as whoever can set any header. */
async function ask({ port }: LiveServer, { path, method = 'GET', headers = {} }: Asked): Promise<Answer> {
  const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += piece;
  return { status: response.statusCode, headers: response.headers, body };
}

const tokenOf = ({ url }: LiveServer) => new URL(url).searchParams.get('token')!;

async function start(t: Teardown, options: Partial<LiveServerOptions> = {}) {
  const stops: string[] = [];
  const server = await startLiveServer({
    ...{
      port: 0,
      html: '<p>page</p>',
      greeting: () => ['state', { greeted: true }],
      onViewer: () => undefined,
    },
    onStop: (phase) => {
      stops.push(phase);
      return phase === 'training';
    },
    ...options,
  });
  t.teardown(() => server.close('over', () => ({})));
  return { server, stops, token: tokenOf(server) };
}

interface Teardown {
  teardown(end: () => void): void;
}

t.test('it listens on loopback alone, under an address with a token of 256 bits', async (t) => {
  const { server } = await start(t);
  t.match(server.url, new RegExp(`^http://127\\.0\\.0\\.1:${server.port}/\\?token=[\\w-]{43}$`));
  const other = await start(t);
  t.not(tokenOf(other.server), tokenOf(server));
});

t.test('nothing is answered without the token', async (t) => {
  const { server, stops, token } = await start(t);
  const wrong = [
    '',
    '?token=',
    '?token=x',
    `?token=${token}x`,
    `?token=${token.slice(1)}`,
    `?Token=${token}`,
  ];
  for (const [path, method] of [
    ['/', 'GET'],
    ['/events', 'GET'],
    ['/stop', 'POST'],
    ['/favicon.ico', 'GET'],
  ] as const)
    for (const query of wrong) {
      const { status, body } = await ask(server, { path: `${path}${query}`, method });
      t.equal(status, 403, `${method} ${path}${query}`);
      t.notMatch(body, /page/);
    }
  const authorised = { Authorization: `Bearer ${token}x` };
  t.equal((await ask(server, { path: '/stop', method: 'POST', headers: authorised })).status, 403);
  t.same(stops, []);
  t.equal(server.viewers, 0);
});

t.test('nothing is answered under another name, which somebody may have made to point here', async (t) => {
  const { server, token, stops } = await start(t);
  const path = `/?token=${token}`;
  for (const host of [
    'evil.example',
    `evil.example:${server.port}`,
    '127.0.0.1',
    `0.0.0.0:${server.port}`,
    `127.0.0.1:${server.port + 1}`,
    `localhost.evil.example:${server.port}`,
  ])
    t.equal((await ask(server, { path, headers: { Host: host } })).status, 403, host);
  for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `LOCALHOST:${server.port}`])
    t.equal((await ask(server, { path, headers: { Host: host } })).status, 200, host);
  t.same(stops, []);
});

t.test('nothing is done for another site', async (t) => {
  const { server, token, stops } = await start(t);
  const stop = { path: `/stop?token=${token}&phase=training`, method: 'POST' };
  for (const origin of [
    'http://evil.example',
    'null',
    `https://127.0.0.1:${server.port}`,
    `http://localhost:${server.port}`,
    `http://127.0.0.1:${server.port + 1}`,
  ])
    t.equal((await ask(server, { ...stop, headers: { Origin: origin } })).status, 403, origin);
  for (const site of ['cross-site', 'same-site']) {
    t.equal((await ask(server, { ...stop, headers: { 'Sec-Fetch-Site': site } })).status, 403, site);
    const navigating = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate' };
    t.equal((await ask(server, { ...stop, headers: navigating })).status, 403, 'a form of theirs');
    const page = { path: `/?token=${token}`, headers: navigating };
    t.equal((await ask(server, page)).status, 200, 'a link with the token');
  }
  t.same(stops, []);
  const own = { Origin: `http://127.0.0.1:${server.port}`, 'Sec-Fetch-Site': 'same-origin' };
  t.equal((await ask(server, { ...stop, headers: own })).status, 202);
  t.same(stops, ['training']);
});

t.test('the page is kept nowhere, framed nowhere and tells nobody where it is', async (t) => {
  const { server, token } = await start(t);
  const { status, headers, body } = await ask(server, { path: `/?token=${token}` });
  t.equal(status, 200);
  t.equal(body, '<p>page</p>');
  t.match(headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
  });
  t.notOk('set-cookie' in headers);
  t.notOk('access-control-allow-origin' in headers);
});

t.test('each address is asked for in one way', async (t) => {
  const { server, token, stops } = await start(t);
  const to = (path: string, method: string) => ask(server, { path: `${path}?token=${token}`, method });
  t.match(await to('/stop', 'GET'), { status: 405, headers: { allow: 'POST' } });
  t.match(await to('/', 'POST'), { status: 405, headers: { allow: 'GET' } });
  t.equal((await to('/events', 'PUT')).status, 405);
  t.equal((await to('/elsewhere', 'GET')).status, 404);
  t.equal((await to('/../etc/passwd', 'GET')).status, 404);
  t.equal((await to('//evil.example/', 'GET')).status, 404);
  t.same(stops, []);
});

t.test('a stop for another phase than the run is in does nothing', async (t) => {
  const { server, token, stops } = await start(t);
  const press = (phase: string) =>
    ask(server, {
      path: `/stop?phase=${phase}`,
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
  t.equal((await press('measuring')).status, 409);
  t.equal((await press('training')).status, 202);
  t.same(stops, ['measuring', 'training']);
});

t.test('viewers are greeted with the whole state, told what changes, and told when it is over', async (t) => {
  const { server } = await start(t);
  const viewers = [await EventReader.open(server.url), await EventReader.open(server.url)];
  for (const viewer of viewers) t.same(await viewer.next(), { name: 'state', data: { greeted: true } });
  t.equal(server.viewers, 2);
  t.equal(viewers[0]!.retryMs, 1000);
  server.tell('change', { text: 'a\nb\u2028c' });
  for (const viewer of viewers)
    t.same(await viewer.next(), { name: 'change', data: { text: 'a\nb\u2028c' } });
  const late = await EventReader.open(server.url);
  t.same(await late.next(), { name: 'state', data: { greeted: true } });
  viewers[1]!.leave();
  while (server.viewers > 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = server.close('over', () => ({ last: true }));
  for (const viewer of [viewers[0]!, late]) {
    t.same(await viewer.next(), { name: 'over', data: { last: true } });
    t.equal(await viewer.next(), null, 'the stream ends');
  }
  await closed;
  await t.rejects(ask(server, { path: '/' }), { code: 'ECONNREFUSED' });
});

t.test(
  'a viewer that reads nothing holds nobody up, and hears how things are when it reads again',
  async (t) => {
    let state = 0;
    const { server } = await start(t, { greeting: () => ['state', state] });
    const socket = connect(server.port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    const path = new URL(server.url).search;
    socket.write(`GET /events${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    while (!text.includes('event: state')) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.pause();
    const before = process.memoryUsage().rss;
    for (state = 1; state <= 400; state++) {
      server.tell('change', 'x'.repeat(2 ** 20));
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.ok(process.memoryUsage().rss - before < 200 * 2 ** 20, 'what is not read is not kept');
    text = '';
    socket.resume();
    for (let tries = 0; tries < 400 && !text.includes('event: state'); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      server.tell('change', 'small');
    }
    t.match(text, /event: state\ndata: 401\n/);
  },
);

t.test('only so many may look at once', async (t) => {
  const { server } = await start(t);
  const viewers = await Promise.all(Array.from({ length: 24 }, () => EventReader.open(server.url)));
  t.equal(viewers.length, 24);
  const { status } = await ask(server, { path: `/events${new URL(server.url).search}` });
  t.equal(status, 503);
  for (const viewer of viewers) viewer.leave();
});

t.test('a port that another program has is an error in a line', async (t) => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as { port: number };
  await t.rejects(start(t, { port }), {
    code: 'ERR_OPTION',
    message: `Expected \`uiPort\` to be a port that is free, got ${port}, which another program has`,
  });
});

t.test('whoever sends nothing, or nonsense, is let go', async (t) => {
  const { server, token } = await start(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.end('nonsense\r\n\r\n');
  let answer = '';
  for await (const piece of socket.setEncoding('utf8')) answer += piece;
  t.match(answer, /^HTTP\/1\.1 400/);
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  await server.close('over', () => ({}));
  await once(idle, 'close');
  t.ok(token);
});
