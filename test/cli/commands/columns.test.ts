import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writePng } from '../../support/png-writer.js';
import { QUICK, tutti } from '../support.js';

/** An id, a price in dollars, a date, a category and two classes, in semicolons; 30 rows. */
function rowsOf(): string {
  const rows = Array.from({ length: 30 }, (_, i) => {
    const date = new Date(Date.UTC(2024, 0, 1 + ((7 * i) % 30))).toISOString().slice(0, 10);
    return `N-${i};$1.${100 + i},50;${date};${i % 3 ? 'east' : 'west'};${i % 2 ? 'yes' : 'no'}`;
  });
  return `name;price;day;side;class\n${rows.join('\n')}\n`;
}

const READ = ['--target', 'class', '--delimiter', 'semicolon'] as const;

t.test('describe says of each column what it is taken for and why', async (t) => {
  const cwd = t.testdir({ 'data.csv': rowsOf() });
  const { status, stdout, stderr } = await tutti(['describe', 'data.csv', ...READ], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^data\.csv: 30 rows, 4 features from 5 columns\nclassification \(text in `class`\)/);
  t.match(stdout, /name +left out +30 different texts in 30 rows/);
  t.match(
    stdout,
    /price +feature +numbers with a decimal comma and thousands set apart by "\.", in \$ +30 +0 +1101 to 1130/,
  );
  t.match(stdout, /day +feature +dates, as days since 1970-01-01 +30/);
  t.match(stdout, /side +feature +categories \(2 features\) +2/);
  const json = await tutti(['describe', 'data.csv', ...READ, '--drop', 'day', '--json'], { cwd });
  const { columns } = JSON.parse(json.stdout);
  t.same(
    columns.map(({ use, kind }: { use: string; kind: string }) => `${use} ${kind}`),
    ['left out categories', 'feature numbers', 'left out dates', 'feature categories', 'target categories'],
  );
});

t.test('describe tells what stands in the way of one column and describes the others', async (t) => {
  const cwd = t.testdir({ 'data.csv': 'a,b\n1,2\n2,soon\n3,4\n' });
  const { status, stdout } = await tutti(['describe', 'data.csv'], { cwd });
  t.equal(status, 0);
  t.match(stdout, /a +feature +numbers/);
  t.match(stdout, /Expected `b` to be a number, got "soon" .*list it: `--missing` "soon"/);
});

