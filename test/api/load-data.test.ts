// Loading data in one call: from a path, a table or records, with rows to test on from a share or from elsewhere.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadTraining } from '../../src/data/load.js';
import { type Dataset, loadData, readCsv } from '../../src/index.js';

const DIGITS = 'data/digits.csv';
const OPTIONS = { target: 'digit', testShare: 0.3, seed: 1 };

t.test('a path and a table give what the reader and the split give', async (t) => {
  const expected = loadTraining(DIGITS, OPTIONS);
  const loaded = await loadData(DIGITS, OPTIONS);
  const test: Dataset = loaded.test;
  t.equal(loaded.train.hash, expected.train.hash);
  t.equal(test.hash, expected.test?.hash);
  t.equal((await loadData(readCsv(DIGITS), OPTIONS)).train.hash, expected.train.hash);
});

t.test('without rows to test on there are none', async (t) => {
  const { test } = await loadData(DIGITS, { target: 'digit' });
  t.equal(test, null);
});

t.test('rows to test on may lie in another file, or be records', async (t) => {
  const folder = t.testdir({ 'train.csv': 'a;y\n1,5;x\n2,5;z\n3,5;x\n', 'test.csv': 'a;y\n2;z\n' });
  const own = { target: 'y', delimiter: ';' };
  const [path, other] = ['train.csv', 'test.csv'].map((name) => join(folder, name));
  const { test } = await loadData(path!, { ...own, test: other! });
  t.same([...test.x], [2]);
  t.same([...test.labels], [1]);
  const fromRecords = await loadData(path!, { ...own, test: [{ a: 2, y: 'z' }] });
  t.equal(fromRecords.test.rowsHash, test.rowsHash);
  writeFileSync(other!, 'a;y\n2;q\n');
  await t.rejects(loadData(path!, { ...own, test: other! }), {
    code: 'ERR_DATA',
    message: /test\.csv, line 2/,
  });
});

t.test('bytes and JSON are read by what they hold', async (t) => {
  const records = [1, 2, 3, 4].map((a) => ({ a, y: a % 2 === 0 ? 'even' : 'odd' }));
  const expected = await loadData(records, { target: 'y' });
  const { train } = await loadData(Buffer.from(JSON.stringify(records)), { target: 'y' });
  t.equal(train.hash, expected.train.hash);
  const csv = await loadData(Buffer.from('a;y\n1;odd\n2;even\n3;odd\n4;even\n'), {
    target: 'y',
    delimiter: ';',
  });
  t.equal(csv.train.hash, expected.train.hash);
  await t.rejects(loadData(records, { target: 'y', delimiter: ';' }), {
    code: 'ERR_OPTION',
    message: /`delimiter`/,
  });
});

t.test('one way to have rows to test on, and sources that are none', async (t) => {
  await t.rejects(loadData(DIGITS, { ...OPTIONS, test: DIGITS }), {
    code: 'ERR_OPTION',
    message: /`testShare` to be absent beside `test`/,
  });
  for (const source of [null, 5, new Float32Array(2)]) {
    await t.rejects(loadData(source as never, OPTIONS), { code: 'ERR_OPTION', message: /`source`/ });
  }
});
