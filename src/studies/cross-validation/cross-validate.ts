// Cross-validation of a training: an ensemble for each fold, on one runner, each measured on the rows that it was not trained
// on, and all of them together out of fold.

import { requireDataset } from '../../data/dataset/check-dataset.js';
import type { Dataset, Task } from '../../data/dataset/dataset.js';
import { foldKind } from '../../data/folds.js';
import type { Table } from '../../data/table/table.js';
import { failOption } from '../../errors.js';
import { givesVariances } from '../../model/losses.js';
import { withPreset } from '../../model/options/presets.js';
import type { TrainingOptions } from '../../model/options/training-options.js';
import { asGiven, checkOptions, requireUses } from '../../option-names.js';
import { aggregators } from '../../predictions/aggregate/aggregators.js';
import { memberOptions } from '../../training/options/options.js';
import { randomSeed } from '../../training/train-ensemble.js';
import {
  CROSS_VALIDATION_OPTIONS,
  CROSS_VALIDATION_USES,
  type CrossValidation,
  type CrossValidationOptions,
} from './cross-validation.js';
import { foldedScores, outOfFoldOf } from './fold-figures.js';
import { datasetSource, type FoldSource, foldsOfSource, tableSource } from './fold-source.js';
import { type FoldOutcome, runFolds } from './run-folds.js';

/**
 * Cross-validates a training, on the calling thread unless a runner is named, on which folds are trained at once as far as it
 * has threads. What is fitted on rows, as scales, fills and categories, is fitted on each fold's training rows alone.
 *
 * @throws ERR_OPTION, ERR_DATA for folds that cannot be (see `makeFolds`), before anything is trained; what `trainEnsemble`
 * throws; the signal's reason, unless `onInterrupt` is 'keep'
 *
 * **Source:** Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 1974.
 */
export async function crossValidate(
  source: Table | Dataset,
  training: TrainingOptions = {},
  options: CrossValidationOptions = {},
): Promise<CrossValidation> {
  checkOptions('crossValidate', options, CROSS_VALIDATION_OPTIONS);
  requireUses<CrossValidationOptions>(options, CROSS_VALIDATION_USES);
  options.signal?.throwIfAborted();
  const given = asGiven(training);
  const { folds = 5, repeats = 1, gap = 0 } = options;
  const seed = given.seed ?? randomSeed();
  const rows = sourceOf(source, options);
  requireAggregator(rows.task, given, options);
  const dealt = foldsOfSource(rows, { folds, repeats, seed, gap });
  const tested: (FoldOutcome | null)[] = dealt.map(() => null);
  const complete = await runFolds(rows, dealt, { ...given, seed }, options, (at, outcome) => {
    tested[at] = outcome;
    options.onFold?.(outcome.result);
  });
  const finished = tested.filter((outcome) => outcome !== null);
  const { task } = rows;
  const planned = finished[0]?.planned ?? 0;
  const results = finished.map(({ result }) => result);
  const outOfFold = Array.from({ length: repeats }, (_, repeat) =>
    finished.filter(({ result }) => result.repeat === repeat),
  )
    .filter((own) => own.length > 0)
    .map((own) => outOfFoldOf(own, task, planned, rows.weights, options));
  return {
    ...{
      task,
      kind: foldKind(rows.dealt),
      folds,
      repeats,
      gap,
      seed,
      rows: rows.dealt.rows,
      planned,
      complete,
    },
    ...{ results, outOfFold, scores: foldedScores(results, outOfFold) },
    ...{ tableRows: rows.tableRows, notes: rows.notes },
  };
}

/** Refuses an average that the predictions will not allow, before any work is done for it. */
function requireAggregator(
  { kind }: Task,
  training: TrainingOptions,
  { aggregator, clip }: CrossValidationOptions,
): void {
  if (clip !== undefined && kind === 'classification') failOption('clip', 'unset for classification', clip);
  if (aggregator === undefined) return;
  const variances = memberOptions(training).every((own) => givesVariances(withPreset(own, kind).loss));
  const expected = aggregators.get(aggregator).misfit(kind, variances);
  if (expected !== null) failOption('aggregator', expected, aggregator);
}

function sourceOf(source: Table | Dataset, { load, time }: CrossValidationOptions): FoldSource {
  if ('columns' in source) {
    if (load === undefined) failOption('load', 'the options of the table, its target at least', undefined);
    if (time !== undefined && typeof time !== 'string') failOption('time', 'the name of a column', time);
    return tableSource(source, load, time);
  }
  requireDataset(source, 'source');
  if (load !== undefined) failOption('load', 'absent for a dataset', load);
  if (typeof time === 'string') failOption('time', 'a number for each row of the dataset', time);
  if (time !== undefined && time.length !== source.rows)
    failOption('time', `${source.rows} numbers, one for each row`, `${time.length}`);
  return datasetSource(source, time === undefined ? null : Float64Array.from(time));
}
