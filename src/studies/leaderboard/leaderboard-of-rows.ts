// The leaderboard of an ensemble on the rows of a dataset: predicts them, and how long each member takes to.

import type { Dataset } from '../../data/dataset/dataset.js';
import { requireIndependent, type TrainedEnsemble } from '../../ensemble/ensemble.js';
import { predictKnownRows } from '../../ensemble/evaluate/known-rows.js';
import { blockRowsOf } from '../../ensemble/predict/member-blocks.js';
import {
  MEMBER_PREDICTION_OPTIONS,
  type MemberPredictionOptions,
} from '../../ensemble/predict/predict-members.js';
import { createBlockPredictor } from '../../ensemble/predict/predictors.js';
import { requireMembers } from '../../ensemble/predict/stored-members.js';
import { TuttiError } from '../../errors.js';
import { betweenBlocks } from '../../long-calls.js';
import { metrics } from '../../measure/metrics/metrics.js';
import { checkOptions, described, type OptionTable, option, pickOptions } from '../../option-names.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import { blockRanges } from '../../predictions/blocks.js';
import {
  LEADERBOARD_SORTS,
  type Leaderboard,
  type LeaderboardSettings,
  leaderboardOf,
} from './leaderboard.js';

export interface LeaderboardOptions extends MemberPredictionOptions, LeaderboardSettings {
  /** The dataset is the one the ensemble was trained on, and each row is scored by the members that never saw it. @default false */
  readonly outOfBag?: boolean;
  /** Whether to take the time that each member needs by itself. @default true */
  readonly times?: boolean;
}

const PREDICTING = {
  ...MEMBER_PREDICTION_OPTIONS,
  aggregator: COMBINE_OPTIONS.aggregator,
  weights: COMBINE_OPTIONS.weights,
};

/** What the options must be; see src/option-names.ts. */
export const LEADERBOARD_OPTIONS = {
  ...PREDICTING,
  metric: described(option.named(metrics), {
    kind: 'choice',
    says: 'what members are scored and left out by',
    defaultSays: 'logLoss for classes, errorRate for votes, rmse for numbers',
  }),
  sort: described(option.oneOf(...LEADERBOARD_SORTS), {
    kind: 'choice',
    says: 'which member comes first: by its score, its contribution, the least ρ, its time, its place in the plan',
    default: 'score',
  }),
  outOfBag: described(option.flag, {
    kind: 'flag',
    says: 'the rows are the training rows: score each by the members that never saw it',
    default: false,
  }),
  times: option.flag,
} satisfies OptionTable<LeaderboardOptions>;

/** As src/api/comparisons.ts says of it, on the calling thread where no runner is named. */
export async function leaderboard(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: LeaderboardOptions = {},
): Promise<Leaderboard> {
  checkOptions('leaderboard', options, LEADERBOARD_OPTIONS);
  options.signal?.throwIfAborted();
  requireMembers(ensemble, 'to compare');
  requireIndependent(ensemble);
  const { outOfBag = false, times = true } = options;
  const predicting = pickOptions(options, PREDICTING);
  const known = await predictKnownRows(ensemble, dataset, outOfBag ? 'outOfBag' : 'heldOut', predicting);
  if (known === null) {
    throw new TuttiError('ERR_DATA', 'Expected rows out of bag to compare members on, got none');
  }
  const timed = times ? await timeMembers(ensemble, dataset, options) : [];
  return leaderboardOf(ensemble, known, options, timed);
}

/** Rows that members are timed on, at the most: enough to see which is ten times another. */
const TIMED_ROWS = 2048;

/** The first warms up; the least is what other work of the machine delayed least. */
const TIMED_RUNS = 3;

/** Milliseconds a row of each member by itself, loaded and warm, on the calling thread. */
async function timeMembers(
  ensemble: TrainedEnsemble,
  { x, rows }: Dataset,
  options: LeaderboardOptions,
): Promise<number[]> {
  const times: number[] = [];
  for (const member of ensemble.members) {
    const alone = { ...ensemble, members: [member] };
    const blockRows = blockRowsOf(alone);
    const predictor = await createBlockPredictor(
      alone,
      blockRows,
      pickOptions(options, { clip: PREDICTING.clip }),
    );
    try {
      const timed = Math.min(rows, TIMED_ROWS);
      const ranges = [...blockRanges(timed, blockRows)];
      let least = Number.POSITIVE_INFINITY;
      for (let run = 0; run < TIMED_RUNS; run++) {
        const started = performance.now();
        for (const range of ranges) await predictor.predictBlock(x, range, null);
        least = Math.min(least, performance.now() - started);
      }
      times.push(least / timed);
    } finally {
      predictor.dispose();
    }
    await betweenBlocks(options.signal);
  }
  return times;
}
