// What charts of scores are drawn from, against the scores themselves and known quantiles.

import t from 'tap';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { wholeRowsOf } from '../../../src/measure/scores/resampled-rows.js';
import { scoreKnownRows } from '../../../src/measure/scores/row-scores.js';
import { thresholdCurve } from '../../../src/measure/statistics/class-ranks.js';
import { reliabilityBins } from '../../../src/measure/statistics/confidence-bins.js';
import { residualQuantiles } from '../../../src/measure/statistics/residuals.js';
import { riskCoverageCurve } from '../../../src/measure/statistics/risk-coverage.js';
import { CLASSES } from './scikit-learn-figures.js';
import { classRows, near, scoreOf, valueRows } from './scored-rows.js';

t.test('quantiles of residuals are those of their distribution', async (t) => {
  const random = new RandomStream(streamKey(13, 'noise'));
  const rows = 4000;
  const mu = Array.from({ length: rows }, () => random.normal());
  const variance = mu.map(() => 0.5 + random.uniform());
  const y = mu.map((own, row) => own + Math.sqrt(variance[row]!) * random.normal());
  const { normal, residual, standardised } = residualQuantiles(
    wholeRowsOf(valueRows({ targets: 1, y, mu, var: variance, w: null })),
    0,
  );
  t.equal(standardised, true);
  t.equal(normal.length, 200);
  t.ok(near(normal[99], -0.006266612, 1e-6), 'Φ⁻¹(0.4975)');
  for (let point = 10; point < 190; point += 20) t.ok(Math.abs(normal[point]! - residual[point]!) < 0.12);
  const half = residualQuantiles(
    wholeRowsOf(valueRows({ targets: 1, y: [1, 5, 9], mu: [0, 0, 0], var: [1, 1, 1], w: [1, 0, 3] })),
    0,
  );
  t.same(Array.from(half.residual), [1, 9], 'rows without a weight are none');
});

t.test('points of curves enclose the areas that the scores are', async (t) => {
  const known = classRows(CLASSES.weighted!);
  const scores = scoreKnownRows(known, { replicates: 0 });
  const rows = wholeRowsOf(known);
  for (const label of [0, 1, 2]) {
    const { truePositiveRate: y, falsePositiveRate: x, precision } = thresholdCurve(rows, label);
    let [roc, steps] = [0, 0];
    for (let at = 0; at < y.length; at++) {
      roc += ((x[at]! - (x[at - 1] ?? 0)) * (y[at]! + (y[at - 1] ?? 0))) / 2;
      steps += (y[at]! - (y[at - 1] ?? 0)) * precision[at]!;
    }
    t.ok(near(roc, scoreOf(scores, 'auroc').perClass![label]!, 1e-12));
    t.ok(near(steps, scoreOf(scores, 'averagePrecision').perClass![label]!, 1e-12));
    t.ok(near(y.at(-1), 1) && near(x.at(-1), 1));
  }
  const { coverage, risk } = riskCoverageCurve(rows);
  let area = 0;
  for (let at = 0; at < risk.length; at++) area += (coverage[at]! - (coverage[at - 1] ?? 0)) * risk[at]!;
  t.ok(near(area, scoreOf(scores, 'aurc').value!, 1e-12));
  t.equal(coverage.at(-1), 1);
  for (const [equal, name] of [
    ['width', 'ece'],
    ['mass', 'adaptiveEce'],
  ] as const) {
    const bins = reliabilityBins(rows, equal);
    const all = bins.reduce((sum, { weight }) => sum + weight, 0);
    const gap = bins.reduce(
      (sum, bin) => sum + (bin.weight / all) * Math.abs(bin.accuracy - bin.confidence),
      0,
    );
    t.ok(near(gap, scoreOf(scores, name).value!, 1e-12));
  }
});
