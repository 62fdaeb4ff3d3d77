// Rows to calibrate on whose every number a formula gives, so that other programs can be asked about the very same.

import type { CalibrationRows } from '../../src/calibration/rows.js';
import { normaliseAt } from '../../src/calibration/softmax.js';
import type { KnownRows } from '../../src/predictions/known-rows.js';
import { labelsOf } from '../../src/predictions/labels.js';

/**
 * z[r, c] = 3 sin(7.3 r + 2.1 c² + c), made logarithms of probabilities; two rows of three are of the most probable class,
 * the others of the next or the one after; weights 1, 2, 3 in turn, of mean 1.
 */
export function madeRows(rows: number, classes: number): CalibrationRows {
  const logits = new Float64Array(rows * classes);
  const labels = new Int32Array(rows);
  const weights = Float64Array.from({ length: rows }, (_, row) => 1 + (row % 3));
  const total = weights.reduce((sum, weight) => sum + weight);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < classes; c++) logits[row * classes + c] = 3 * Math.sin(7.3 * row + 2.1 * c * c + c);
    normaliseAt(logits, row * classes, classes);
    const own = logits.subarray(row * classes, (row + 1) * classes);
    const best = own.indexOf(Math.max(...own));
    labels[row] = row % 3 < 2 ? best : (best + 1 + (row % 2)) % classes;
    weights[row]! *= rows / total;
  }
  return { rows, classes, logits, labels, weights, fewer: null };
}

/** Known rows that say the same. */
export function knownRows(made: CalibrationRows, weights: Float32Array | null = null): KnownRows {
  const { rows, classes: outputs, logits, labels } = made;
  const mean = Float32Array.from(logits, (value) => Math.exp(value));
  return {
    task: { kind: 'classification', classes: Array.from({ length: outputs }, (_, c) => `c${c}`) },
    ...{ rowsFrom: 'heldOut', rows, outputs, weights, members: [], mask: null },
    index: Uint32Array.from(labels, (_, row) => row),
    truth: { rows, labels, targets: new Float64Array(0) },
    combined: {
      ...{ rows, outputs, mean, logProbabilities: Float32Array.from(logits), variance: null },
      ...{ labels: labelsOf(mean, rows, outputs), flooredCount: 0, varianceKind: null },
    },
  };
}