t.test('split writes the rows that train holds out, cell by cell, and train says how', async (t) => {
  const cwd = t.testdir({ 'data.csv': rowsOf() });
  const share = ['--test-share', '0.3', '--seed', '1'] as const;
  const train = ['train', 'data.csv', ...READ, ...QUICK, '--test-share', '0.3', '--out', 'm.tutti'] as const;
  const trained = await tutti(train, { cwd });
  t.equal(trained.status, 0, trained.stderr);
  t.match(trained.stdout, /Columns: 1 column of numbers, 1 of dates, 1 of categories \(2 features\)/);
  t.match(trained.stdout, /Left out: `name` \(30 different texts in 30 rows; `--categorical` keeps/);
  t.match(
    trained.stdout,
    /tutti split data\.csv --target class --delimiter semicolon --test-share 0\.3 --seed 1/,
  );
  const out = ['--train-out', 'train.csv', '--test-out', 'test.csv'] as const;
  const split = await tutti(['split', 'data.csv', ...READ, ...share, ...out], { cwd });
  t.equal(split.status, 0, split.stderr);
  const [head, ...lines] = rowsOf().trimEnd().split('\n');
  const written = ['train.csv', 'test.csv'].map((name) =>
    readFileSync(join(cwd, name), 'utf8').trimEnd().split('\n'),
  );
  t.same(
    written.map(([first]) => first),
    [head, head],
  );
  t.equal(written[1]!.length, 10);
  t.same(written.flatMap(([, ...rest]) => rest).sort(), lines.sort());
  const test = await tutti(['evaluate', 'm.tutti', 'test.csv', '--delimiter', ';', '--json'], { cwd });
  const whole = await tutti([...train.slice(0, -2), '--json'], { cwd });
  t.equal(JSON.parse(test.stdout).logLoss, JSON.parse(whole.stdout).test.logLoss);
});

t.test('split refuses one file for both, and its input', async (t) => {
  const cwd = t.testdir({ 'data.csv': rowsOf() });
  const run = (trainOut: string, testOut: string) =>
    tutti(['split', 'data.csv', ...READ, '--train-out', trainOut, '--test-out', testOut], { cwd });
  t.match(await run('a.csv', './a.csv'), { status: 2, stderr: /--test-out` to be another file/ });
  t.match(await run('data.csv', 'b.csv'), { status: 2, stderr: /data\.csv/ });
});

t.test('a column that is not there: the delimiter or its spelling is asked about', async (t) => {
  const rows = 'size;weight;class\n1;2;p\n2;3;q\n3;4;p\n4;5;q\n5;6;p\n4;3;q\n';
  const misspelt = rows.replace('size', 'sise').replaceAll(';', ',');
  const cwd = t.testdir({ 'a.csv': rows, 'tabs.csv': rows.replaceAll(';', '\t'), 'b.csv': misspelt });
  const trained = await tutti(['train', 'a.csv', ...READ, ...QUICK, '--out', 'e.tutti'], { cwd });
  t.equal(trained.status, 0, trained.stderr);
  const said = async (...args: string[]) => (await tutti([...args, '--delimiter', ','], { cwd })).stderr;
  t.match(await said('predict', 'e.tutti', 'a.csv'), /column `size`, got no .*; is the delimiter ";"\?/);
  t.match(await said('predict', 'e.tutti', 'tabs.csv'), /; is the delimiter "\\t"\?/);
  for (const command of ['extend', 'evaluate']) {
    t.match(await said(command, 'e.tutti', 'a.csv'), /`class`, got none; is the delimiter ";"\?/, command);
  }
  t.match(await said('predict', 'e.tutti', 'b.csv'), /column `size`, got .* \(did you mean `sise`\?\)/);
  const { stdout } = await tutti(['describe', 'a.csv', '--delimiter', ','], { cwd });
  t.match(stdout, /`size;weight;class` is the only column; is the delimiter ";"\?/);
  const guessed = await tutti(['evaluate', 'e.tutti', 'tabs.csv'], { cwd });
  t.equal(guessed.status, 0, guessed.stderr);
  t.match(
    guessed.stderr,
    /^tabs.csv is read with a tab between its cells, .* all have 3; `--delimiter` says otherwise/m,
  );
  t.equal((await tutti(['evaluate', 'e.tutti', 'tabs.csv', '--quiet'], { cwd })).stderr, '');
});

t.test('describe counts rows that are there twice and names columns that may say the answer', async (t) => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 20},${i % 2 ? 'yes' : 'no'},${i % 2}`);
  const cwd = t.testdir({ 'data.csv': `size,class,left\n${lines.join('\n')}\n` });
  const { stdout } = await tutti(['describe', 'data.csv', '--target', 'class'], { cwd });
  t.match(stdout, /^20 of 40 rows repeat one before in all that is learned from/m);
  t.match(stdout, /^`left` may say the answer: each of its 2 values is one of `class`, .* `--drop` it$/m);
  const json = await tutti(['describe', 'data.csv', '--target', 'class', '--drop', 'left', '--json'], {
    cwd,
  });
  t.match(JSON.parse(json.stdout), { duplicates: 20, notes: [/^20 of 40 rows/] });
  const trained = await tutti(['train', 'data.csv', '--target', 'class', ...QUICK], { cwd });
  t.match(trained.stdout, /Note: `left` may say the answer/);
});

t.test('categories beyond the most frequent share a feature that new ones have too', async (t) => {
  const city = (i: number) => (i % 3 === 0 ? 'a' : i % 3 === 1 ? 'b' : `c${i % 5}`);
  const lines = Array.from({ length: 60 }, (_, i) => `${city(i)},${(i * 7) % 11},${i % 2 ? 'yes' : 'no'}`);
  const cwd = t.testdir({
    'data.csv': `city,size,class\n${lines.join('\n')}\n`,
    'new.csv': 'city,size\nz,3\nc1,3\na,3\n',
  });
  const limit = ['--max-categories', '2'] as const;
  const described = await tutti(['describe', 'data.csv', '--target', 'class', ...limit], { cwd });
  t.match(described.stdout, /city +feature +categories \(3 features\)/);
  t.match(
    described.stdout,
    /`city`: 2 of 7 categories have a feature each, the others share one; `--max-categories` says how many/,
  );
  const train = ['train', 'data.csv', '--target', 'class', ...limit, ...QUICK, '--out', 'm.tutti'] as const;
  const trained = await tutti(train, { cwd });
  t.equal(trained.status, 0, trained.stderr);
  t.match(trained.stdout, /Note: `city`: the 2 most frequent of 7 categories have a feature each/);
  const { stdout } = await tutti(['predict', 'm.tutti', 'new.csv'], { cwd });
  const [, unseen, rare, frequent] = stdout.split('\n');
  t.equal(unseen, rare);
  t.not(rare, frequent);
  t.match(
    (await tutti(['inspect', 'm.tutti'], { cwd })).stdout,
    /city \(2 categories: a, b; all others share a feature\)/,
  );
  t.match((await tutti(['card', 'm.tutti'], { cwd })).stdout, /max-categories|maxCategories/);
});

t.test('a folder of images is described, trained on and predicted, label by label', async (t) => {
  const image = (label: number, at: number) =>
    writePng({
      width: 3,
      height: 2,
      depth: 8,
      colour: 0,
      samples: Array.from({ length: 6 }, (_, p) => (p * 31 + label * 90 + at * 7) % 256),
    });
  const cwd = t.testdir();
  for (const label of [0, 1]) {
    mkdirSync(join(cwd, 'photos', `kind ${label}`), { recursive: true });
    for (let at = 0; at < 12; at++)
      writeFileSync(join(cwd, 'photos', `kind ${label}`, `${at}.png`), image(label, at));
  }
  const described = await tutti(['describe', 'photos', '--target', 'label'], { cwd });
  t.match(
    described.stdout,
    /^photos: 24 rows, 6 features from 7 columns\nclassification \(text in `label`\)/,
  );
  t.match(described.stdout, /the rows are images: `--image` 2x3 lets convolutions/);
  const layers = ['--image', '2x3', '--layers', 'conv 2@2x2, dense 4'] as const;
  const trained = await tutti(
    [
      'train',
      'photos',
      '--target',
      'label',
      ...layers,
      '--members',
      '2',
      '--epochs',
      '2',
      '--out',
      'm.tutti',
    ],
    { cwd },
  );
  t.equal(trained.status, 0, trained.stderr);
  t.notMatch(trained.stdout, /the rows are images/, 'who says so knows');
  const { stdout } = await tutti(['predict', 'm.tutti', join('photos', 'kind 1')], { cwd });
  t.equal(stdout.trim().split('\n').length, 13);
});

t.test('describe names columns of one number in one line, and options by their flags', async (t) => {
  const rows = Array.from({ length: 12 }, (_, row) => `0;${row};7;${row % 2 === 0 ? 'a' : 'b'}`);
  const cwd = t.testdir({ 'data.csv': `p;x;q;class\n${rows.join('\n')}\n` });
  const { stdout } = await tutti(['describe', 'data.csv', '--target', 'class'], { cwd });
  t.match(stdout, /^`p`, `q` hold one number only: nothing is learned of that$/m);
  t.match(stdout, /; `--delimiter` says otherwise$/m);
});
