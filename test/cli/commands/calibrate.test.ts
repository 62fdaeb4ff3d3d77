// `tutti calibrate`, `--calibrate` and `--threshold` of trainings, `--no-calibrated`, and what is said where it cannot be.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Ensemble } from '../../../src/index.js';
import { classCsv, QUICK, tutti, valueCsv } from '../support.js';

/** 240 rows of two classes that overlap. */
function churnCsv(): string {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [a, b] = [Math.sin(i * 12.9898) * 2, Math.sin(i * 78.233) * 2];
    return `${a},${b},${a + 0.5 * b + 1.5 * Math.sin(i * 37.719) > 0.8 ? 'yes' : 'no'}`;
  });
  return `x1,x2,label\n${rows.join('\n')}\n`;
}

const cwd = t.testdir({
  ...{ 'train.csv': churnCsv(), 'other.csv': churnCsv().replaceAll('.', '.1'), 'values.csv': valueCsv() },
  ...{ 'few.csv': classCsv().split('\n').slice(0, 12).join('\n'), 'one.csv': 'x1,x2,label\n1,2,yes\n' },
});
const run = (...args: string[]) => tutti(args, { cwd });
const OPTIONS = ['--target', 'label', '--members', '6', '--hidden', '8', '--epochs', '3', '--seed', '1'];
const load = (name: string) => Ensemble.load(join(cwd, name));

t.test(
  'a training calibrates on rows out of bag, and saves it with what guarantees are made of',
  async (t) => {
    const { status, stdout, stderr } = await run(
      ...[
        'train',
        'train.csv',
        ...OPTIONS,
        '--calibrate',
        'isotonic',
        '--threshold',
        'F1',
        '--out',
        'a.tutti',
      ],
    );
    t.equal(status, 0, stderr);
    t.match(stdout, /(Calibrated by|Not calibrated:) isotonic regression.* on \d+ rows out of bag/);
    t.match(
      stdout,
      /log-loss [\d.]+ → [\d.]+, calibration error [\d.]+ → [\d.]+ on rows it was not fitted on \(5 folds\)/,
    );
    t.match(stdout, /yes \(the positive class\) is predicted from a probability of 0\.\d+ on/);
    const { calibration, conformity, baseline } = await load('a.tutti');
    t.match(calibration, { method: 'isotonic', rowsFrom: 'outOfBag', threshold: { criterion: 'f1' } });
    t.match(conformity, { method: 'jackknifeAfterBootstrap', rows: calibration!.rows });
    t.equal(baseline!.constant.length, 2);
    const inspected = await run('inspect', 'a.tutti');
    t.match(inspected.stdout, /calibration +(Calibrated by|Not calibrated:) isotonic/);
    t.match(JSON.parse((await run('inspect', 'a.tutti', '--json')).stdout), {
      calibration: { method: 'isotonic', positiveClass: 'yes' },
    });
  },
);

t.test('a training that asks for none has none, and its guarantees and baseline all the same', async (t) => {
  t.equal((await run('train', 'train.csv', ...OPTIONS, '--out', 'plain.tutti')).status, 0);
  const { calibration, conformity, baseline } = await load('plain.tutti');
  t.equal(calibration, null);
  t.ok(conformity !== null && baseline !== null);
  t.equal((await run('train', 'values.csv', '--target', 'y', ...QUICK, '--out', 'values.tutti')).status, 0);
  const numbers = await load('values.tutti');
  t.equal(numbers.calibration, null);
  t.match(numbers.conformity, { method: 'jackknifeAfterBootstrap', scores: { kind: 'regression' } });
});

t.test('calibrate gives a saved ensemble its calibration, out of bag and on other rows', async (t) => {
  const own = await run('calibrate', 'plain.tutti', 'train.csv', '--out', 'own.tutti');
  t.equal(own.status, 0, own.stderr);
  t.match(own.stdout, /rows out of bag/);
  t.match(own.stdout, /Guarantees \(--coverage\) are made of \d+ rows: jackknife\+-after-bootstrap/);
  t.match((await load('own.tutti')).calibration, { method: 'temperature', rowsFrom: 'outOfBag' });
  const stated = ['--calibrate', 'vector', '--threshold', '0.3', '--aggregator', 'geometric'];
  const other = await run(
    'calibrate',
    'plain.tutti',
    'other.csv',
    ...stated,
    '--json',
    '--out',
    'other.tutti',
  );
  t.equal(other.status, 0, other.stderr);
  t.match(JSON.parse(other.stdout), { rowsFrom: 'heldOut', rows: 240, conformity: { method: 'split' } });
  t.match((await load('other.tutti')).calibration, {
    ...{ method: 'vector', aggregator: 'geometricMean', threshold: { value: 0.3, criterion: null } },
  });
  const raw = await run('predict', 'plain.tutti', 'other.csv', '--aggregator', 'geometric');
  const uncalibrated = await run(
    'predict',
    'other.tutti',
    'other.csv',
    '--aggregator',
    'geometric',
    '--no-calibrated',
  );
  t.equal(uncalibrated.stdout, raw.stdout);
  const calibrated = await run('predict', 'other.tutti', 'other.csv');
  t.equal(calibrated.status, 0, calibrated.stderr);
  for (const line of calibrated.stdout.trim().split('\n').slice(1)) {
    const [label, , yes] = line.split(',');
    t.equal(label, Number(yes) >= 0.3 ? 'yes' : 'no', line);
  }
  t.equal(
    JSON.parse((await run('evaluate', 'other.tutti', 'other.csv', '--json')).stdout).aggregator,
    'geometricMean',
  );
});

