// How often two members predict different classes: the simplest measure of diversity, O(rows × members).

import { largestAt } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';

export interface DisagreementAccumulator {
  /** Adds rows of k members; `mask`: u8[k, rows], 1 where a member counts. */
  addBlock(members: readonly Predictions[], mask?: Uint8Array | null): void;
  /** Share of (row, pair) whose predicted classes differ, in [0, 1]; null without pairs. */
  finish(): number | null;
}

/**
 * An empty accumulator for classification with `classes` classes.
 *
 * **Source:** Skalak 1996; Kuncheva and Whitaker 2003, Measures of diversity in classifier ensembles.
 */
export function createDisagreementAccumulator(classes: number): DisagreementAccumulator {
  const votes = new Float64Array(classes);
  let pairs = 0;
  let differing = 0;
  return {
    addBlock(members, mask = null) {
      const rows = members[0]?.rows ?? 0;
      for (let row = 0; row < rows; row++) {
        votes.fill(0);
        let count = 0;
        members.forEach(({ mean }, member) => {
          if (mask !== null && mask[member * rows + row] === 0) return;
          votes[largestAt(mean, row * classes, classes)]!++;
          count++;
        });
        // Ordered pairs: all k² minus those that voted alike.
        differing += count * count - votes.reduce((alike, vote) => alike + vote * vote, 0);
        pairs += count * (count - 1);
      }
    },
    finish: () => (pairs === 0 ? null : differing / pairs),
  };
}
