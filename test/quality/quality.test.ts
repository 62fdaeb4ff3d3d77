// What the main job must reach on real data: accuracy, and what averaging adds to it.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import { loadTraining } from '../../src/data/load.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { createPool, trainEnsemble } from '../../src/index.js';
import { leastSquares } from '../support/least-squares.js';

const data = (name: string) => join(fileURLToPath(new URL('../../../data', import.meta.url)), name);
const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

t.test('digits: 16 bagged networks of 64 reach an accuracy of 0.965 and beat their members', async (t) => {
  await using runner = createPool({ threads: 2 });
  const accuracies: number[] = [];
  for (const seed of [1, 2, 3]) {
    const { train, test } = loadTraining(data('digits.csv'), { target: 'digit', testShare: 0.3, seed });
    const ensemble = await trainEnsemble(train, { members: 16, hidden: [64], epochs: 40, seed }, { runner });
    const report = await evaluateEnsemble(ensemble, test!, { curves: false });
    accuracies.push(report.ensemble!.accuracy!);
    t.ok(report.ensemble!.accuracy! > report.meanMember.accuracy!, `seed ${seed}: above the mean member`);
    t.ok(report.errorCorrelation.measured < report.errorCorrelation.v, `seed ${seed}: squared error too`);
  }
  t.ok(mean(accuracies) >= 0.965, `mean accuracy ${mean(accuracies)}`);
});

t.test('diabetes: 16 bagged networks of 50 do as well as linear regression', async (t) => {
  await using runner = createPool({ threads: 2 });
  const errors: number[] = [];
  const linear: number[] = [];
  for (const seed of [1, 2, 3, 4, 5]) {
    const source = { target: 'progression', testShare: 0.3, seed };
    const { train, test } = loadTraining(data('diabetes.csv'), source);
    const ensemble = await trainEnsemble(train, { members: 16, hidden: [50], epochs: 40, seed }, { runner });
    const { ensemble: scores } = await evaluateEnsemble(ensemble, test!, { curves: false });
    errors.push(scores!.rmse![0]!);
    linear.push(linearRegressionRmse(train, test!));
  }
  t.ok(mean(errors) <= 56, `mean RMSE ${mean(errors)}`);
  t.ok(mean(errors) <= 1.02 * mean(linear), `${mean(errors)} beside ${mean(linear)} of linear regression`);
});

/** In the units of the target; it is linear in them, so standardising changes nothing. */
function linearRegressionRmse(train: Dataset, test: Dataset): number {
  const rowsOf = ({ x, rows, features }: Dataset) =>
    Array.from({ length: rows }, (_, row) => [1, ...x.subarray(row * features, (row + 1) * features)]);
  const weights = leastSquares(rowsOf(train), train.targets);
  const residuals = rowsOf(test).map(
    (row, at) => row.reduce((sum, value, i) => sum + value * weights[i]!, 0) - test.targets[at]!,
  );
  return Math.sqrt(mean(residuals.map((residual) => residual ** 2)));
}
