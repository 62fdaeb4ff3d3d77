// `--log` of the commands that train: the same bytes with and without, one folder over a kill and its resumption, and what is
// refused before anything is trained.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { classCsv, snapshot, tutti, tuttiProcess } from '../support.js';

const QUICK = ['--hidden', '4', '--epochs', '6', '--seed', '1', '--threads', '1', '--json', '--quiet'];
const TRAIN = ['train', 'a.csv', '--target', 'label', '--members', '3', '--test-share', '0.3', ...QUICK];

function linesOf(cwd: string, folder: string): Record<string, unknown>[] {
  return readFileSync(join(cwd, folder, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
}

/** How often each epoch of each member is told. */
function epochsOf(lines: readonly Record<string, unknown>[]): string[] {
  return lines
    .filter(({ type }) => type === 'epoch')
    .map(({ member, epoch }) => `${member} ${epoch}`)
    .sort();
}

const ALL = [0, 1, 2].flatMap((member) => [1, 2, 3, 4, 5, 6].map((epoch) => `${member} ${epoch}`));

t.test('a recorded training has the bytes and the figures of one that is not', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  const plain = await tutti([...TRAIN, '--out', 'plain.tutti'], { cwd });
  const logged = await tutti([...TRAIN, '--out', 'logged.tutti', '--log', 'log'], { cwd });
  t.equal(logged.status, 0, logged.stderr);
  t.strictSame(readFileSync(join(cwd, 'logged.tutti')), readFileSync(join(cwd, 'plain.tutti')));
  const { outOfBag, test, contentHash } = JSON.parse(logged.stdout);
  t.equal(contentHash, JSON.parse(plain.stdout).contentHash);
  const lines = linesOf(cwd, 'log');
  t.same(epochsOf(lines), ALL);
  const scores = lines.filter(({ type }) => type === 'scores');
  t.match(scores, [
    { rows: 'outOfBag', metrics: { accuracy: outOfBag.accuracy, rho: outOfBag.errorCorrelation.rho } },
    { rows: 'test', metrics: { accuracy: test.accuracy, rho: test.errorCorrelation.rho } },
  ]);
  t.match(lines.at(-1), { type: 'end', status: 'finished' });
});

t.test('extending goes on in the folder of the training, or has one of its own', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  await tutti([...TRAIN, '--out', 'three.tutti', '--log', 'log'], { cwd });
  const extend = ['extend', 'three.tutti', 'a.csv', '--members', '4', '--threads', '1', '--quiet'];
  for (const folder of ['log', 'other']) {
    const { status, stderr } = await tutti([...extend, '--log', folder], { cwd });
    t.equal(status, 0, stderr);
    const lines = linesOf(cwd, folder);
    t.same(epochsOf(lines), [...ALL, ...[1, 2, 3, 4, 5, 6].map((epoch) => `3 ${epoch}`)]);
    t.match(lines.at(-1), { type: 'end', members: 4, planned: 4 });
  }
});

t.test('a training that was stopped and is resumed has one folder, without a line twice', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  const keep = ['--checkpoint', 'kept', '--checkpoint-epochs', '1', '--log', 'log', '--out', 'a.tutti'];
  const args = ['train', 'a.csv', '--target', 'label', '--members', '3', '--seed', '1', '--threads', '1'];
  const long = [...args, '--hidden', '64', '--epochs', '3000', '--early-stopping', 'none', ...keep];
  let asked = false;
  const stopped = await tuttiProcess(long, {
    cwd,
    onStderr: (_, kill) => {
      // Once there is something to see of it.
      if (!asked && existsSync(join(cwd, 'log/metrics.jsonl')) && linesOf(cwd, 'log').length > 5) {
        asked = true;
        kill('SIGINT');
      }
    },
  });
  const before = linesOf(cwd, 'log');
  if (stopped.status === 130) t.match(before.at(-1), { type: 'end', status: 'interrupted' });
  const resumed = await tutti(['resume', 'kept', '--quiet'], { cwd });
  t.equal(resumed.status, 0, resumed.stderr);
  const epochs = epochsOf(linesOf(cwd, 'log'));
  t.equal(new Set(epochs).size, epochs.length);
  t.equal(epochs.length, 9000);
});

