// What boosting takes.

import type { TrainingOptions } from '../model/options/training-options.js';
import { described, type OptionTable, option } from '../option-names.js';
import type { MemberRunner } from '../training/session/runner.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../training/session/training-settings.js';

/** Options of training that each net has; the others are fixed by what it is taught. */
export const BOOSTED_NETWORK_OPTIONS = [
  ...['hidden', 'layers', 'activation', 'optimizer', 'learningRate', 'batchSize', 'epochs', 'arithmetic'],
] as const satisfies readonly (keyof TrainingOptions)[];

export interface BoostOptions
  extends Pick<TrainingOptions, (typeof BOOSTED_NETWORK_OPTIONS)[number]>,
    Pick<TrainingSettings, 'signal'> {
  /** `gradient`: one net after the other. `soft`: all together, each taught what those before it leave. @default 'gradient' */
  readonly kind?: 'gradient' | 'soft';
  /** The most nets, an integer ≥ 1; of `soft` as many, an integer from 2 to 1024. @default 50; of soft 8 */
  readonly rounds?: number;
  /** The share of its best step that each net takes, in (0, 1]; of `soft` of its answer, > 0. @default 0.5 */
  readonly shrinkage?: number;
  /** Rows held out from all nets, whose loss says when to stop, as a share in (0, 1). @default 0.15 */
  readonly heldOutShare?: number;
  /** Rounds without a better loss on them before it stops, of `soft` epochs, an integer ≥ 1. @default 8; of soft 20 */
  readonly patience?: number;
  /** Of the rows held out and of every net. @default 0 */
  readonly seed?: number;
  /** Whose threads train; one net follows the other, so that one thread has work. @default a pool that all calls share */
  readonly runner?: MemberRunner;
  /** When `signal` comes: `reject` with its reason, or `keep` the nets that are there, of `soft` as they stand. @default 'reject' */
  readonly onInterrupt?: 'reject' | 'keep';
  /** Told after every round, or epoch of `soft`. */
  readonly onProgress?: (progress: BoostProgress) => void;
}

export interface BoostProgress {
  /** Rounds, or epochs of `soft`, that are over. */
  readonly done: number;
  /** The most there may be. */
  readonly of: number;
  readonly heldOutLoss: number;
  /** The round, or epoch, with the best loss on the rows held out; 0 while no net at all is better. */
  readonly best: number;
}

/** Where soft boosting has other defaults. */
export const SOFT_DEFAULTS = { rounds: 8, shrinkage: 0.5, patience: 20, epochs: 200 } as const;

const share = (says: string, to: (value: number) => boolean) =>
  option.number(says, (value) => value > 0 && to(value));

/** What the options must be; see src/option-names.ts. Those of the networks are checked as a training's are. */
export const BOOST_OPTIONS = {
  kind: described(option.oneOf('gradient', 'soft'), {
    ...{ kind: 'choice', choices: ['gradient', 'soft'], default: 'gradient' },
    says: 'nets one after the other, or all together (soft), each taught what those before it leave',
  }),
  rounds: described(option.integer(1), { kind: 'number', says: 'the most nets', default: 50 }),
  shrinkage: described(
    share('a number > 0', () => true),
    {
      kind: 'number',
      says: 'share of its best step that each net takes, or of its answer',
      default: 0.5,
    },
  ),
  heldOutShare: described(
    share('a number > 0 and < 1', (value) => value < 1),
    {
      kind: 'number',
      says: 'share of the rows whose loss says when to stop',
      default: 0.15,
    },
  ),
  patience: described(option.integer(1), {
    kind: 'number',
    says: 'rounds without a better loss before it stops',
    default: 8,
  }),
  seed: described(option.seed, { kind: 'number', says: 'of the rows held out and of every net', default: 0 }),
  runner: TRAINING_SETTINGS.runner,
  signal: option.signal,
  onInterrupt: TRAINING_SETTINGS.onInterrupt,
  onProgress: option.function,
  hidden: option.any,
  layers: option.any,
  activation: option.any,
  optimizer: option.any,
  learningRate: option.any,
  batchSize: option.any,
  epochs: option.any,
  arithmetic: option.any,
} satisfies OptionTable<BoostOptions>;

/** What boosting came to. `Own` is the form of the ensemble: its plain record, or one with methods. */
export interface Boosted<Own> {
  readonly ensemble: Own;
  /** In their order; the ensemble has the nets up to `kept`. Of soft boosting the epochs; its nets are those of the best. */
  readonly rounds: readonly BoostedRound[];
  readonly kept: number;
  /** Why it ended: after all rounds, or epochs; since none was better any more; or by the signal. */
  readonly endedBy: 'rounds' | 'patience' | 'signal';
}

export interface BoostedRound {
  /** The step of a line search along the net, before it is shrunk; 1 of soft boosting, which has none. */
  readonly step: number;
  /**
   * Mean loss of the sum so far: cross-entropy, or mean squared error in standardised units; of soft boosting the mean over the nets
   * of their squared errors to what they were taught.
   */
  readonly loss: number;
  /** Mean loss of the sum on the rows held out. */
  readonly heldOutLoss: number;
}
