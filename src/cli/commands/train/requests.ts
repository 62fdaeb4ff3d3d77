// What the user wants of a run of `train` or `extend` beside the members themselves, as plain data: which rows, where to
// save, how to measure. A checkpoint keeps it, so that `resume` does the same.

import type { Dataset } from '../../../data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../ensemble/ensemble.js';
import type { TrainingSettings } from '../../../training/session/training-settings.js';
import type { TrainSettings } from '../../options/train-settings.js';

/** How the members come to be: from their beginnings, or from where a checkpoint has them. */
export type Start = (rows: Dataset, how: TrainingSettings) => Promise<TrainedEnsemble>;

/** What is said of a run, and how. */
export type Shown = Pick<TrainSettings, 'json' | 'quiet' | 'notes'>;

export interface TrainingRequest
  extends Pick<TrainSettings, 'data' | 'aggregator' | 'clip' | 'intervals' | 'allowFailures'> {
  /** As the user wrote it. */
  readonly file: string;
  readonly test?: string | undefined;
  readonly out?: string | undefined;
  readonly seed: number;
  /** Whether nobody gave the seed. */
  readonly seedDrawn: boolean;
  /** Every member has a variance head. */
  readonly gaussian: boolean;
}