t.test('what cannot be recorded is refused before anything is trained', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv(), full: { x: '' } });
  const before = snapshot(cwd);
  const refused: [string[], RegExp][] = [
    [
      ['--log', 'full'],
      /Expected `--log` to be a folder that is empty or not there, got full, which holds other files/,
    ],
    [['--log', 'a.csv'], /Cannot write records in a\.csv: /],
    [['--log', ''], /Expected `--log` to be the path of a folder, got ""/],
    [['--mlflow', 'http://x'], /Expected `--mlflow` to be absent unless `--log` is given/],
    [['--log', 'new', '--mlflow', 'x'], /Expected `--mlflow` to be the address of a server/],
    [
      ['--log', 'new', '--mlflow-experiment', 'x'],
      /Expected `--mlflow-experiment` to be absent unless `--mlflow`/,
    ],
  ];
  for (const [more, message] of refused) {
    const { status, stderr, stdout } = await tutti([...TRAIN, '--out', 'a.tutti', ...more], { cwd });
    t.equal(status, 2, more.join(' '));
    t.match(stderr, message);
    t.equal(stdout, '');
  }
  t.same(snapshot(cwd), before);
  await tutti([...TRAIN, '--log', 'log'], { cwd });
  const again = await tutti([...TRAIN, '--log', 'log'], { cwd });
  t.match(again, { status: 2, stderr: /got log, which holds records of another training/ });
});

t.test('a training that fails ends its records, and says why', async (t) => {
  const cwd = t.testdir({ 'a.csv': classCsv() });
  const { status } = await tutti([...TRAIN, '--log', 'log', '--learning-rate', '1e30'], { cwd });
  t.equal(status, 1);
  const lines = linesOf(cwd, 'log');
  const failures = lines.filter(({ type }) => type === 'failure');
  t.same(failures.map(({ member, code }) => [member, code]).sort(), [
    [0, 'ERR_DIVERGED'],
    [1, 'ERR_DIVERGED'],
    [2, 'ERR_DIVERGED'],
  ]);
  t.match(lines.at(-1), { type: 'end', status: 'failed', members: 0, planned: 3 });
});

t.test(
  'of two classes DVC has the confusion of the test rows, their ROC curve and their calibration',
  async (t) => {
    const cwd = t.testdir({ 'a.csv': classCsv() });
    const { stderr, status } = await tutti([...TRAIN, '--log', 'log'], { cwd });
    t.equal(status, 0, stderr);
    const read = (name: string) =>
      JSON.parse(readFileSync(join(cwd, 'log/plots/sklearn', `${name}.json`), 'utf8'));
    const rows: { actual: string; predicted: string }[] = read('confusion_matrix');
    t.equal(rows.length, 18);
    t.ok(rows.every((row) => /^(no|yes)$/.test(row.actual) && /^(no|yes)$/.test(row.predicted)));
    const scores = linesOf(cwd, 'log').find((line) => line.rows === 'test') as {
      metrics: Record<string, number>;
    };
    const right = rows.filter(({ actual, predicted }) => actual === predicted).length;
    t.equal(right / 18, scores.metrics.accuracy);
    t.match(read('roc').roc[0], { fpr: 0, tpr: 0 });
    t.match(read('roc').roc.at(-1), { fpr: 1, tpr: 1 });
    t.ok(
      read('calibration').calibration.every(
        (bin: { prob_pred: number }) => bin.prob_pred >= 0 && bin.prob_pred <= 1,
      ),
    );
    t.match(parse(readFileSync(join(cwd, 'log/dvc.yaml'), 'utf8')).plots[1], {
      'plots/sklearn/confusion_matrix.json': { template: 'confusion', x: 'actual', y: 'predicted' },
    });
  },
);
