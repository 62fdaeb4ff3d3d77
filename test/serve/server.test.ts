// The server: who is let in, what is no HTTP, what it says of itself, and that it ends without the loss of an answer.

import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import * as tutti from '../../src/index.js';
import { ask, classesEnsemble, JSON_TYPE, post, ROWS, raw } from './support.js';

const classes = await classesEnsemble();
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const expected = plain(await classes.predict(ROWS));

async function start(t: Test, options: tutti.ServeOptions = {}): Promise<tutti.EnsembleServer> {
  const server = await tutti.serveEnsemble(classes, { port: 0, grace: 0.1, ...options });
  t.teardown(() => server.close());
  return server;
}

t.test('it answers on loopback, at the address that it says', async (t) => {
  const server = await start(t, { name: 'flowers' });
  t.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.ok(server.isLocal);
  t.strictSame((await ask(server.url, '/predict', post(ROWS[0]))).json, expected[0]);
  t.match(await ask(server.url, '/health'), { status: 200, json: { status: 'ok' } });
  const head = await fetch(`${server.url}/model`, { method: 'HEAD' });
  t.equal(await head.text(), '');
  t.equal(head.status, 200);
});

t.test('it says what it is and what it takes', async (t) => {
  const server = await start(t, { name: 'flowers', maxRows: 7 });
  const { json } = await ask(server.url, '/model');
  t.match(json, {
    ...{ name: 'flowers', task: 'classification', classes: ['a', 'b', 'c'], members: 5, coverage: true },
    columns: [
      { name: 'size', kind: 'number', mayBeMissing: true },
      { name: 'colour', kind: 'category', categories: ['blue', 'green', 'red'], categoryCount: 3 },
    ],
    ...{ contentHash: classes.contentHash(), limits: { maxRows: 7 } },
  });
  // What it shows as an example is taken.
  const { example } = json as { example: object };
  t.equal((await ask(server.url, '/predict', post([example]))).status, 200);
});

t.test('its OpenAPI document names its columns, parameters and answers', async (t) => {
  const server = await start(t);
  const { json } = await ask(server.url, '/openapi.json');
  // biome-ignore lint/suspicious/noExplicitAny: a document of another standard
  const document = json as Record<string, any>;
  t.equal(document.openapi, '3.1.0');
  t.strictSame(document.components.schemas.Row.required, ['size', 'colour']);
  t.strictSame(Object.keys(document.components.schemas.Prediction.properties.probabilities.properties), [
    'a',
    'b',
    'c',
  ]);
  const { post: predict } = document.paths['/predict'];
  t.strictSame(
    predict.parameters.map(({ name }: { name: string }) => name),
    ['coverage', 'conformal', 'members', 'uncertainty'],
  );
  const statuses = Object.keys(predict.responses);
  for (const status of ['200', '400', '406', '408', '413', '415', '422', '500', '503'])
    t.ok(statuses.includes(status));
  for (const name of JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g))
    t.ok(document.components.schemas[name[1]!], name[1]!);
});

t.test('its page asks nobody but it, and no other page shows it', async (t) => {
  const server = await start(t, { name: '<script>alert(1)</script>', base: '/models/a' });
  t.match(server.url, /\/models\/a$/);
  const { text, headers, status } = await ask(server.url, '/');
  t.equal(status, 200);
  t.notMatch(text, /<script>alert/);
  t.match(text, /&lt;script&gt;alert/);
  t.match(text, /default-src &#39;none&#39;.*connect-src &#39;self&#39;/);
  t.notMatch(text, /https?:\/\/(?!…)|<link|@import|src=/);
  t.match(text, /\[\n {2}\{\n {4}&quot;size&quot;: /);
  t.match(text, /data-path="\/models\/a\/predict"/);
  t.equal(headers.get('content-security-policy'), "frame-ancestors 'none'");
  t.equal((await ask(server.url, '/predict', post(ROWS[0]))).status, 200);
  t.equal((await fetch(`${new URL(server.url).origin}/predict`, post(ROWS[0]))).status, 404);
});

t.test('who asks under another name is refused, unless it is allowed', async (t) => {
  const request = (host: string) => `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const told: string[] = [];
  const onRequest = ({ method, path, status }: tutti.ServedRequest) =>
    told.push(`${status} ${method} ${path}`);
  const server = await start(t, { onRequest });
  for (const [host, status] of [
    ['evil.example', 403],
    [`evil.example:${server.port}`, 403],
    ['localhost', 200],
    [`LOCALHOST:${server.port}`, 200],
    ['[::1]:9', 200],
    ['', 403],
  ] as const)
    t.match(await raw(server.port, request(host)), `HTTP/1.1 ${status} `, host);
  t.equal(told[0], '403 GET /health');
  const proxied = await start(t, { hosts: ['models.example'] });
  t.match(await raw(proxied.port, request('models.example')), 'HTTP/1.1 200 ');
  t.match(await raw(proxied.port, request('evil.example')), 'HTTP/1.1 403 ');
  const open = await start(t, { hosts: ['*'] });
  t.match(await raw(open.port, request('evil.example')), 'HTTP/1.1 200 ');
});

t.test('what is no HTTP gets one line, and the server goes on', async (t) => {
  const told: tutti.ServedRequest[] = [];
  const server = await start(t, { onRequest: (request) => told.push(request) });
  const host = 'Host: localhost\r\n';
  for (const [text, status] of [
    ['\x16\x03\x01\x02\x00\x01\x00\x01', 400],
    ['GET / HTTP/9.9\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\n${host}X: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    [`POST /predict HTTP/1.1\r\n${host}Content-Length: -5\r\n\r\n`, 400],
    [`POST /predict HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    [`GET /health HTTP/1.1\r\n${host}Bad Header: 1\r\n\r\n`, 400],
  ] as const) {
    const got = await raw(server.port, text, true);
    const [head, body] = got.split('\r\n\r\n');
    t.match(head, `HTTP/1.1 ${status} `);
    t.match(JSON.parse(body!), { code: 'ERR_REQUEST' });
    t.match(body, /^[^\n]*\n$/);
  }
  t.ok(told.length >= 6);
  t.equal((await ask(server.url, '/health')).status, 200);
});

t.test('bodies beyond the limit are refused before they are all there', async (t) => {
  const server = await start(t, { maxBytes: 1000 });
  const request = (headers: string, body: string) =>
    `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
  const stated = await raw(server.port, request('Content-Length: 99999999\r\n', '['));
  t.match(stated, 'HTTP/1.1 413 ');
  const expecting = await raw(server.port, request('Content-Length: 5000\r\nExpect: 100-continue\r\n', ''));
  t.match(expecting, /^HTTP\/1\.1 413 /);
  const chunk = `${(2000).toString(16)}\r\n${' '.repeat(2000)}\r\n`;
  t.match(await raw(server.port, request('Transfer-Encoding: chunked\r\n', chunk)), 'HTTP/1.1 413 ');
  const fits = 'Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n';
  t.match(await raw(server.port, request(fits, '[]')), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 422 /);
});

t.test('a body that never comes is given up', async (t) => {
  const server = await start(t, { timeout: 0.2 });
  const text = `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[`;
  t.match(await raw(server.port, text), /^HTTP\/1\.1 408 [\s\S]*within 0\.2 s/);
});

t.test('a client that goes away does not harm the others', async (t) => {
  const server = await start(t, { linger: 30 });
  const body = JSON.stringify(ROWS);
  const head = `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  for (let i = 0; i < 20; i++) {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(i % 2 === 0 ? head + body : head + body.slice(0, 100), () => socket.destroy());
    });
    socket.on('error', () => undefined);
  }
  const replies = await Promise.all(ROWS.slice(0, 20).map((row) => ask(server.url, '/predict', post(row))));
  t.strictSame(
    replies.map(({ json }) => json),
    expected.slice(0, 20),
  );
});

