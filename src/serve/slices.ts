// Some of the rows of predictions, and predictions of rows one after another: what a block of several requests is taken
// apart into, and several blocks of one request are put together from.

import { joined } from '../math/joined.js';
import type { RowRange } from '../predictions/blocks.js';
import type { CombinedPredictions } from '../predictions/combined-predictions.js';
import type { Predictions } from '../predictions/predictions.js';

/** Views of each member's predictions of some rows. */
export function rowsOfMembers(members: readonly Predictions[], range: RowRange): Predictions[] {
  return members.map((member) => ({ ...member, ...sliced(member, range) }));
}

/** Views of an ensemble's predictions of some rows. How many probabilities were raised is not known of them. */
export function slicedPredictions(combined: CombinedPredictions, range: RowRange): CombinedPredictions {
  const { labels } = combined;
  return {
    ...{ ...combined, ...sliced(combined, range), flooredCount: 0 },
    labels: labels?.subarray(range.start, range.end) ?? null,
  };
}

function sliced({ outputs, mean, logProbabilities, variance }: Predictions, { start, end }: RowRange) {
  const [from, to] = [start * outputs, end * outputs];
  return {
    rows: end - start,
    mean: mean.subarray(from, to),
    logProbabilities: logProbabilities?.subarray(from, to) ?? null,
    variance: variance?.subarray(from, to) ?? null,
  };
}

/** Each member's predictions of rows one after another, copied out of what the next block overwrites. */
export function joinedMembers(parts: readonly (readonly Predictions[])[]): Predictions[] {
  const first = parts[0]!;
  const rows = parts.reduce((sum, [member]) => sum + member!.rows, 0);
  return first.map((member, at) => {
    const own = parts.map((part) => part[at]!);
    const { outputs } = member;
    return {
      ...{ rows, outputs },
      mean: joined(own.map(({ mean }) => mean)),
      logProbabilities: member.logProbabilities && joined(own.map((part) => part.logProbabilities!)),
      variance: member.variance && joined(own.map((part) => part.variance!)),
    };
  });
}
