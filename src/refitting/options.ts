// What refitting takes, as a program writes it and as the command line has it.

import type { Dataset } from '../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { INTERVAL_OPTIONS, type IntervalOptions } from '../measure/correlation/intervals.js';
import { described, type OptionTable, option } from '../option-names.js';
import type { EnsembleComparison } from '../studies/comparison/compare-ensembles.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../training/session/training-settings.js';

export interface RefitOptions
  extends Pick<TrainingSettings, 'onProgress' | 'signal' | 'runner'>,
    IntervalOptions {
  /**
   * Which rows each member is trained on: `all` of them, or those that its resample draws of them, which leaves rows out of bag.
   * Members that nothing but their rows tells apart (trees and neighbours that see all columns) keep their resample.
   * @default 'all'
   */
  readonly rows?: 'all' | 'resampled';
  /**
   * What refitting is worth is measured by doing both on the other rows: training as before, and refitting. This share of the rows
   * judges; in [0, 1), 0 for no such check, which saves two trainings.
   * @default 0.2, 0 where `heldOut` are given
   */
  readonly checkShare?: number;
  /** Rows that no member is or was trained on: they judge the ensemble before and after. @default none */
  readonly heldOut?: Dataset;
  /** Of the rows that check and of the intervals. @default that of the training */
  readonly seed?: number;
}

/** What the options must be; see src/option-names.ts. */
export const REFIT_OPTIONS = {
  rows: described(option.oneOf('all', 'resampled'), {
    kind: 'choice',
    says: 'rows of each member: all, or those that its resample draws of them',
    default: 'all',
  }),
  checkShare: described(
    option.number('a number ≥ 0 and < 1', (value) => value >= 0 && value < 1),
    {
      kind: 'number',
      says: 'share of the rows that judge what refitting is worth, by two trainings on the others; 0: it is not measured',
      defaultSays: '0.2, 0 with held-out rows',
    },
  ),
  heldOut: option.object,
  seed: described(option.seed, {
    kind: 'number',
    says: 'of the rows that check, and of intervals',
    defaultSays: 'that of the training',
  }),
  replicates: INTERVAL_OPTIONS.replicates,
  level: INTERVAL_OPTIONS.level,
  runner: TRAINING_SETTINGS.runner,
  onProgress: option.function,
  signal: option.signal,
} satisfies OptionTable<RefitOptions>;

/** `Own` is the form of the ensemble: its plain record, or one with methods. */
export interface Refitted<Own = TrainedEnsemble> {
  readonly ensemble: Own;
  readonly report: RefitReport;
}

export interface RefitReport {
  /** Rows that members were trained on, or drew from. */
  readonly rows: number;
  /** Members, and how many of them are trained on all rows; the others drew theirs. */
  readonly members: number;
  readonly onAllRows: number;
  /** Epochs of each, where it stopped before; 0 for one without epochs. */
  readonly epochs: readonly number[];
  /**
   * On rows that neither was trained on, the ensemble as it is trained first and the refitted one beside it, with paired
   * differences: `heldOut` of these two ensembles on the rows given; `check` of two others, trained the one and the other way on
   * a part of the rows and judged on the rest. Null where it was not asked for.
   */
  readonly heldOut: EnsembleComparison | null;
  readonly check: (EnsembleComparison & { readonly trainedOn: number }) | null;
}
