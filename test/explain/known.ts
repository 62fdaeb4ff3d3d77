// Known rows by hand: predictions and truth without an ensemble.

import type { KnownRows } from '../../src/predictions/known-rows.js';
import { labelsOf } from '../../src/predictions/labels.js';
import type { Predictions } from '../../src/predictions/predictions.js';

export function knownClasses(
  mean: Float64Array,
  labels: ArrayLike<number>,
  more: Partial<KnownRows> & { readonly names?: readonly string[] } = {},
): KnownRows {
  const rows = labels.length;
  const outputs = mean.length / rows;
  const { names = Array.from({ length: outputs }, (_, c) => String(c)), ...own } = more;
  return {
    task: { kind: 'classification', classes: names },
    ...{ rowsFrom: 'heldOut', rows, outputs, weights: null, members: [], mask: null },
    index: Uint32Array.from({ length: rows }, (_, row) => row),
    truth: { rows, labels: Int32Array.from(labels), targets: new Float64Array(0) },
    combined: {
      ...predictions(mean, rows, outputs),
      ...{ labels: labelsOf(mean, rows, outputs), flooredCount: 0, varianceKind: null },
    },
    ...own,
  };
}

export function knownValues(
  mean: Float64Array,
  targets: Float64Array,
  outputs = 1,
  more: Partial<KnownRows> = {},
): KnownRows {
  const rows = targets.length / outputs;
  return {
    task: { kind: 'regression', targets: Array.from({ length: outputs }, (_, t) => `y${t}`) },
    ...{ rowsFrom: 'heldOut', rows, outputs, weights: null, members: [], mask: null },
    index: Uint32Array.from({ length: rows }, (_, row) => row),
    truth: { rows, labels: new Int32Array(0), targets },
    combined: {
      ...predictions(mean, rows, outputs),
      ...{ labels: null, flooredCount: 0, varianceKind: null },
    },
    ...more,
  };
}

export function predictions(mean: Float64Array, rows: number, outputs: number): Predictions {
  return { rows, outputs, mean, logProbabilities: null, variance: null };
}
