// The majority vote: each member votes for its most probable class, with its weight.

import type { Task } from '../../data/dataset/dataset.js';
import { failOption } from '../../errors.js';
import type { CombinedPredictions } from '../combine.js';
import { largestAt } from '../labels.js';
import type { Predictions } from '../predictions.js';
import { maxRunLength, store } from './arithmetic-mean.js';
import { addShare, type Run, runsOf, type Shares, shareAt } from './shares.js';

/** Vote shares closer than this are a tie: sums of the same weights in another order differ by less. */
const TIE = 1e-12;

/**
 * `mean` holds the vote shares; `labels` the winners. A tie goes to the class of the higher mean
 * probability, then to the lower class index; a member's own tie to its lower class index.
 * @throws ERR_OPTION for regression.
 *
 * **Source:** Breiman 1996, Bagging predictors, section 4 (voting).
 */
export function majorityVote(
  members: readonly Predictions[],
  shares: Shares,
  task: Task,
): CombinedPredictions {
  if (task.kind === 'regression') failOption('aggregator', 'arithmeticMean for regression', 'majorityVote');
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
