// A query in the place of a command's file of rows.

import { join } from 'node:path';
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
