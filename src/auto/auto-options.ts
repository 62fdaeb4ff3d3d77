// What `autoEnsemble` can be told, and what it tells.

import { failOption, type WireError } from '../errors.js';
import type { MemberOptions } from '../model/options/training-options.js';
import { checkOptions, described, type OptionTable, option } from '../option-names.js';
import type { SearchedOptions } from '../training/options/search-options.js';
import { TRAINING_SETTINGS, type TrainingSettings } from '../training/session/training-settings.js';
import type { SelectionOptimism } from './greedy-ensemble.js';
import { DECIDED } from './search-space.js';

export interface AutoOptions {
  /** Seconds until it is to have its ensemble. @default 60 where `members` is not given either */
  readonly time?: number;
  /** Members that are trained at most, in the place of a time: the same bytes on any number of threads. @default as many as there is time for */
  readonly members?: number;
  /** Values, or ranges, of options of members, in the place of those that are searched by default. */
  readonly search?: SearchedOptions;
  /** Parts that the rows are dealt into: each setting is trained without each of them. @default 8, of many rows fewer */
  readonly folds?: number;
  /** How often a setting is added to the ensemble at most, repetitions counted. @default 40 */
  readonly size?: number;
  /** Waves without a better ensemble before it ends. @default 12 */
  readonly wavePatience?: number;
  /** Seed of every draw. @default drawn anew */
  readonly seed?: number;
  /** Multiply-add with one rounding (fused) or with two. @default 'auto' */
  readonly arithmetic?: 'auto' | 'fused' | 'strict';
}

/** What the options must be; see src/option-names.ts. */
export const AUTO_OPTIONS = {
  time: described(
    option.number('a number of seconds > 0', (value) => value > 0),
    {
      kind: 'number',
      says: 'seconds until the ensemble is to be there',
      defaultSays: '60, or none with `members`',
    },
  ),
  members: described(option.integer(2), {
    kind: 'number',
    says: 'members that are trained at most, in the place of a time: the same ensemble on any machine',
    defaultSays: 'as many as there is time for',
  }),
  search: option.object,
  folds: described(option.integer(2), {
    kind: 'number',
    says: 'parts that the rows are dealt into: each setting is trained without each of them',
    defaultSays: '8, of many rows fewer',
  }),
  size: described(option.integer(1), {
    kind: 'number',
    says: 'how many settings are added to the ensemble at most, repetitions counted',
    default: 40,
  }),
  wavePatience: described(option.integer(1), {
    kind: 'number',
    says: 'waves without a better ensemble before the search ends',
    default: 12,
  }),
  seed: option.seed,
  arithmetic: option.oneOf('auto', 'fused', 'strict'),
} satisfies OptionTable<AutoOptions>;

/** @throws ERR_OPTION */
export function checkAutoOptions(options: AutoOptions): void {
  checkOptions('autoEnsemble', options, AUTO_OPTIONS);
  if (options.time !== undefined && options.members !== undefined)
    failOption('time', 'absent where `members` is given', options.time);
  for (const name of Object.keys(options.search ?? {})) {
    if ((DECIDED as readonly string[]).includes(name))
      failOption(`search.${name}`, 'absent, since the search decides it', 'a value');
  }
}

/** How a search is run. */
export type AutoSettings = Pick<
  TrainingSettings,
  'runner' | 'signal' | 'onInterrupt' | 'retries' | 'onProgress'
> & {
  /** Observer of waves: what was trained, and what the ensemble then is. */
  readonly onWave?: (wave: AutoWave) => void;
};

/** What the settings must be. */
export const AUTO_SETTINGS = {
  runner: TRAINING_SETTINGS.runner,
  signal: option.signal,
  onInterrupt: TRAINING_SETTINGS.onInterrupt,
  retries: TRAINING_SETTINGS.retries,
  onProgress: option.function,
  onWave: option.function,
} satisfies OptionTable<AutoSettings>;

/** A wave of the search. */
export interface AutoWave {
  readonly wave: number;
  /** Members trained so far. */
  readonly members: number;
  /** Settings tried so far, and those that are trained on all folds. */
  readonly settings: number;
  readonly candidates: number;
  /** Settings that the ensemble has now, and its loss on rows that its members did not see; null where there is none yet. */
  readonly chosen: number;
  readonly loss: number | null;
}

/** A setting of the ensemble. */
export interface ChosenSetting {
  /** Its place in the order in which settings were thought of; the first few are known ones. */
  readonly place: number;
  readonly options: MemberOptions;
  /** The epoch at which its members were taken, of a run that leaves several: 0 for the first; null of one that leaves one. */
  readonly snapshot: number | null;
  /** Its share in every average. */
  readonly share: number;
  /** Its own loss on the rows that its members did not see. */
  readonly loss: number;
}

/** What a search came to. */
export interface AutoReport {
  readonly seed: number;
  readonly folds: number;
  /** 'logLoss' of classes, 'squaredError' of numbers in variances of the targets. */
  readonly metric: 'logLoss' | 'squaredError';
  readonly waves: number;
  /** Members trained, and how many of them the ensemble has. */
  readonly members: number;
  readonly kept: number;
  /** Settings tried, those trained on all folds, and those given up before. */
  readonly settings: number;
  readonly candidates: number;
  readonly givenUp: number;
  /** Members that failed, with which their settings were given up, and what the first one failed of; null where none did. */
  readonly failed: number;
  readonly firstFailure: WireError | null;
  /** Members that the end of the time cut short: they are as they were at their best epoch until then. */
  readonly cut: number;
  readonly chosen: readonly ChosenSetting[];
  /** Loss of the best setting alone, on the same rows. */
  readonly bestSetting: number;
  /** Loss of the selection, and of one that did not see the rows it is scored on; null with too few rows. */
  readonly selection: SelectionOptimism | null;
  readonly endedBy: 'time' | 'members' | 'patience' | 'signal';
}
