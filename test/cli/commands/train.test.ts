import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { classCsv, instead, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

const folder = t.testdir({
  'classes.csv': classCsv(),
  'values.csv': valueCsv(),
  'config.yaml': 'target: label\nepochs: 3\nmembers: 5\nbatch-size: 16\nhidden: [3]\nthreads: 1\n',
  'grid.json': JSON.stringify({
    target: 'label',
    epochs: 1,
    grid: { hidden: [[2], [3]], learningRate: [0.1, 0.01] },
  }),
  'list.json': JSON.stringify({
    target: 'label',
    epochs: 1,
    members: [{}, { learningRate: 1e30, epochs: 5 }],
  }),
});
const cwd = folder;
const classes = ['train', 'classes.csv', '--target', 'label', ...QUICK];

function parse(stdout: string): Record<string, never> {
  return JSON.parse(stdout);
}

t.test('says what it read and guessed, what it measured and where it saved', async (t) => {
  const out = 'said.tutti';
  const { status, stdout } = await tutti([...classes, '--test-share', '0.3', '--out', out], { cwd });
  t.equal(status, 0);
  t.match(stdout, /60 rows \(18 of them held out to test\), 2 features/);
  t.match(stdout, /classification, 2 classes \(text in `label`\); seed 1; 1 thread\n/);
  t.match(stdout, /Trained 3 members/);
  for (const text of [
    'out of bag',
    'mean member',
    'ρ = c/v',
    'effective members',
    'Honest test',
    'contentHash',
  ]) {
    t.match(stdout, text);
  }
  t.notMatch(stdout, '\u001b', 'no colours in a pipe');
  t.ok(existsSync(join(folder, out)));
});

t.test('--json prints one object and nothing else on standard output', async (t) => {
  const { status, stdout } = await tutti([...classes, '--test-share', '0.3', '--json'], { cwd });
  t.equal(status, 0);
  t.equal(stdout.trimEnd().split('\n').length, 1);
  t.match(parse(stdout), {
    ...{ task: 'classification', rows: 60, trainRows: 42, testRows: 18, seed: 1, planned: 3, members: 3 },
    ...{ complete: true, interrupted: false, saved: null, contentHash: /^[0-9a-f]{64}$/ },
    outOfBag: { accuracy: Number, errorCorrelation: { v: Number, c: Number, rho: Number } },
    test: { accuracy: Number, errorCorrelation: { predicted: Number, measured: Number } },
    honestTest: { predicted: Number, measured: Number },
  });
});

t.test('a seed is drawn and printed when none is given, and repeats the run', async (t) => {
  const args = ['train', 'classes.csv', '--target', 'label', ...QUICK.slice(0, QUICK.indexOf('--seed'))];
  const { stdout } = await tutti(args, { cwd });
  t.match(stdout, /seed \d+ \(drawn; --seed \d+ repeats this run\)/);
  const first = parse(
    (await tutti([...args, '--json', '--seed', /--seed (\d+)/.exec(stdout)![1]!], { cwd })).stdout,
  );
  const again = parse((await tutti([...args, '--json', '--seed', String(first.seed)], { cwd })).stdout);
  t.equal(first.contentHash, again.contentHash);
});

t.test('the same bytes with one, two and three threads', async (t) => {
  const hashes = [];
  for (const threads of ['1', '2', '3']) {
    const { stdout } = await tutti(instead(classes, '--threads', threads, '--json'), { cwd });
    hashes.push(parse(stdout).contentHash);
  }
  t.equal(new Set(hashes).size, 1);
});

t.test('a config file sets options; the command line wins over it', async (t) => {
  const args = ['train', 'classes.csv', '--config', 'config.yaml', '--seed', '1', '--out', 'config.tutti'];
  t.equal((await tutti([...args, '--members', '2', '--quiet'], { cwd })).status, 0);
  const { stdout } = await tutti(['inspect', 'config.tutti', '--json'], { cwd });
  t.match(parse(stdout), {
    planned: 2,
    specs: [{ epochs: 3, batchSize: 16, network: { layers: [{ units: 3 }] } }],
  });
});

t.test('the command line wins over a grid as well, and shrinks it', async (t) => {
  const args = [
    'train',
    'classes.csv',
    '--config',
    'grid.json',
    '--threads',
    '1',
    '--quiet',
    '--out',
    'grid.tutti',
  ];
  const specs = async (...more: string[]) => {
    t.equal((await tutti([...args, ...more], { cwd })).status, 0);
    return parse((await tutti(['inspect', 'grid.tutti', '--json'], { cwd })).stdout);
  };
  t.match(await specs(), { planned: 4 });
  t.match(await specs('--hidden', '4'), { planned: 2, specs: [{ network: { layers: [{ units: 4 }] } }, {}] });
});

t.test('a member that diverges is named, the others are kept, and the exit status says so', async (t) => {
  const args = [
    'train',
    'classes.csv',
    '--config',
    'list.json',
    '--threads',
    '1',
    '--seed',
    '1',
    '--out',
    'some.tutti',
  ];
  const { status, stderr } = await tutti(args, { cwd });
  t.equal(status, 1);
  t.match(stderr, /Member 1 diverged in epoch \d+.*(NaN|[Ii]nfin).*; a smaller `--learning-rate` may help/);
  t.equal((await tutti([...args, '--allow-failures'], { cwd })).status, 0);
  const { stdout } = await tutti(['inspect', 'some.tutti', '--json'], { cwd });
  t.match(parse(stdout), {
    complete: false,
    planned: 2,
    members: 1,
    failures: [{ index: 1, code: 'ERR_DIVERGED' }],
  });
});

t.test('when every member fails the exit status is 1 and nothing is saved', async (t) => {
  const { status, stderr } = await tutti(
    instead(classes, '--learning-rate', '1e30', '--epochs', '9', '--out', 'no.tutti'),
    { cwd },
  );
  t.equal(status, 1);
  t.match(stderr, /All 3 members failed/);
  t.notOk(existsSync(join(folder, 'no.tutti')));
});

t.test('--quiet leaves standard error empty', async (t) => {
  const { status, stderr } = await tutti([...classes, '--quiet'], { cwd });
  t.equal(status, 0);
  t.equal(stderr, '');
});

t.test('several targets are a regression', async (t) => {
  const { stdout } = await tutti(['train', 'values.csv', '--target', 'y,z', ...QUICK, '--json'], { cwd });
  t.match(parse(stdout), {
    task: 'regression',
    targets: ['y', 'z'],
    outOfBag: { rmse: Number, rmseByTarget: { y: Number, z: Number } },
  });
});

t.test('colours are for terminals only, and not under NO_COLOR', async (t) => {
  const { stdout } = await tuttiProcess(classes, { cwd, env: { FORCE_COLOR: '1' } });
  t.notMatch(stdout, '\u001b');
});
