// What a format is that ensembles are exported in: one record in a file of its own, listed in formats.ts.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { ANSWER_OPTIONS } from '../../ensemble/predict/answer-rules.js';
import { CALIBRATED_OPTIONS } from '../../ensemble/predict/ensemble-combiner.js';
import { LONG_CALL_OPTIONS, type LongCallOptions } from '../../long-calls.js';
import { described, type OptionTable, option } from '../../option-names.js';
import { COMBINE_OPTIONS } from '../../predictions/aggregate/aggregate.js';
import type { ExportCombineOptions } from './exported-ensemble.js';

/** How an ensemble is written; which of these a format takes is its own to say. */
export interface FormatOptions extends ExportCombineOptions, LongCallOptions {
  /**
   * What the exported model is given: a value of each column of the training file, or rows of features as numbers in the
   * user's units, [rows, features].
   * @default 'columns', or 'features' for an ensemble trained on arrays
   */
  readonly inputs?: 'columns' | 'features';
  /**
   * What numbers are in the exported model's inputs and answers.
   * @default 'float32', or 'float64' where it would not tell values of a column apart
   */
  readonly numbers?: 'float32' | 'float64';
  /** The answers that the exported model has, by name. @default all */
  readonly outputs?: readonly string[];
}

/** What the options must be; see src/option-names.ts. */
export const FORMAT_OPTIONS = {
  ...LONG_CALL_OPTIONS,
  aggregator: COMBINE_OPTIONS.aggregator,
  ...CALIBRATED_OPTIONS,
  clip: ANSWER_OPTIONS.clip,
  inputs: described(option.oneOf('columns', 'features'), {
    kind: 'choice',
    says: 'what the model is given: the columns of the training file, or rows of features as numbers',
    defaultSays: 'columns, or features for an ensemble trained on arrays',
  }),
  numbers: described(option.oneOf('float32', 'float64'), {
    kind: 'choice',
    says: 'the precision of the numbers that the model is given and answers',
    defaultSays: 'float32, or float64 where it would not tell values of a column apart',
  }),
  outputs: described(option.texts, {
    kind: 'texts',
    says: 'the answers that the model has, such as label,probabilities',
    defaultSays: 'all',
  }),
} satisfies OptionTable<FormatOptions>;

export interface ExportFormat {
  /** As the option `format` calls it. */
  readonly name: string;
  /** What texts call it. */
  readonly title: string;
  /** What it is for, as a clause. */
  readonly says: string;
  /** How its files' names end, with the point. */
  readonly extension: string;
  /** The options that it takes beside the signal. */
  readonly takes: readonly Exclude<keyof FormatOptions, 'signal'>[];
  /** The file's bytes: the same for the same ensemble and options. @throws ERR_OPTION for what the format has no form for */
  write(ensemble: TrainedEnsemble, options: FormatOptions): Promise<Uint8Array>;
}
