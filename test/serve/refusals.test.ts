// What is no request for predictions is refused with a status and one line of JSON that says what was expected.

import t from 'tap';
import * as tutti from '../../src/index.js';
import { ask, CSV_TYPE, classesEnsemble, JSON_TYPE, numbersEnsemble, post, ROWS } from './support.js';

const classes = await classesEnsemble();
const numbers = await numbersEnsemble();
const limits = { maxBytes: 50_000, maxRows: 100 };
const handler = tutti.predictionHandler(classes, limits);
const ofNumbers = tutti.predictionHandler(numbers, limits);
t.teardown(() => {
  handler.dispose();
  ofNumbers.dispose();
});

const row = ROWS[0]!;
const json = (body: string) => post(body, JSON_TYPE);
const csv = (body: string) => post(body, CSV_TYPE);
const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, i]));

type Case = readonly [what: string, init: RequestInit, status: number, message: RegExp, more?: object];

const CASES: readonly Case[] = [
  ['an empty body', json(''), 400, /an empty body/],
  ['no JSON', json('{"size":'), 400, /well-formed JSON/],
  ['NaN', json('[{"size":NaN,"colour":"red"}]'), 400, /well-formed JSON/],
  ['Infinity', json('[{"size":1e999,"colour":"red"}]'), 422, /finite/, { row: 1, column: 'size' }],
  ['deep lists', json(`${'['.repeat(20_000)}${']'.repeat(20_000)}`), 400, /more than 8 levels/],
  ['deep objects', json('{"a":'.repeat(9000)), 400, /more than 8 levels/],
  ['brackets that never close', json('['.repeat(40_000)), 400, /levels/],
  ['a text', json('"size"'), 422, /a record, a list/],
  ['null', json('null'), 422, /a record, a list/],
  ['no rows', json('[]'), 422, /at least one row/],
  ['no records', json('{"records":[]}'), 422, /at least one row/],
  ['a list of lists', post([[1, 'red']]), 422, /an object with a value/, { row: 1 }],
  ['mixed rows', post([row, 5]), 422, /an object with a value/, { row: 2 }],
  ['an object for a cell', post([row, { ...row, size: {} }]), 422, /an object/, { row: 2, column: 'size' }],
  ['a list for a cell', post({ ...row, size: [1] }), 422, /a list/, { row: 1, column: 'size' }],
  ['a text for a number', post({ ...row, size: 'big' }), 422, /a number/, { row: 1, column: 'size' }],
  ['a category that is new', post({ ...row, colour: 'mauve' }), 422, /mauve/, { row: 1, column: 'colour' }],
  ['a column too few', post({ size: 1 }), 422, /`colour` to be there/, { row: 1, column: 'colour' }],
  ['a column too many', post({ ...row, weight: 1 }), 422, /weight/, { row: 1, column: 'weight' }],
  ['10 000 columns', post(wide), 413, /at most 50000 bytes/],
  ['a key twice', json('{"size":1,"colour":"red","size":2}'), 400, /every key of a record once.*"size"/],
  ['half a character', json('{"size":1,"colour":"\\ud800"}'), 422, /surrogate/, { column: 'colour' }],
  ['no UTF-8', { ...json(''), body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, /UTF-8/],
  ['a prototype', json('{"__proto__":{"size":1},"colour":"red"}'), 422, /size|__proto__/],
  ['rows too many', post(ROWS.concat(ROWS).slice(0, 101)), 413, /at most 100 rows.*101/],
  ['bytes too many', json(`"${'x'.repeat(60_000)}"`), 413, /at most 50000 bytes/],
  ['CSV without rows', csv('size,colour\n'), 400, /header and rows/],
  ['CSV without a header', csv(''), 400, /empty/],
  ['CSV with ragged rows', csv('size,colour\n1,red\n2\n'), 400, /2 cells/, { row: 2 }],
  ['CSV with an open quote', csv('size,colour\n1,"red\n'), 400, /quote/],
  ['CSV without a column', csv('size\n1\n'), 422, /colour/],
  ['CSV with a wrong cell', csv('size,colour\n1,red\nx,red\n'), 422, /size/, { row: 2, column: 'size' }],
  ['CSV of 10 000 columns', csv(`size,colour${',c'.repeat(9998).replace(/c/g, 'c')}\n`), 400, /./],
  ['CSV of too many columns', csv(manyColumns(300)), 422, /at most 258 columns, got 302/],
  [
    'CSV in Latin-1',
    { ...csv(''), body: Buffer.from('size,colour\n1,r\xe9d\n', 'latin1') },
    400,
    /0xE9 .*such as `text\/csv; charset=…` windows-1252/,
  ],
  ['bytes as CSV', { ...csv(''), body: new Uint8Array([0, 1, 2, 255, 0, 7]) }, 400, /./],
  ['another type', post('size=1', { 'content-type': 'text/plain' }), 415, /application\/json or text\/csv/],
  ['no type', { method: 'POST', body: new Uint8Array([0x7b]) }, 415, /Content-Type/],
  ['packed bodies', post(row, { 'content-encoding': 'gzip' }), 415, /packed/],
  ['JSON in Latin-1', post('{}', { 'content-type': 'application/json; charset=latin1' }), 415, /UTF-8/],
  ['an unknown charset', csv2('text/csv; charset=ebcdic'), 415, /encoding/],
  ['another answer', post(row, { accept: 'image/png' }), 406, /Accept/],
];

function manyColumns(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `c${i}`);
  return `size,colour,${names.join()}\n1,red,${names.map(() => 1).join()}\n`;
}

