// Queries of DuckDB: its types as a CSV file would have them, its own words where it refuses, and nothing ever written.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import t, { type Test } from 'tap';
import { loadData } from '../../../src/api/load-data.js';
import { openTable } from '../../../src/data/readers/open-table.js';
import { queryOfWord, queryWord } from '../../../src/data/readers/query-source.js';
import type { Table } from '../../../src/data/table/table.js';
import { codeOf, messageOf } from './failures.js';

const TYPED = `create table typed as select
  i as id, (i % 3)::tinyint as kind, i * 1000000000000000::bigint as far, 9007199254740993 + i as big,
  18446744073709551615 - i::ubigint as most, sum(i) over () as huge, i / 8 as eighth, (i / 8)::float as single,
  (i - 1.5)::decimal(9, 2) as price, (i || '00000000000000000000')::decimal(38, 3) as long,
  case when i = 2 then null else i % 2 = 0 end as flag, date '2019-12-30' + i::int as day,
  timestamp '1969-12-31 23:59:58.5' + to_seconds(i) as at, (time '23:59:58.25') as clock,
  'word ' || i as text, ('b')::enum('a', 'b') as letter, null as none
  from range(4) r(i)`;

async function database(t: Test, sql: string): Promise<string> {
  const path = join(t.testdir(), 'test.duckdb');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
  return path;
}

const texts = ({ columns, rows }: Table) =>
  Object.fromEntries(
    columns.map((column) => [column.name, Array.from({ length: rows }, (_, row) => column.text(row))]),
  );

t.test('values of every type are the texts that a CSV file would have for them', async (t) => {
  const table = await openTable({ sql: 'from typed', database: await database(t, TYPED) });
  t.same(texts(table), {
    id: ['0', '1', '2', '3'],
    kind: ['0', '1', '2', '0'],
    far: ['0', '1000000000000000', '2000000000000000', '3000000000000000'],
    big: ['9007199254740993', '9007199254740994', '9007199254740995', '9007199254740996'],
    most: ['18446744073709551615', '18446744073709551614', '18446744073709551613', '18446744073709551612'],
    huge: ['6', '6', '6', '6'],
    eighth: ['0', '0.125', '0.25', '0.375'],
    single: ['0', '0.125', '0.25', '0.375'],
    price: ['-1.50', '-0.50', '0.50', '1.50'],
    long: ['0.000', '100000000000000000000.000', '200000000000000000000.000', '300000000000000000000.000'],
    flag: ['true', 'false', '', 'false'],
    day: ['2019-12-30', '2019-12-31', '2020-01-01', '2020-01-02'],
    at: ['1969-12-31 23:59:58.5', '1969-12-31 23:59:59.5', '1970-01-01 00:00:00.5', '1970-01-01 00:00:01.5'],
    clock: ['23:59:58.25', '23:59:58.25', '23:59:58.25', '23:59:58.25'],
    text: ['word 0', 'word 1', 'word 2', 'word 3'],
    letter: ['b', 'b', 'b', 'b'],
    none: ['', '', '', ''],
  });
  t.equal(table.source, 'the query');
});

t.test('files are read by their names, and many rows in chunks', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'rows.csv');
  writeFileSync(file, `x,y\n${Array.from({ length: 5000 }, (_, i) => `${i / 4},${i % 2}`).join('\n')}\n`);
  const progress: number[] = [];
  const table = await openTable(
    { sql: `select x, case when x >= 10 then y end as y from '${file}' order by x` },
    { onProgress: ({ rows }) => progress.push(rows) },
  );
  t.equal(table.rows, 5000);
  t.equal(progress.at(-1), 5000);
  t.ok(progress.length > 1);
  const [x, y] = table.columns;
  t.same(
    [x!.text(4999), x!.number(4999), y!.text(39), y!.isMissing(39), y!.text(41)],
    ['1249.75', 1249.75, '', true, '1'],
  );
  const { train } = await loadData({ sql: `select * from '${file}'` }, { target: 'y' });
  t.equal(train.rows, 5000);
});

t.test('what DuckDB does not run is refused in one line, with its own words', async (t) => {
  const refused = (source: { sql: string; database?: string }) => messageOf(openTable(source));
  t.equal(
    await refused({ sql: 'select nope from range(3) r(i)' }),
    'ERR_OPTION Expected `sql` to be a query that DuckDB runs, got an error: Binder Error: Referenced column "nope" not found in FROM clause! Candidate bindings: "i"',
  );
  t.match(await refused({ sql: 'selec 1' }), /^ERR_OPTION .*Parser Error: syntax error at or near "selec"$/);
  t.match(
    await refused({ sql: "select 'a'::int as x" }),
    /^ERR_OPTION .*Conversion Error: Could not convert string 'a' to INT32$/,
  );
  t.equal(
    await refused({ sql: 'select 1; select 2' }),
    'ERR_OPTION Expected `sql` to be one statement, got 2',
  );
  t.equal(await refused({ sql: '' }), 'ERR_OPTION Expected `sql` to be one statement, got an empty text');
  t.equal(
    await refused({ sql: 'select 1 as x, [1, 2] as list' }),
    'ERR_DATA Expected columns of numbers, texts, dates, true and false, got values of type LIST (the query, column `list`)',
  );
  t.equal(
    await refused({ sql: 'select 1 as x limit 0' }),
    'ERR_DATA Expected the query to give rows, got none',
  );
  t.match(
    await refused({ sql: 'select 1 as x', database: join(t.testdir(), 'none.duckdb') }),
    /^ERR_FILE Expected .*none.duckdb to be a database of DuckDB, got an error: .*does not exist$/,
  );
});

t.test('nothing is written', async (t) => {
  const file = join(t.testdir(), 'out.csv');
  t.equal(
    await messageOf(openTable({ sql: `copy (select 1) to '${file}'` })),
    'ERR_OPTION Expected `sql` to be a SELECT, got "COPY"',
  );
  t.notOk(existsSync(file));
  const path = await database(t, 'create table a as select 1 as x');
  t.equal(await codeOf(openTable({ sql: 'insert into a values (2)', database: path })), 'ERR_OPTION');
  t.equal((await openTable({ sql: 'from a', database: path })).rows, 1);
});

t.test('a signal interrupts a query that would never end, also where it has hardly begun', async (t) => {
  const sql =
    'select count(*) as n from range(1000000000000) a, range(1000000) b where a.range % 7 = b.range % 5';
  for (const ms of [0, 1, 2, 4, 8, 16, 100]) {
    const controller = new AbortController();
    const endless = openTable({ sql }, { signal: controller.signal });
    setTimeout(() => controller.abort(), ms);
    await t.rejects(endless, { name: 'AbortError' }, `after ${ms} ms`);
  }
});

t.test('options of reading have no effect on a query', async (t) => {
  await t.rejects(openTable({ sql: 'select 1 as x' }, { delimiter: ';' }), {
    code: 'ERR_OPTION',
    message: 'Expected `delimiter` to be absent for a query, got ";"',
  });
  await t.rejects(openTable({ sql: 'select 1', tables: 2 } as never), { message: /Unknown option `tables`/ });
});

t.test('a word stands for a query in the place of a file, and gives it back', async (t) => {
  for (const query of [{ sql: 'select 1' }, { sql: 'select (1):: int\nas x', database: 'a b/c.duckdb' }]) {
    t.same(queryOfWord(queryWord(query)), query);
  }
  t.equal(queryOfWord('data.csv'), null);
});
