// A handler within servers of others: it needs no more of them than a Request, and gives a Response.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import t from 'tap';
import * as tutti from '../../src/index.js';
import { ask, classesEnsemble, post, ROWS } from './support.js';

const classes = await classesEnsemble();
const expected = JSON.parse(JSON.stringify(await classes.predict(ROWS.slice(0, 40))));

t.test('within Hono, on Node.js, beside what else it answers', async (t) => {
  const handler = tutti.predictionHandler(classes, { base: '/models/flowers', maxBytes: 20_000 });
  const app = new Hono();
  app.get('/', (context) => context.text('mine'));
  app.all('/models/flowers/*', (context) => handler(context.req.raw));
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.equal((await ask(url, '/')).text, 'mine');
  const replies = await Promise.all(
    ROWS.slice(0, 40).map((row) => ask(url, '/models/flowers/predict', post(row))),
  );
  t.strictSame(
    replies.map(({ json }) => json),
    expected,
  );
  t.equal((await ask(url, '/models/flowers/health')).status, 200);
  t.equal(
    (await ask(url, '/models/flowers/predict', post('['.repeat(30_000), { 'content-type': 'text/csv' })))
      .status,
    413,
  );
  t.equal((await ask(url, '/models/flowers/nothing')).status, 404);
  server.closeAllConnections();
  server.close();
  handler.dispose();
});

t.test('a handler that is disposed of answers nothing more', async (t) => {
  const handler = tutti.predictionHandler(classes);
  handler.dispose();
  t.match(await ask(handler, '/predict', post(ROWS[0])), { status: 500, json: { code: 'ERR_CANCELLED' } });
});