t.test('numbers get guarantees alone', async (t) => {
  const { status, stdout } = await run('calibrate', 'values.tutti', 'values.csv', '--out', 'again.tutti');
  t.equal(status, 0);
  t.match(stdout, /^Guarantees/);
  t.equal((await load('again.tutti')).calibration, null);
});

t.test('what has other members or weights drops it, and says so', async (t) => {
  await run('calibrate', 'plain.tutti', 'train.csv', '--threshold', '0.4', '--out', 'c.tutti');
  const more = await run('extend', 'c.tutti', 'train.csv', '--members', '7', '--out', 'more.tutti');
  t.equal(more.status, 0, more.stderr);
  t.match(more.stderr, /The calibration was of the members that there were, and is dropped/);
  t.equal((await load('more.tutti')).calibration, null);
  t.ok((await load('more.tutti')).conformity !== null, 'guarantees are made anew');
  const again = await run(
    ...[
      'extend',
      'c.tutti',
      'train.csv',
      '--members',
      '7',
      '--threshold',
      'mcc',
      '--out',
      'more.tutti',
      '--quiet',
    ],
  );
  t.equal(again.stderr, '');
  t.match((await load('more.tutti')).calibration, { method: null, threshold: { criterion: 'mcc' } });
  const selected = await run('select', 'c.tutti', 'train.csv', '--out-of-bag', '--out', 'selected.tutti');
  t.match(selected.stderr, /were of other weights, and are dropped: tutti calibrate/);
});

t.test('a training that is resumed is calibrated as it was asked for, to the same file', async (t) => {
  const asked = [...OPTIONS, '--calibrate', 'vector', '--threshold', '0.25'];
  t.equal((await run('train', 'train.csv', ...asked, '--out', 'at-once.tutti')).status, 0);
  t.equal(
    (await run('train', 'train.csv', ...asked, '--out', 'kept.tutti', '--checkpoint', 'kept')).status,
    0,
  );
  const first = readFileSync(join(cwd, 'kept.tutti'));
  t.equal((await run('resume', 'kept')).status, 0);
  const at = readFileSync(join(cwd, 'at-once.tutti'));
  t.ok(at.equals(first));
  t.ok(at.equals(readFileSync(join(cwd, 'kept.tutti'))));
  for (const threads of ['1', '2']) {
    await run('train', 'train.csv', ...asked, '--threads', threads, '--out', 'threads.tutti');
    t.ok(at.equals(readFileSync(join(cwd, 'threads.tutti'))), `${threads} threads`);
  }
});

t.test('what cannot be is one clear line, before anything is trained', async (t) => {
  const cases: [string[], RegExp][] = [
    [
      ['train', 'values.csv', '--target', 'y', ...QUICK, '--calibrate', 'temperature'],
      /`--calibrate` to be absent for regression/,
    ],
    [
      ['train', 'values.csv', '--target', 'y', ...QUICK, '--threshold', 'f1'],
      /`--threshold` to be absent for regression/,
    ],
    [
      ['train', 'few.csv', ...OPTIONS, '--calibrate', 'temperature'],
      /at least 20 rows to calibrate on, got 11/,
    ],
    [
      ['train', 'train.csv', ...OPTIONS, '--calibrate', 'temperature', '--aggregator', 'vote'],
      /absent for the majority vote/,
    ],
    [
      ['train', 'train.csv', ...OPTIONS, '--calibrate', 'magic'],
      /`--calibrate` to be one of temperature, vector, isotonic/,
    ],
    [
      ['train', 'train.csv', ...OPTIONS, '--threshold', '1.2'],
      /`--threshold` to be accuracy, .*, or a number between 0 and 1/,
    ],
    [['calibrate', 'plain.tutti', 'one.csv'], /at least 20 rows that count to calibrate on, got 1 /],
    [
      ['calibrate', 'plain.tutti', 'other.csv', '--aggregator', 'vote'],
      /`--aggregator` to be one of probabilities/,
    ],
    [
      ['calibrate', 'values.tutti', 'values.csv', '--calibrate', 'vector'],
      /`--calibrate` to be absent for regression/,
    ],
    [
      ['predict', 'other.tutti', 'other.csv', '--aggregator', 'arithmetic'],
      /to be geometricMean, which the ensemble is/,
    ],
    [
      ['predict', 'plain.tutti', 'other.csv', '--no-calibrated'],
      /`--calibrated` to be absent, as the ensemble is not/,
    ],
  ];
  for (const [args, message] of cases) {
    const { status, stderr, stdout } = await run(...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
    t.notMatch(stdout, /Trained/);
  }
  const yes = churnCsv()
    .split('\n')
    .filter((line) => !line.endsWith('no'));
  writeFileSync(join(cwd, 'yes.csv'), `${yes.join('\n')}\n`.replaceAll('.', '.2'));
  const { status, stderr } = await run('calibrate', 'plain.tutti', 'yes.csv');
  t.equal(status, 2);
  t.match(stderr, /at least two classes to calibrate on, got \d+ of class yes/);
});

t.test('a training without rows out of bag is kept, and says why it is not calibrated', async (t) => {
  const shared = ['train', 'train.csv', ...OPTIONS, '--resample', 'none', '--calibrate', 'temperature'];
  const { status, stderr } = await run(...shared, '--out', 'shared.tutti');
  t.equal(status, 2);
  t.match(stderr, /Expected rows out of bag to calibrate on, got none; `tutti calibrate` takes other rows/);
  t.equal((await load('shared.tutti')).members.length, 6);
});
