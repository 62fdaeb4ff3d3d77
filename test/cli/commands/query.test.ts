// A query in the place of a command's file of rows.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import t from 'tap';
import { tutti } from '../support.js';

const cwd = t.testdir();
const ROWS = "select i % 7 as a, (i * 5) % 11 as b, if(i % 2 = 0, 'x', 'y') as kind from range(60) r(i)";

t.test('commands take the rows of a query where a file would stand', async (t) => {
  const out = join(cwd, 'q.tutti');
  const options = [
    '--target',
    'kind',
    '--members',
    '2',
    '--hidden',
    '2',
    '--epochs',
    '2',
    '--seed',
    '1',
    '--quiet',
    '--out',
    out,
  ];
  const trained = await tutti(['train', '--sql', ROWS, ...options], { cwd });
  t.equal(trained.status, 0, trained.stderr);
  const held = await tutti(
    [
      'train',
      '--sql',
      'select 1 as a, 2 as b from range(9)',
      '--target',
      'b',
      '--task',
      'regression',
      '--members',
      '2',
      '--epochs',
      '2',
      '--test-share',
      '0.3',
      '--seed',
      '1',
    ],
    { cwd },
  );
  t.match(held.stdout + held.stderr, /tutti split --sql 'select 1 as a, 2 as b from range\(9\)' --target b/);
  const predicted = await tutti(['predict', out, '--sql', `${ROWS} limit 3`], { cwd });
  t.equal(predicted.status, 0, predicted.stderr);
  t.equal(predicted.stdout.trim().split('\n').length, 4);
  const compared = await tutti(['compare', out, out, '--sql', ROWS, '--quiet'], { cwd });
  t.equal(compared.status, 0, compared.stderr);
});

t.test('a file beside a query, a database without one, and neither, are refused', async (t) => {
  const said = async (...words: string[]) => (await tutti(words, { cwd })).stderr.trim();
  t.match(
    await said('describe', 'x.csv', '--sql', 'select 1'),
    /Expected `--sql` to be absent beside the file x\.csv/,
  );
  t.match(
    await said('describe', 'x.csv', '--db', 'x.duckdb'),
    /Expected `--db` to be absent without `--sql`/,
  );
  t.match(await said('describe', '--sql', ''), /Expected `--sql` to be one statement, got an empty text/);
  t.match(await said('describe'), /Expected `file` after tutti describe, got nothing/);
});

t.test('describe says of typed files and of a query what it says of the CSV file', async (t) => {
  const fixtures = 'test/data/columnar/fixtures';
  const said = async (...words: string[]) => {
    const { status, stdout, stderr } = await tutti(['describe', ...words, '--json'], { cwd: process.cwd() });
    t.equal(status, 0, stderr);
    const { columns, rows } = JSON.parse(stdout) as {
      columns: { name: string; use: string; missing: number }[];
      rows: number;
    };
    return { rows, columns: columns.map(({ name, use, missing }) => ({ name, use, missing })) };
  };
  const parquet = await said(`${fixtures}/zstd.parquet`);
  t.ok(parquet.columns.length > 5);
  t.same(await said(`${fixtures}/lz4.feather`), parquet);
  t.same(await said(`${fixtures}/stream.arrows`), parquet);
  t.same(await said('--sql', `select * from '${fixtures}/zstd.parquet'`), parquet);
});

t.test('a kept training of a query asks for the query, and goes on with it from anywhere', async (t) => {
  mkdirSync(join(cwd, 'elsewhere'));
  const instance = await DuckDBInstance.create(join(cwd, 'rows.duckdb'));
  const connection = await instance.connect();
  await connection.run(`create table kept as ${ROWS}`);
  connection.closeSync();
  instance.closeSync();
  const out = ['--out', 'kept.tutti', '--quiet'];
  const size = ['--members', '2', '--hidden', '2', '--epochs', '2', '--seed', '1', '--threads', '1'];
  const query = ['--sql', 'from kept', '--db', 'rows.duckdb'];
  const trained = await tutti(
    ['train', ...query, '--target', 'kind', ...size, '--checkpoint', 'kept', ...out],
    { cwd },
  );
  t.equal(trained.status, 0, trained.stderr);
  const bytes = readFileSync(join(cwd, 'kept.tutti'));
  const asked = await tutti(['resume', 'kept'], { cwd });
  t.equal(asked.status, 2);
  t.match(asked.stderr, "the query again, where it is one to run: 'sql(rows.duckdb):from kept'");
  const again = ['resume', 'kept', '--data', 'sql(rows.duckdb):from kept', '--quiet'];
  t.equal((await tutti(again, { cwd })).status, 0);
  t.ok(readFileSync(join(cwd, 'kept.tutti')).equals(bytes));
  const elsewhere = await tutti(['resume', '../kept'], { cwd: join(cwd, 'elsewhere') });
  t.match(elsewhere.stderr, `sql(${join(cwd, 'rows.duckdb')}):from kept`);
  const other = ['resume', 'kept', '--data', 'sql(rows.duckdb):from kept limit 50'];
  t.match((await tutti(other, { cwd })).stderr, /\(ERR_DATA\)/);
});

t.test('a config file names no rows, and an empty query is none', async (t) => {
  writeFileSync(join(cwd, 'query.json'), JSON.stringify({ sql: ROWS, target: 'kind' }));
  const { status, stderr } = await tutti(['train', 'x.csv', '--config', 'query.json'], { cwd });
  t.equal(status, 2);
  t.match(stderr, 'query.json: Expected `sql` on the command line, in the place of the file of rows');
  t.match((await tutti(['describe', '--sql', ''], { cwd })).stderr, /to be one statement, got an empty text/);
});
