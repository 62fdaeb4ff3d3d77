// How near two sets of predictions are, against closed forms.

import t from 'tap';
import { fidelityOf } from '../../src/distillation/fidelity.js';
import type { CombinedPredictions } from '../../src/predictions/combined-predictions.js';

const none = { logProbabilities: null, variance: null, labels: null, flooredCount: 0, varianceKind: null };

t.test('of classes: divergence in nats, and how often both say the same class', async (t) => {
  const task = { kind: 'classification', classes: ['a', 'b'] } as const;
  const make = (mean: number[], labels: number[]): CombinedPredictions => ({
    ...{ ...none, rows: 2, outputs: 2, mean: Float64Array.from(mean), labels: Int32Array.from(labels) },
  });
  const ensemble = make([0.75, 0.25, 1, 0], [0, 0]);
  const single = make([0.5, 0.5, 0.25, 0.75], [0, 1]);
  const { divergence, agreement, targets } = fidelityOf(task, ensemble, single);
  // ¾ ln(¾/½) + ¼ ln(¼/½), and ln(1/¼); what has probability 0 adds nothing.
  const expected = (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5) + Math.log(4)) / 2;
  t.ok(Math.abs(divergence! - expected) < 1e-12);
  t.equal(agreement, 0.5);
  t.same(targets, []);
  t.equal(fidelityOf(task, ensemble, ensemble).divergence, 0);
});

t.test('of numbers: distance in their units, and the divergence of Gaussians', async (t) => {
  const task = { kind: 'regression', targets: ['y'] } as const;
  const make = (mean: number[], variance: number[] | null): CombinedPredictions => ({
    ...{ ...none, rows: 2, outputs: 1, mean: Float64Array.from(mean) },
    ...{ variance: variance && Float64Array.from(variance), varianceKind: variance && 'mixture' },
  });
  const { divergence, agreement, targets } = fidelityOf(task, make([1, 5], [1, 4]), make([2, 5], [2, 4]));
  t.ok(Math.abs(divergence! - 0.5 * 0.5 * (Math.log(2) + (1 + 1) / 2 - 1)) < 1e-12);
  t.equal(agreement, null);
  // Deviations 1 and 0; the ensemble's answers are 2 from their mean.
  t.same(targets, [{ target: 'y', rmse: Math.sqrt(0.5), explained: 1 - 1 / 8 }]);
  t.equal(fidelityOf(task, make([1, 5], null), make([2, 5], null)).divergence, null);
  t.equal(fidelityOf(task, make([1, 1], null), make([2, 5], null)).targets[0]!.explained, null);
});