t.test(
  'as it ends, what is under way is answered, whatever comes is told to come elsewhere, and nothing is lost',
  async (t) => {
    const server = await start(t, { linger: 20, grace: 20 });
    const lost: unknown[] = [];
    let answered = 0;
    let refused = 0;
    let closing = false;
    const lane = async (at: number) => {
      for (let i = at; ; i++) {
        const row = i % ROWS.length;
        try {
          const { status, json } = await ask(server.url, '/predict', post(ROWS[row]));
          if (status !== 200 || JSON.stringify(json) !== JSON.stringify(expected[row])) lost.push(json);
          answered++;
        } catch (error) {
          const { code } = (error as { cause?: NodeJS.ErrnoException }).cause ?? {};
          if (closing && code === 'ECONNREFUSED') refused++;
          else lost.push(code ?? error);
          return;
        }
      }
    };
    const lanes = Array.from({ length: 16 }, (_, at) => lane(at));
    while (answered < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    closing = true;
    await server.close();
    await Promise.all(lanes);
    t.strictSame(lost, []);
    t.equal(refused, 16);
  },
);

t.test('while it ends, it says so on connections that are open', async (t) => {
  const server = await start(t, { linger: 150, grace: 20 });
  const open = (text: string) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    const heard = { got: '', ended: once(socket, 'close'), socket };
    socket.setEncoding('latin1').on('data', (piece) => (heard.got += piece));
    return heard;
  };
  const request = (line: string, more = '') => `${line} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const body = JSON.stringify(ROWS[0]);
  const type = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const predicting = open(request('POST /predict', type) + body);
  const asking = open(request('GET /health'));
  while (asking.got === '') await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = server.close();
  asking.socket.write(request('GET /health'));
  await Promise.all([closed, predicting.ended, asking.ended]);
  t.match(predicting.got, /^HTTP\/1\.1 200 [\s\S]*"label"/);
  t.match(asking.got, /200 OK[\s\S]*"ok"[\s\S]*HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*"draining"/);
});

t.test('a request that does not end is cut off after the grace', async (t) => {
  const server = await start(t, { grace: 0.1 });
  const text = `POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[`;
  const hanging = raw(server.port, text);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  t.equal(await hanging, '');
});

t.test('a signal ends it, and a port that is taken is named', async (t) => {
  const stop = new AbortController();
  const server = await tutti.serveEnsemble(classes, { port: 0, signal: stop.signal });
  const taken = tutti.serveEnsemble(classes, { port: server.port });
  await t.rejects(taken, {
    code: 'ERR_OPTION',
    message: new RegExp(`${server.port}, which another program has`),
  });
  await t.rejects(tutti.serveEnsemble(classes, { port: 0, host: '192.0.2.1' }), {
    code: 'ERR_OPTION',
    message: /`host`/,
  });
  stop.abort(new Error('enough'));
  await server.close();
  await t.rejects(ask(server.url, '/health'));
});

t.test('every request is told of, with what it came to', async (t) => {
  const told: tutti.ServedRequest[] = [];
  const server = await start(t, { onRequest: (request) => told.push(request) });
  await ask(server.url, '/predict', post(ROWS.slice(0, 3)));
  await ask(server.url, '/predict?coverage=2', { ...post(ROWS[0]), headers: JSON_TYPE });
  await ask(server.url, '/health');
  t.match(told, [
    { method: 'POST', path: '/predict', status: 200, rows: 3, milliseconds: Number },
    { method: 'POST', path: '/predict', status: 400, rows: 0, code: 'ERR_REQUEST' },
    { method: 'GET', path: '/health', status: 200, rows: 0 },
  ]);
});
