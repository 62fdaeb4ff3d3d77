// What the user wants of a run of `train` or `extend` beside the members themselves, as plain data: which rows, where to
// save, how to measure. A checkpoint keeps it, so that `resume` does the same.

import type { CalibrationRequest } from '../../../calibration/fit-calibration.js';
import type { Dataset } from '../../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import type { TrainingSettings } from '../../../training/session/training-settings.js';
import type { LogRequest } from '../../options/log-flags.js';
import type { TrainSettings } from '../../options/train-settings.js';

/** How the members come to be: from their beginnings, or from where a checkpoint has them. */
export type Start = (rows: Dataset, how: TrainingSettings) => Promise<TrainedEnsemble>;

/** A run that is kept in a checkpoint. */
export interface KeptRun {
  readonly folder: string;
  /** The command that goes on with it. */
  readonly resume: string;
}

/** What is said of a run, and how. */
export type Shown = Pick<TrainSettings, 'json' | 'quiet' | 'notes'>;

/** What becomes of members that fail. */
interface FailureRequest {
  readonly retries?: number | undefined;
  readonly onFailure?: 'drop' | 'fail' | undefined;
  readonly onDivergence?: 'drop' | 'fail' | 'reseed' | undefined;
}

/** What `train` and `extend` have in common. */
export interface RunRequest {
  /** The file of the rows, as the user wrote it. */
  readonly file: string;
  readonly out?: string | undefined;
  /** Where it is recorded. */
  readonly log?: LogRequest | undefined;
  readonly aggregator?: string | undefined;
  /** What is calibrated once it is trained. */
  readonly calibrate?: CalibrationRequest | undefined;
  readonly clip?: boolean | undefined;
  readonly level?: number | undefined;
  readonly replicates?: number | undefined;
  readonly failures: FailureRequest;
  readonly allowFailures: boolean;
}

export interface TrainingRequest extends RunRequest, Pick<TrainSettings, 'data'> {
  /** The file of rows to test on. */
  readonly test?: string | undefined;
  readonly seed: number;
  /** Whether nobody gave the seed. */
  readonly seedDrawn: boolean;
  /** Every member has a variance head. */
  readonly gaussian: boolean;
}

export interface ExtensionRequest
  extends RunRequest,
    Pick<TrainSettings['data'], 'delimiter' | 'encoding' | 'classWeights'> {
  /** The saved ensemble that gets more members. */
  readonly bundle: string;
}
