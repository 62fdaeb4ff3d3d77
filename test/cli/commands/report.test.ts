// `tutti report`: a page from the file of a training or from test rows, figures as files, and a line for what it cannot do.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DARK, LIGHT } from '../../../src/report/charts/theme.js';
import { malformed } from '../../support/well-formed.js';
import { classCsv, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

/** Hides the package that draws pictures from a process. */
const ABSENT = `import { register } from 'node:module';
const hook = \`export async function resolve(name, context, next) {
  if (!name.startsWith('@resvg/')) return next(name, context);
  throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
}\`;
register('data:text/javascript,' + encodeURIComponent(hook));`;

const cwd = t.testdir({ 'train.csv': classCsv(), 'values.csv': valueCsv(), 'absent.mjs': ABSENT });
const split = ['--test-share', '0.4'];
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, ...split, '--out', 'split.tutti'], { cwd });
await tutti(['train', 'train.csv', '--target', 'label', ...QUICK, '--out', 'whole.tutti'], { cwd });

const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
const dataOf = (page: string) => JSON.parse(/id="data">([\s\S]*?)<\/script>/.exec(page)![1]!);

t.test('the file of a training gives the rows it held out, and the others out of bag', async (t) => {
  const { status, stdout, stderr } = await tutti(['report', 'split.tutti', 'train.csv'], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^Averaging 3 members .* test rows?.*\.\n$/);
  t.match(stderr, /^Few rows: 24 rows \(test\) leave wide/);
  t.match(stderr, /\nWrote report\.html \([\d.]+ kB, \d+ figures\)\n$/);
  const data = dataOf(read('report.html'));
  t.same(
    data.sets.map((set: { name: string; rows: number }) => set.name),
    ['test', 'out of bag'],
  );
  t.ok(data.honestTest !== null);
  t.equal(data.ensemble.name, 'split.tutti');
  t.match(data.ensemble.commands[0], 'tutti report split.tutti train.csv');
  // Row numbers are those of the file.
  const [first] = data.sets[0].lists[0].rows;
  const line = read('train.csv').split('\n')[Number(first[0])]!;
  t.ok(line.split(',').includes(first[1]), `${line} is of ${first[1]}`);
});

t.test('other rows are test rows; a file beside them too', async (t) => {
  writeFileSync(join(cwd, 'new.csv'), classCsv().split('\n').slice(0, 31).join('\n'));
  const test = await tutti(['report', 'whole.tutti', 'new.csv', '--out', 'test.html', '--quiet'], { cwd });
  t.same([test.status, test.stderr], [0, '']);
  t.same(
    dataOf(read('test.html')).sets.map(({ name }: { name: string }) => name),
    ['test'],
  );
  const both = ['report', 'whole.tutti', 'train.csv', '--test', 'new.csv', '--out', 'both.html', '--json'];
  const { stdout } = await tutti(both, { cwd });
  t.same(
    JSON.parse(stdout).data.sets.map(({ source }: { source: string }) => source),
    ['new.csv', 'train.csv'],
  );
});

t.test('an attack is a section more, and refused where members have no gradients', async (t) => {
  const args = [
    'report',
    'split.tutti',
    'train.csv',
    '--attack',
    '--out',
    'attacked.html',
    '--json',
    '--quiet',
  ];
  const { status, stdout, stderr } = await tutti(args, { cwd });
  t.equal(status, 0, stderr);
  const { data } = JSON.parse(stdout);
  t.same([data.robustness.rowsFrom, data.robustness.rows], ['heldOut', 24]);
  t.equal(data.robustness.points[0].ensemble, data.sets[0].measurement.ensemble.accuracy);
  t.ok(data.robustness.points.at(-1).ensemble <= data.robustness.points[0].ensemble);
  t.match(data.ensemble.commands[0], 'train.csv --attack --out');
  t.match(read('attacked.html'), '<section id="robustness"');
  const near = ['train', 'train.csv', '--target', 'label', '--engine', 'neighbours', '--members', '2'];
  await tutti([...near, '--seed', '1', '--out', 'near.tutti'], { cwd });
  const refused = await tutti(['report', 'near.tutti', 'train.csv', '--attack', '--out', 'no.html'], { cwd });
  t.same([refused.status, refused.stdout], [2, '']);
  t.match(
    refused.stderr,
    /^tutti: Expected `members` to be networks of the wasm engine, for what only they have, got "neighbours as member 0" \(ERR_OPTION\)\n$/,
  );
  t.notOk(existsSync(join(cwd, 'no.html')));
});

