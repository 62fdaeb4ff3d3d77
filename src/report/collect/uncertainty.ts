// How unsure the ensemble is of these rows, where that comes from, and what refusing the least sure would bring.

import { wholeRowsOf } from '../../measure/scores/resampled-rows.js';
import { riskCoverageCurve } from '../../measure/statistics/risk-coverage.js';
import type { Uncertainty } from '../../predictions/aggregate/uncertainty.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Histogram } from '../charts/chart-data.js';
import type { CurveData, UncertaintyData } from '../page/page-data.js';

import { histogramOf } from './histogram.js';
import { thinned } from './thinned.js';

const BINS = 40;
/** The share of rows beyond which a histogram's last bin takes all: a few rows far out would leave the rest one bar. */
const CUT = 0.995;

export function uncertaintyData(
  known: KnownRows,
  uncertainty: Uncertainty,
  probabilities: boolean,
): UncertaintyData {
  const classes = known.task.kind === 'classification';
  const { total, aleatoric, epistemic } = byRow(uncertainty);
  const range: [number, number] = [0, Math.max(1e-12, cutOf(total ?? epistemic))];
  const histogram = (name: string, values: Float64Array | null): Histogram | null =>
    values === null ? null : histogramOf(name, values, BINS, range);
  return {
    unit: classes ? 'nats' : 'standard deviation, in units of the target',
    total: histogram('total', total),
    aleatoric: histogram('aleatoric', aleatoric),
    epistemic: histogram('epistemic', epistemic),
    means: { total: meanOf(total), aleatoric: meanOf(aleatoric), epistemic: meanOf(epistemic)! },
    riskCoverage: riskCoverageOf(known, epistemic, probabilities),
    riskLabel: classes ? 'error rate of the rows kept' : 'squared error of the rows kept',
  };
}

/** Of each row: entropies as they are, variances as deviations, of several targets the mean. */
function byRow({ kind, rows, columns, total, aleatoric, epistemic }: Uncertainty) {
  const own = (values: Float64Array | null) =>
    values === null
      ? null
      : Float64Array.from({ length: rows }, (_, row) => {
          let sum = 0;
          for (let at = row * columns; at < (row + 1) * columns; at++) sum += values[at]! / columns;
          return kind === 'entropy' ? Math.max(0, sum) : Math.sqrt(sum);
        });
  return { total: own(total), aleatoric: own(aleatoric), epistemic: own(epistemic)! };
}

function cutOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(CUT * sorted.length))] ?? 0;
}

function meanOf(values: Float64Array | null): number | null {
  return values === null ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Refusing by confidence, or by the predicted variance, and by what members disagree on. */
function riskCoverageOf(known: KnownRows, epistemic: Float64Array, probabilities: boolean): CurveData[] {
  const curves: CurveData[] = [];
  const classes = known.task.kind === 'classification';
  if (!classes || probabilities) {
    const { coverage, risk } = riskCoverageCurve(wholeRowsOf(known));
    const points = Array.from(coverage, (x, at) => ({ x, y: risk[at]! }));
    if (points.length > 1)
      curves.push({ name: classes ? 'by confidence' : 'by predicted variance', points: thinned(points) });
  }
  if (known.members.length > 1)
    curves.push({ name: 'by disagreement of members', points: thinned(riskBy(known, epistemic)) });
  return curves;
}

function riskBy({ rows, outputs, task, truth, combined, weights }: KnownRows, unsure: Float64Array) {
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => unsure[a]! - unsure[b]! || a - b,
  );
  let [covered, lost, all] = [0, 0, 0];
  for (let row = 0; row < rows; row++) all += weights?.[row] ?? 1;
  return Array.from(order, (row) => {
    const weight = weights?.[row] ?? 1;
    covered += weight;
    lost += weight * lossOf(row);
    return { x: covered / all, y: covered === 0 ? 0 : lost / covered };
  });

  function lossOf(row: number): number {
    if (task.kind === 'classification') return Number(combined.labels![row] !== truth.labels[row]);
    let squares = 0;
    for (let at = row * outputs; at < (row + 1) * outputs; at++)
      squares += (combined.mean[at]! - truth.targets[at]!) ** 2;
    return squares;
  }
}
