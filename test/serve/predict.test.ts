// POST /predict: the same answers as the API's, in whichever form rows come, alone and beside others.

import t from 'tap';
import * as tutti from '../../src/index.js';
import { ask, CSV_TYPE, classesEnsemble, numbersEnsemble, post, ROWS } from './support.js';

const classes = await classesEnsemble();
const numbers = await numbersEnsemble();
const handler = tutti.predictionHandler(classes, { runner: tutti.createInlineRunner() });
const ofNumbers = tutti.predictionHandler(numbers);
t.teardown(() => {
  handler.dispose();
  ofNumbers.dispose();
});

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const X = [
  [1, 2, 3],
  [-4.5, 0, 1e3],
];

t.test('rows are answered in the form in which they came, with the bits of predict', async (t) => {
  const rows = ROWS.slice(0, 6);
  const expected = plain(await classes.predict(rows));
  t.strictSame((await ask(handler, '/predict', post(rows))).json, expected);
  t.strictSame((await ask(handler, '/predict', post({ records: rows }))).json, { predictions: expected });
  t.strictSame((await ask(handler, '/predict', post(rows[0]))).json, expected[0]);
  // Members are few, and their answers small: a digit that is lost would be seen.
  t.match(JSON.stringify(expected[0].probabilities), /0\.\d{9,}/);
});

t.test('an ensemble of arrays takes lists of numbers', async (t) => {
  const { mean, variance } = await numbers.predict(X.flat());
  const expected = X.map((_, row) => ({
    value: mean[2 * row],
    values: { near: mean[2 * row], far: mean[2 * row + 1] },
    deviation: { near: Math.sqrt(variance![2 * row]!), far: Math.sqrt(variance![2 * row + 1]!) },
  }));
  t.strictSame((await ask(ofNumbers, '/predict', post(X))).json, expected);
  t.strictSame((await ask(ofNumbers, '/predict', post(X[1]))).json, expected[1]);
  t.strictSame((await ask(ofNumbers, '/predict', post({ records: X }))).json, { predictions: expected });
});

t.test(
  'requests at the same time are each answered with their own rows, whatever block they share',
  async (t) => {
    const expected = plain(await classes.predict(ROWS));
    const parts = Array.from({ length: 200 }, (_, i) => [(7 * i) % 80, 1 + (i % 9)] as const);
    const replies = await Promise.all(
      parts.map(([from, rows]) => ask(handler, '/predict', post(ROWS.slice(from, from + rows)))),
    );
    for (const [at, [from, rows]] of parts.entries())
      t.strictSame(replies[at]!.json, expected.slice(from, from + rows));
  },
);

t.test('a request of more rows than a block is answered whole, and lets others in between', async (t) => {
  const many = Array.from({ length: 1000 }, (_, i) => ROWS[i % ROWS.length]!);
  const order: string[] = [];
  const long = ask(handler, '/predict', post(many)).finally(() => order.push('long'));
  const short = ask(handler, '/predict', post(ROWS[3])).finally(() => order.push('short'));
  const expected = plain(await classes.predict(ROWS));
  t.strictSame(
    (await long).json,
    many.map((_, i) => expected[i % ROWS.length]),
  );
  t.strictSame((await short).json, expected[3]);
  t.strictSame(order, ['short', 'long']);
});

t.test('one row that cannot be predicted spoils its own request alone', async (t) => {
  const bad = { ...ROWS[1], size: 1e300 };
  const expected = plain(await classes.predict(ROWS));
  const replies = await Promise.all(
    [ROWS[0], bad, [ROWS[2], bad], ROWS[4]].map((row) => ask(handler, '/predict', post(row))),
  );
  t.strictSame(replies.map(({ status }) => status).sort(), [200, 200, 422, 422]);
  t.strictSame(replies[0]!.json, expected[0]);
  t.strictSame(replies[3]!.json, expected[4]);
  t.match(replies[1]!.json, { code: 'ERR_DATA' });
});

