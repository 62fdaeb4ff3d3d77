// What matters to an ensemble, and cross-validation, on every core where no runner is named.

import type { Dataset } from '../data/dataset/dataset.js';
import type { ReadOptions } from '../data/readers/read-options.js';
import { READ_OPTIONS } from '../data/readers/read-options.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import * as diagnosing from '../explain/diagnose.js';
import * as dependence from '../explain/partial-dependence.js';
import * as importance from '../explain/permutation-importance.js';
import type { TrainingOptions } from '../model/options/training-options.js';
import { isPlainObject, pickOptions } from '../option-names.js';
import { onSharedPool } from '../pool/shared-pool.js';
import { crossValidate as validate } from '../studies/cross-validation/cross-validate.js';
import type {
  CrossValidation,
  CrossValidationOptions,
} from '../studies/cross-validation/cross-validation.js';
import type { FoldLoadOptions } from '../studies/cross-validation/fold-source.js';
import { type DataSource, tableOf } from './load-data.js';

/**
 * Measures how much each column matters to an ensemble: how much worse its score becomes when every row is given the value
 * of another one. Out of bag, by members that saw neither row. The bytes are the same on any number of threads.
 *
 * @param dataset the one it was trained on, or rows that it was not trained on; weights of rows count.
 * @throws ERR_OPTION for a column that is none; ERR_DATA where no row is out of bag, and for fewer than two rows; what
 * `predictEnsemble` throws.
 *
 * **Source:** Breiman, "Random forests", Machine Learning 2001, section 10.
 */
export async function permutationImportance(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: importance.ImportanceOptions = {},
): Promise<importance.PermutationImportance> {
  return importance.permutationImportance(ensemble, dataset, onSharedPool(options));
}

/**
 * Measures what an ensemble, and each of its members, predicts on average when a column has a certain value in every row.
 *
 * @param columns their names, in the order of the answers.
 * @throws ERR_OPTION for a name that is no column; what `predictEnsemble` throws.
 *
 * **Source:** Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 2001, section 8.2.
 */
export async function partialDependence(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  columns: readonly string[],
  options: dependence.DependenceOptions = {},
): Promise<readonly dependence.PartialDependence[]> {
  return dependence.partialDependence(ensemble, dataset, columns, onSharedPool(options));
}

/**
 * Finds where an ensemble does badly: the rows of the highest loss, those that members disagree on most, suspected errors of
 * labels or values, and the slices that are worse than the rest beyond chance.
 *
 * @param dataset the one it was trained on, or rows that it was not trained on.
 * @throws ERR_DATA where no row is out of bag; ERR_OPTION for a column that is none; what `predictEnsemble` throws.
 *
 * **Source:** Northcutt, Jiang and Chuang, "Confident learning", JAIR 2021, for labels; Welch 1947 and Holm 1979 for slices.
 */
export async function diagnose(
  ensemble: TrainedEnsemble,
  dataset: Dataset,
  options: diagnosing.DiagnoseOptions = {},
): Promise<diagnosing.Diagnosis> {
  return diagnosing.diagnose(ensemble, dataset, onSharedPool(options));
}

/** How the rows of a cross-validation are read: of a file, how it is written. */
export interface CrossValidateOptions extends Omit<CrossValidationOptions, 'load'> {
  /** Of a table: its target, and what its columns are. */
  readonly load?: FoldLoadOptions & ReadOptions;
}

/**
 * Cross-validates a training: deals the rows into folds, trains an ensemble without each of them and measures it on it. What
 * is fitted on rows, as scales, fills and categories, is fitted on each fold's training rows alone.
 *
 *     const { scores } = await crossValidate('digits.csv', { members: 16, seed: 1 }, { load: { target: 'digit' } });
 *
 * @param source a file, its bytes, a table or records, read as `load` says; or a dataset of arrays.
 * @param training as for `trainEnsemble`; the seed of each next fold is one more.
 * @throws ERR_OPTION, ERR_DATA for folds that cannot be, before anything is trained; what `loadData` and `trainEnsemble`
 * throw; the signal's reason, unless `onInterrupt` is 'keep'.
 *
 * **Source:** Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 1974.
 */
export async function crossValidate(
  source: DataSource | Dataset,
  training: TrainingOptions = {},
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const settings = onSharedPool(options);
  if (isDataset(source) || !isPlainObject(options.load)) {
    // What is no table either is refused there.
    return validate(
      isDataset(source) ? source : await tableOf('source', source, {}, options.signal),
      training,
      settings,
    );
  }
  const { delimiter: _delimiter, encoding: _encoding, ...load } = options.load;
  const table = await tableOf('source', source, pickOptions(options.load, READ_OPTIONS), options.signal);
  return validate(table, training, { ...settings, load });
}

function isDataset(source: DataSource | Dataset): source is Dataset {
  return typeof source === 'object' && source !== null && 'rowsHash' in source;
}