t.test('figures go into files: drawings that follow the theme, and pictures', async (t) => {
  const { status, stderr } = await tutti(
    ['report', 'split.tutti', 'train.csv', '--svg', 'svg', '--png', 'png'],
    { cwd },
  );
  t.equal(status, 0, stderr);
  const names = readdirSync(join(cwd, 'svg')).map((name) => name.replace('.svg', ''));
  t.ok(names.length >= 12);
  t.same(
    readdirSync(join(cwd, 'png')).map((name) => name.replace('.png', '')),
    names,
  );
  for (const name of names) {
    const svg = read(`svg/${name}.svg`);
    t.equal(malformed(svg), null, name);
    t.ok(svg.includes(LIGHT.s1) && svg.includes(DARK.s1), 'both themes are in it');
    const png = readFileSync(join(cwd, `png/${name}.png`));
    t.same([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    t.ok(png.readUInt32BE(16) === 3 * 460, 'three pixels a unit');
  }
});

t.test(
  'without the package that draws pictures one line says what to install, before any work',
  async (t) => {
    const env = { NODE_OPTIONS: `--import ${join(cwd, 'absent.mjs')}` };
    const args = ['report', 'split.tutti', 'train.csv', '--out', 'pictures.html'];
    const { status, stdout, stderr } = await tuttiProcess([...args, '--png', 'pictures'], { cwd, env });
    t.same([status, stdout], [2, '']);
    t.equal(
      stderr,
      'tutti: PNG files need the package @resvg/resvg-js: npm install @resvg/resvg-js; SVG files need nothing (ERR_ENGINE_MISSING)\n',
    );
    t.notOk(existsSync(join(cwd, 'pictures')) || existsSync(join(cwd, 'pictures.html')));
    const drawings = await tuttiProcess([...args, '--svg', 'drawings'], { cwd, env });
    t.equal(drawings.status, 0, drawings.stderr);
  },
);

t.test('what cannot be reported is said in one line, and nothing is written', async (t) => {
  const lines = classCsv().split('\n');
  const [head = ''] = lines;
  const without = lines.map((line) => line.split(',').slice(0, -1).join(',')).join('\n');
  const first = lines[1]!.split(',').at(-1);
  const oneClass = [head, ...lines.slice(1).filter((line) => line.split(',').at(-1) === first)].join('\n');
  writeFileSync(join(cwd, 'without.csv'), without);
  writeFileSync(join(cwd, 'one-class.csv'), oneClass);
  writeFileSync(join(cwd, 'one-row.csv'), lines.slice(0, 2).join('\n'));
  writeFileSync(join(cwd, 'other.csv'), 'p,q\n1,2\n');
  const failing = [
    [
      ['report', 'whole.tutti'],
      /^tutti: Expected `file` after tutti report, got nothing; figures .* tutti inspect shows/,
    ],
    [['report', 'whole.tutti', 'without.csv'], /label/],
    [['report', 'whole.tutti', 'other.csv'], /other\.csv/],
    [['report', 'whole.tutti', 'missing.csv'], /missing\.csv/],
    [
      ['report', 'whole.tutti', 'train.csv', '--test', 'train.csv'],
      /`--test` to be a file of rows that no member was trained on/,
    ],
    [['report', 'whole.tutti', 'train.csv', '--out', 'train.csv'], /another file than train\.csv/],
    [['report', 'whole.tutti', 'train.csv', '--out', '-'], /only tables go to standard output/],
    [['report', 'whole.tutti', 'train.csv', '--level', '1.2'], /`--level`/],
  ] as const;
  for (const [args, expected] of failing) {
    const { status, stdout, stderr } = await tutti(
      [...args, ...(args.includes('--out' as never) ? [] : ['--out', 'no.html'])].slice(
        0,
        args.length === 2 ? 2 : undefined,
      ),
      { cwd },
    );
    t.same([status, stdout], [2, ''], args.join(' '));
    t.match(stderr, expected);
    t.equal(stderr.trim().split('\n').length, 1, 'one line');
    t.notOk(existsSync(join(cwd, 'no.html')));
  }
});

t.test('few rows are reported as far as they go', async (t) => {
  for (const name of ['one-class', 'one-row']) {
    const { status, stderr } = await tutti(
      ['report', 'whole.tutti', `${name}.csv`, '--out', `${name}.html`],
      { cwd },
    );
    t.equal(status, 0, stderr);
    t.match(stderr, /^Few rows: .*\nNo row \(test\) is of/);
    const page = read(`${name}.html`);
    t.match(page, /class="warn">Few rows/);
    t.match(page, /class="warn">No row \(test\) is of/);
    t.notMatch(page, /NaN|undefined|Infinity/);
  }
});
