import { definedMean } from '../statistics/statistic.js';
import { type TargetMoments, targetMoments } from '../statistics/target-moments.js';
import type { WholeMetric } from './metric.js';

export const r2 = {
  name: 'r2',
  title: 'R²',
  says: '1 − squared error / variance of the targets, mean over targets',
  from: 'allRows',
  tasks: ['regression'],
  better: 'more',
  reads: 'values',
  written: 'figure',
  listed: ['regression'],
  statistic: targetMoments,
  value: (figures: TargetMoments) => definedMean(shares(figures)),
  each: shares,
  lacks: ({ rows, outputs, truth: { targets } }) =>
    isConstant(targets, rows, outputs) ? 'the targets are all alike in these rows' : null,
} as const satisfies WholeMetric;

function shares({ squaredError, variance }: TargetMoments): Float64Array {
  return squaredError.map((error, target) =>
    variance[target] === 0 ? Number.NaN : 1 - error / variance[target]!,
  );
}

function isConstant(targets: Float32Array | Float64Array, rows: number, outputs: number): boolean {
  for (let at = outputs; at < rows * outputs; at++) if (targets[at] !== targets[at - outputs]) return false;
  return true;
}
