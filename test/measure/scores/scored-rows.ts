// Rows to be scored, from the figures that other packages were asked about.

import type { ScorableRows } from '../../../src/measure/scores/resampled-rows.js';
import type { RowScores } from '../../../src/measure/scores/row-scores.js';
import type { ClassFigures, ValueFigures } from './scikit-learn-figures.js';

export function classRows({
  classes,
  p,
  y,
  w,
}: Pick<ClassFigures, 'classes' | 'p' | 'y' | 'w'>): ScorableRows {
  const rows = y.length;
  const task = {
    kind: 'classification' as const,
    classes: Array.from({ length: classes }, (_, at) => `${at}`),
  };
  const truth = { rows, labels: Int32Array.from(y), targets: new Float64Array(0) };
  const combined = {
    ...{ rows, outputs: classes, mean: Float32Array.from(p), logProbabilities: null, variance: null },
    ...{ labels: null, flooredCount: 0, varianceKind: null },
  };
  return { task, rows, outputs: classes, truth, weights: w && Float32Array.from(w), combined };
}

export function valueRows({
  targets,
  y,
  mu,
  var: variance,
  w,
}: Omit<ValueFigures, 'scores' | 'per'>): ScorableRows {
  const rows = y.length / targets;
  const task = { kind: 'regression' as const, targets: Array.from({ length: targets }, (_, at) => `y${at}`) };
  const truth = { rows, labels: new Int32Array(0), targets: Float64Array.from(y) };
  const combined = {
    ...{ rows, outputs: targets, mean: Float64Array.from(mu), logProbabilities: null, labels: null },
    ...{ variance: Float64Array.from(variance), flooredCount: 0, varianceKind: 'mixture' as const },
  };
  return { task, rows, outputs: targets, truth, weights: w && Float32Array.from(w), combined };
}

export const scoreOf = ({ scores }: RowScores, name: string) => scores.find((score) => score.name === name)!;
export const near = (own: number | null | undefined, expected: number, tolerance = 1e-9) =>
  typeof own === 'number' && Math.abs(own - expected) <= tolerance * Math.max(1, Math.abs(expected));