function csv2(type: string): RequestInit {
  return post('size,colour\n1,red\n', { 'content-type': type });
}

for (const [what, init, status, message, more = {}] of CASES) {
  t.test(`refused: ${what}`, async (t) => {
    const reply = await ask(handler, '/predict', init);
    t.equal(reply.status, status);
    t.match(reply.json, { message, code: /^ERR_/, ...more });
    t.match(reply.text, /^[^\n]*\n$/, 'one line');
    t.ok(reply.text.length < 1200);
    t.notMatch(reply.text, /\bat \S+ \(|node:|\/src\/|\.[jt]s:\d/, 'nothing of the server’s own');
    t.match(reply.headers.get('content-type'), /^application\/json/);
    t.equal(reply.headers.get('x-content-type-options'), 'nosniff');
  });
}

const QUERIES: readonly (readonly [query: string, status: number, message: RegExp])[] = [
  ['coverage=1', 400, /coverage/],
  ['coverage=0', 400, /coverage/],
  ['coverage=NaN', 400, /coverage/],
  ['coverage=0.9&coverage=0.8', 400, /once/],
  ['coverage=0.9999', 422, /rows/],
  ['conformal=lac', 400, /absent unless `coverage`/],
  ['coverage=0.9&conformal=top', 400, /lac/],
  ['members=1', 400, /true or false/],
  ['covrage=0.9', 400, /did you mean `coverage`/],
  [`${'x'.repeat(3000)}=1`, 400, /Unknown parameter/],
];

for (const [query, status, message] of QUERIES) {
  t.test(`refused: ?${query.slice(0, 40)}`, async (t) => {
    const reply = await ask(handler, `/predict?${query}`, post(row));
    t.equal(reply.status, status);
    t.match(reply.json, { message });
  });
}

t.test('lists of numbers are checked where an ensemble has no columns', async (t) => {
  for (const [body, status, message] of [
    [[[1, 2]], 422, /row 1 to be a list of 3 numbers, got 2/],
    [
      [
        [1, 2, 3],
        [1, 2, '3'],
      ],
      422,
      /number 3 of row 2 to be finite, got "3"/,
    ],
    [[[1, 2, null]], 422, /got null/],
    [{ a: 1 }, 422, /row 1 to be a list of 3 numbers/],
    [[1, 2, 3, 4], 422, /got 4 values/],
  ] as const) {
    const reply = await ask(ofNumbers, '/predict', post(body));
    t.equal(reply.status, status);
    t.match(reply.json, { message });
  }
  t.equal((await ask(ofNumbers, '/predict', csv('a,b,c\n1,2,3\n'))).status, 415);
});

t.test('an ensemble without scores says how to get them', async (t) => {
  const reply = await ask(ofNumbers, '/predict?coverage=0.9', post([[1, 2, 3]]));
  t.equal(reply.status, 422);
  t.match(reply.json, { code: 'ERR_DATA', message: /tutti calibrate/ });
});

t.test('other addresses and methods are refused', async (t) => {
  for (const path of ['/nothing', '/predict/', '/../etc/passwd', '/PREDICT', '//predict', '/%70redict'])
    t.equal((await ask(handler, path)).status, 404, path);
  for (const [path, method, allow] of [
    ['/predict', 'GET', 'POST'],
    ['/predict', 'OPTIONS', 'POST'],
    ['/health', 'POST', 'GET, HEAD'],
    ['/', 'DELETE', 'GET, HEAD'],
  ] as const) {
    const reply = await ask(handler, path, { method });
    t.equal(reply.status, 405);
    t.equal(reply.headers.get('allow'), allow);
  }
});

t.test('what is not the sender’s doing stays with the server', async (t) => {
  const told: tutti.ServedRequest[] = [];
  const broken = { ...classes.record, members: [] };
  const own = tutti.predictionHandler(broken, { onRequest: (request) => told.push(request) });
  const reply = await ask(own, '/predict', post(row));
  t.equal(reply.status, 500);
  t.match(reply.json, { code: 'ERR_BUNDLE', message: /could not answer/ });
  t.match(told, [{ status: 500, path: '/predict', error: { message: /member/ } }]);
  own.dispose();
});

t.test('a handler answers so many requests at once, and others later', async (t) => {
  const own = tutti.predictionHandler(classes, { maxWaiting: 2, linger: 40 });
  await ask(own, '/health');
  const replies = await Promise.all([1, 2, 3, 4].map(() => ask(own, '/predict', post(row))));
  t.strictSame(replies.map(({ status }) => status).sort(), [200, 200, 503, 503]);
  const late = replies.find(({ status }) => status === 503)!;
  t.match(late.json, { code: 'ERR_BUSY', message: /at most 2 requests/ });
  t.equal(late.headers.get('retry-after'), '1');
  t.equal((await ask(own, '/predict', post(row))).status, 200);
  own.dispose();
});

t.test('a body that does not come is given up, as are rows that take too long', async (t) => {
  const own = tutti.predictionHandler(classes, { timeout: 0.1, linger: 500 });
  await ask(own, '/health');
  const body = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('[')) });
  const slow = { method: 'POST', headers: JSON_TYPE, body, duplex: 'half' } as RequestInit;
  t.match(await ask(own, '/predict', slow), { status: 408, json: { message: /within 0.1 s/ } });
  t.match(await ask(own, '/predict', post(row)), {
    status: 503,
    json: { code: 'ERR_BUSY', message: /0.1 s/ },
  });
  own.dispose();
});

t.test('a body that breaks off, or grows beyond its limit, is refused', async (t) => {
  const breaks = new ReadableStream({ pull: (stream) => stream.error(new Error('gone')) });
  const grows = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(9000).fill(32)) });
  const init = (body: ReadableStream) =>
    ({ method: 'POST', headers: JSON_TYPE, body, duplex: 'half' }) as RequestInit;
  t.equal((await ask(handler, '/predict', init(breaks))).status, 400);
  t.match(await ask(handler, '/predict', init(grows)), { status: 413, json: { message: /at most 50000/ } });
});
