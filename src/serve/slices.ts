// Some of the rows of predictions, and predictions of rows one after another: what a block of several requests is taken
// apart into, and several blocks of one request are put together from.

import type { RowRange } from '../predictions/blocks.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import type { Predictions } from '../predictions/predictions.js';
import { joined, rowsOf } from '../predictions/row-parts.js';

/** Views of each member's predictions of some rows. */
export function rowsOfMembers(members: readonly Predictions[], { start, end }: RowRange): Predictions[] {
  return members.map((member) => rowsOf(member, start, end - start));
}

/** Views of an ensemble's predictions of some rows. How many probabilities were raised is not known of them. */
export function slicedPredictions(
  combined: CombinedPredictions,
  { start, end }: RowRange,
): CombinedPredictions {
  const labels = combined.labels?.subarray(start, end) ?? null;
  return { ...combined, ...rowsOf(combined, start, end - start), flooredCount: 0, labels };
}

/** Each member's predictions of rows one after another. */
export function joinedMembers(parts: readonly (readonly Predictions[])[], rows: number): Predictions[] {
  return parts[0]!.map((_, at) =>
    joined(
      parts.map((part) => part[at]!),
      rows,
    ),
  );
}
