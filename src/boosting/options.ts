// What boosting takes.

import type { TrainingOptions } from '../model/options/training-options.js';
import { described, type OptionTable, option } from '../option-names.js';
import type { MemberRunner } from '../training/session/runner.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../training/session/training-settings.js';

/** Options of training that each net has; the others are fixed by what it is taught. */
export const BOOSTED_NETWORK_OPTIONS = [
  ...['hidden', 'layers', 'activation', 'optimizer', 'learningRate', 'batchSize', 'epochs'],
] as const satisfies readonly (keyof TrainingOptions)[];

export interface BoostOptions
  extends Pick<TrainingOptions, (typeof BOOSTED_NETWORK_OPTIONS)[number]>,
    Pick<TrainingSettings, 'signal'> {
  /** The most nets, one after the other, an integer ≥ 1. @default 50 */
  readonly rounds?: number;
  /** Shrinkage: the share of its best step that each net takes, in (0, 1]. @default 0.5 */
  readonly shrinkage?: number;
  /** Rows held out from all nets, whose loss says when to stop, as a share in (0, 1). @default 0.15 */
  readonly heldOutShare?: number;
  /** Rounds without a better loss on them before it stops, an integer ≥ 1. @default 8 */
  readonly patience?: number;
  /** Of the rows held out and of every net. @default 0 */
  readonly seed?: number;
  /** Whose threads train; one net follows the other, so that one thread has work. @default a pool that all calls share */
  readonly runner?: MemberRunner;
}

const share = (says: string, to: (value: number) => boolean) =>
  option.number(says, (value) => value > 0 && to(value));

/** What the options must be; see src/option-names.ts. Those of the networks are checked as a training's are. */
export const BOOST_OPTIONS = {
  rounds: described(option.integer(1), { kind: 'number', says: 'the most nets', default: 50 }),
  shrinkage: described(
    share('a number > 0 and ≤ 1', (value) => value <= 1),
    {
      kind: 'number',
      says: 'share of its best step that each net takes',
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
  hidden: option.any,
  layers: option.any,
  activation: option.any,
  optimizer: option.any,
  learningRate: option.any,
  batchSize: option.any,
  epochs: option.any,
} satisfies OptionTable<BoostOptions>;

/** What boosting came to. `Own` is the form of the ensemble: its plain record, or one with methods. */
export interface Boosted<Own> {
  readonly ensemble: Own;
  /** In their order; the ensemble has the nets up to `kept`. */
  readonly rounds: readonly BoostedRound[];
  readonly kept: number;
}

export interface BoostedRound {
  /** The step of a line search along the net, before it is shrunk. */
  readonly step: number;
  /** Mean loss of the sum so far: cross-entropy, or mean squared error in standardised units. */
  readonly loss: number;
  readonly heldOutLoss: number;
}
