// The majority vote: each member votes for its most probable class, with its weight.

import type { CombinedPredictions } from '../combined-predictions.js';
import { largestAt } from '../labels.js';
import type { Predictions } from '../predictions.js';
import type { AggregatorDefinition } from './definition.js';
import { addShare, maxRunLength, type Run, runsOf, type Shares, shareAt, store } from './shares.js';

export const majorityVote = {
  name: 'majorityVote',
  title: 'majority vote',
  says: 'the class that most members find most probable',
  linear: false,
  probabilities: false,
  curves: [],
  floors: [],
  misfit: (task) => (task === 'regression' ? 'arithmeticMean or geometricMean for regression' : null),
  combine: vote,
  terms: { of: voteTerms, toPredictions: null, choiceOnly: true },
} as const satisfies AggregatorDefinition;

/** Vote shares closer than this are a tie: sums of the same weights in another order differ by less. */
const TIE = 1e-12;

/**
 * `mean` holds the vote shares; `labels` the winners. A tie goes to the class of the higher mean
 * probability, then to the lower class index; a member's own tie to its lower class index.
 *
 * **Source:** Breiman 1996, Bagging predictors, section 4 (voting).
 */
function vote(members: readonly Predictions[], shares: Shares): CombinedPredictions {
  const { rows, outputs } = members[0]!;
  const mean = new Float32Array(rows * outputs);
  const labels = new Int32Array(rows);
  const votes = new Float64Array(maxRunLength(rows, outputs));
  const probabilities = new Float64Array(votes.length);
  for (const run of runsOf(rows)) {
    votes.fill(0, 0, run.rows * outputs);
    probabilities.fill(0, 0, run.rows * outputs);
    for (let member = 0; member < members.length; member++) {
      castVotes(votes, members[member]!, shares, member, run);
      addShare(probabilities, members[member]!.mean, run.start * outputs, outputs, shares, member, run);
    }
    for (let row = 0; row < run.rows; row++) {
      labels[run.start + row] = winnerAt(votes, probabilities, row * outputs, outputs);
    }
    store(mean, votes, run, outputs);
  }
  return {
    ...{ rows, outputs, mean, variance: null, logProbabilities: null },
    ...{ labels, flooredCount: 0, varianceKind: null },
  };
}

function castVotes(
  votes: Float64Array,
  prediction: Predictions,
  shares: Shares,
  member: number,
  run: Run,
): void {
  const { outputs, mean } = prediction;
  for (let row = 0; row < run.rows; row++) {
    const share = shareAt(shares, member, run.start + row);
    if (share === 0) continue;
    if (Number.isNaN(share)) {
      votes.fill(Number.NaN, row * outputs, (row + 1) * outputs);
      continue;
    }
    const choice = largestAt(mean, (run.start + row) * outputs, outputs);
    if (choice >= 0) votes[row * outputs + choice]! += share;
  }
}

function winnerAt(votes: Float64Array, probabilities: Float64Array, from: number, classes: number): number {
  if (Number.isNaN(votes[from]!)) return -1;
  let winner = 0;
  for (let candidate = 1; candidate < classes; candidate++) {
    const lead = votes[from + candidate]! - votes[from + winner]!;
    const tied = lead >= -TIE && lead <= TIE;
    if (tied ? probabilities[from + candidate]! > probabilities[from + winner]! : lead > 0) {
      winner = candidate;
    }
  }
  return winner;
}

/** Weight of the probabilities beside the votes, whose ties they break; too small to outweigh one of 2¹⁹ votes. */
const VOTE_TIE = 2 ** -20;

function voteTerms({ rows, outputs, mean }: Predictions): Float64Array {
  const votes = Float64Array.from(mean, (value) => value * VOTE_TIE);
  for (let row = 0; row < rows; row++) votes[row * outputs + largestAt(mean, row * outputs, outputs)]! += 1;
  return votes;
}
