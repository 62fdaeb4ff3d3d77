// Losses whose heads say more than a mean, from the data to an exported graph: several labels, and quantiles.

import t from 'tap';
import { QUICK, tutti } from '../support.js';

const rows = Array.from({ length: 80 }, (_, i) => {
  const [x, z] = [(i * 7) % 24, (i * i) % 31];
  return [x, z, x > 15 ? 1 : 0, z > 12 ? 1 : 0].join(',');
});
const text = ['x,z,late,dear', ...rows].join('\n');
const cwd = t.testdir({
  'train.csv': text,
  'words.csv': text.replaceAll(',1,', ',true,').replaceAll(',0,', ',false,'),
});
const train = (...own: string[]) => tutti(['train', 'train.csv', ...own, ...QUICK], { cwd });

t.test('labels are trained, scored as labels, predicted and exported', async (t) => {
  const asked = ['--target', 'late,dear', '--loss', 'multilabel'];
  const { status, stdout, stderr } = await train(...asked, '--out', 'labels.tutti');
  t.equal(status, 0, stderr);
  for (const score of ['log-loss', 'accuracy', 'F1'])
    t.match(stdout, new RegExp(`${score} of labels +[\\d.]+`));
  const predicted = (await tutti(['predict', 'labels.tutti', 'train.csv'], { cwd })).stdout.split('\n');
  t.match(predicted[0], /^prediction_late,spread_late,prediction_dear,spread_dear$/);
  const [late] = predicted[1]!.split(',').map(Number);
  t.ok(late! > 0 && late! < 1);
  t.equal((await tutti(['export', 'labels.tutti', '--out', 'labels.onnx'], { cwd })).status, 0);
  const words = await tutti(['train', 'words.csv', ...asked, ...QUICK], { cwd });
  t.match([words.status, words.stderr], [2, /columns of 1 and 0 \(`--loss` multilabel\)/]);
});

t.test('quantiles are trained, scored, predicted and exported', async (t) => {
  const asked = ['--target', 'z', '--task', 'regression', '--loss', 'quantile', '--quantiles', '0.1,0.5,0.9'];
  const { status, stdout, stderr } = await train(...asked, '--out', 'levels.tutti');
  t.equal(status, 0, stderr);
  t.match(stdout, /coverage of the outer quantiles +[\d.]+ %/);
  const predicted = (await tutti(['predict', 'levels.tutti', 'train.csv'], { cwd })).stdout.split('\n');
  t.match(predicted[0], /^prediction,q0\.1,q0\.5,q0\.9/);
  const [, low, median, high] = predicted[1]!.split(',').map(Number);
  t.ok(low! <= median! && median! <= high!);
  t.equal((await tutti(['export', 'levels.tutti', '--out', 'levels.onnx'], { cwd })).status, 0);
});

t.test(
  'a loss of numbers where few integers are taken for classes says how they are predicted',
  async (t) => {
    const { status, stderr } = await train('--target', 'late', '--loss', 'poisson');
    t.match([status, stderr], [2, /numbers are predicted with `--task` regression/]);
  },
);