t.test('a coverage, members and uncertainty come with the predictions', async (t) => {
  const rows = ROWS.slice(0, 4);
  for (const conformal of ['lac', 'aps', 'raps'] as const) {
    const expected = plain(await classes.predict(rows, { coverage: 0.8, conformal }));
    const path = `/predict?coverage=0.8&conformal=${conformal}`;
    t.strictSame((await ask(handler, path, post(rows))).json, expected, conformal);
  }
  const parts = await classes.uncertainty(rows);
  const members = await classes.predictMembers(await datasetOf(rows));
  const { json } = await ask(handler, '/predict?members&uncertainty=true', post(rows));
  const expected = parts.map(({ prediction, ...uncertainty }, row) => ({
    ...prediction,
    uncertainty,
    members: members.map(({ mean }, member) => ({
      member,
      probabilities: Object.fromEntries(['a', 'b', 'c'].map((name, c) => [name, mean[3 * row + c]])),
    })),
  }));
  t.strictSame(json, plain(expected));
});

async function datasetOf(rows: typeof ROWS) {
  return tutti.tableFromRecords(rows);
}

t.test('CSV is taken and given, as tutti predict does', async (t) => {
  const csv = `colour,size,id\n${ROWS.slice(0, 3)
    .map(({ colour, size }, i) => `${colour},${size ?? ''},${i}`)
    .join('\n')}\n`;
  const expected = plain(await classes.predict(ROWS.slice(0, 3)));
  t.strictSame((await ask(handler, '/predict', post(csv, CSV_TYPE))).json, expected);
  const { headers, text } = await ask(handler, '/predict', post(csv, { ...CSV_TYPE, accept: 'text/csv' }));
  t.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
  const [head, ...lines] = text.trimEnd().split('\n');
  t.equal(head, 'prediction,probability_a,probability_b,probability_c');
  for (const [row, line] of lines.entries()) {
    const [label, ...shares] = line.split(',');
    t.equal(label, expected[row].label);
    t.strictSame(
      shares.map((share) => Math.fround(Number(share))),
      Object.values(expected[row].probabilities),
    );
  }
  const latin = new Uint8Array([...Buffer.from('colour,size\nr\xe9d,1\n', 'latin1')]);
  const init = { method: 'POST', headers: { 'content-type': 'text/csv; charset=latin1' }, body: latin };
  t.match((await ask(handler, '/predict', init)).json, { code: 'ERR_DATA', column: 'colour', row: 1 });
});

t.test('numbers that no double holds stay the category that their digits say', async (t) => {
  const ids = Array.from({ length: 40 }, (_, i) => ({
    id: i % 2 ? '9007199254740993' : '9007199254740992',
    y: i % 2 ? 'x' : 'z',
  }));
  const { train } = await tutti.loadData(ids, { target: 'y', categorical: ['id'] });
  const own = await tutti.trainEnsemble(train, {
    members: 1,
    hidden: [],
    epochs: 40,
    learningRate: 0.5,
    seed: 1,
  });
  using serve = tutti.predictionHandler(own);
  const labels = [];
  for (const id of ['9007199254740992', '9007199254740993']) {
    const { json } = await ask(serve, '/predict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"id":${id}}`,
    });
    labels.push((json as { label: string }).label);
  }
  t.strictSame(labels, ['z', 'x']);
});

t.test('many rows go to the threads of a runner, and come back the same', async (t) => {
  const pool = tutti.createPool({ threads: 2 });
  t.teardown(() => pool.destroy());
  const x = Array.from({ length: 3000 }, (_, i) => [Math.sin(i), i % 7, 2]);
  const { train } = await tutti.loadData(
    x.slice(0, 80).map(([a, b, c]) => ({ a: a!, b: b!, c: c!, y: a! + b! })),
    { target: 'y' },
  );
  // Large enough that rows are worth sending.
  const wide = await tutti.trainEnsemble(train, { members: 2, hidden: [700, 700], epochs: 1, seed: 1 });
  const rows = x.map(([a, b, c]) => ({ a: a!, b: b!, c: c! }));
  using serve = tutti.predictionHandler(wide, { runner: pool });
  const expected = plain(await wide.predict(rows, { runner: tutti.createInlineRunner() }));
  t.strictSame((await ask(serve, '/predict', post(rows))).json, expected);
});
