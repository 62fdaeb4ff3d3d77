// What distilling takes, as a program writes it and as the command line has it.

import type { Dataset } from '../data/dataset/dataset.js';
import { ANSWER_OPTIONS, type AnswerOptions } from '../ensemble/predict/answer-rules.js';
import { INTERVAL_OPTIONS, type IntervalOptions } from '../measure/correlation/intervals.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { described, type OptionTable, option } from '../option-names.js';
import type { Aggregator } from '../predictions/aggregate/aggregators.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import type { MemberRunner } from '../training/session/runner.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../training/session/training-settings.js';

/** Options of training that the single net has too; the others are fixed by what it learns. */
export const SINGLE_NETWORK_OPTIONS = [
  ...['hidden', 'layers', 'image', 'activation', 'optimizer', 'learningRate', 'batchSize', 'epochs'],
] as const satisfies readonly (keyof TrainingOptions)[];

export interface DistillOptions
  extends Pick<TrainingOptions, (typeof SINGLE_NETWORK_OPTIONS)[number]>,
    Pick<TrainingSettings, 'onProgress' | 'signal'>,
    AnswerOptions,
    IntervalOptions {
  /**
   * Perturbed copies of each row that the net is trained on beside it, an integer ≥ 0.
   * @default 8, or fewer where there would be more than 200 000 rows
   */
  readonly copies?: number;
  /** Share of the columns of a copy that have the values of another row, in (0, 1]. @default 0.2 */
  readonly swapShare?: number;
  /** Rows that judge alone: the net is trained on none of them. @default a share of the rows given */
  readonly heldOut?: Dataset;
  /** How many of the rows given judge alone, as a share in (0, 1). @default 0.2 */
  readonly heldOutShare?: number;
  /** Of the rows held out, the copies, the net and the intervals. @default that of the ensemble's training */
  readonly seed?: number;
  /** How the members' answers are combined. @default that which the ensemble is calibrated for, else 'arithmeticMean' */
  readonly aggregator?: Aggregator;
  /** Whose threads predict and train. @default a pool on every core, which all calls share that name no runner */
  readonly runner?: MemberRunner;
}

const share = option.number('a number > 0 and < 1', (value) => value > 0 && value < 1);

/** What the options must be; see src/option-names.ts. Those of the network are checked as a training's are. */
export const DISTILL_OPTIONS = {
  copies: described(option.integer(0), {
    kind: 'number',
    says: 'perturbed copies of each row that the single net is trained on too',
    defaultSays: '8, fewer where there would be more than 200 000 rows',
  }),
  swapShare: described(
    option.number('a number > 0 and ≤ 1', (value) => value > 0 && value <= 1),
    {
      kind: 'number',
      says: 'share of a copy’s columns that have the values of another row',
      default: 0.2,
    },
  ),
  heldOut: option.object,
  heldOutShare: described(share, {
    kind: 'number',
    says: 'share of the rows that judge the single net alone',
    default: 0.2,
  }),
  seed: described(option.seed, {
    kind: 'number',
    says: 'of the rows held out, the copies and the single net',
    defaultSays: 'that of the training',
  }),
  aggregator: option.named(aggregators),
  clip: ANSWER_OPTIONS.clip,
  runner: TRAINING_SETTINGS.runner,
  onProgress: option.function,
  signal: option.signal,
  replicates: INTERVAL_OPTIONS.replicates,
  level: INTERVAL_OPTIONS.level,
  hidden: option.any,
  layers: option.any,
  image: option.any,
  activation: option.any,
  optimizer: option.any,
  learningRate: option.any,
  batchSize: option.any,
  epochs: option.any,
} satisfies OptionTable<DistillOptions>;
