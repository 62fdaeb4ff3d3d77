// Measuring an ensemble on rows whose targets are known, or on those it was trained on: reports instead of plain
// measurements, and an error instead of nothing where no row is out of bag.

import type { MeasuredCoverage } from '../conformal/measured-coverage.js';
import type { Dataset, TaskKind } from '../data/dataset/dataset.js';
import { transformTable } from '../data/preprocessing/preprocessing.js';
import { failRows } from '../data/table/fail-rows.js';
import { type DataRecord, tableFromRecords } from '../data/table/record-table.js';
import type { Table } from '../data/table/table.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import type { ConformaliseOptions, MeasuredCoverageOptions } from '../ensemble/evaluate/conformalise.js';
import type { EvaluateOptions, OutOfBagOptions } from '../ensemble/evaluate/evaluate.js';
import type { OutOfBagPredictions } from '../ensemble/evaluate/predict-out-of-bag.js';
import type { CombineOptions } from '../ensemble/predict/predict.js';
import { failOption, TuttiError } from '../errors.js';
import {
  conformaliseEnsemble,
  evaluateEnsemble,
  evaluateOutOfBag,
  measureCoverage,
  predictOutOfBag,
} from './many-rows.js';
import { Report } from './report.js';

/** Rows whose targets are known: a dataset, or raw rows with the columns of the training file, target included. */
export type LabelledInputs = Dataset | Table | readonly DataRecord[];

export async function evaluateRows<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  rows: LabelledInputs,
  options?: EvaluateOptions,
): Promise<Report<Kind>> {
  return new Report(record.task, await evaluateEnsemble(record, datasetOf(record, rows), options), 'test');
}

export async function conformaliseRows<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  rows: LabelledInputs,
  options?: ConformaliseOptions,
): Promise<TrainedEnsemble<Kind>> {
  const { conformity } = await conformaliseEnsemble(record, datasetOf(record, rows), options);
  return { ...record, conformity };
}

export async function measureRowCoverage<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  rows: LabelledInputs,
  options: MeasuredCoverageOptions,
): Promise<MeasuredCoverage<Kind>>;
export async function measureRowCoverage(
  record: TrainedEnsemble,
  rows: LabelledInputs,
  options: MeasuredCoverageOptions,
): Promise<MeasuredCoverage> {
  return measureCoverage(record, datasetOf(record, rows), options);
}

export async function evaluateTrainingRows<Kind extends TaskKind>(
  record: TrainedEnsemble<Kind>,
  train: Dataset,
  options?: OutOfBagOptions,
): Promise<Report<Kind>> {
  const measurement = (await evaluateOutOfBag(record, train, options)) ?? failInBag(record);
  return new Report(record.task, measurement, 'out of bag');
}

export async function predictTrainingRows(
  record: TrainedEnsemble,
  train: Dataset,
  options?: CombineOptions,
): Promise<OutOfBagPredictions> {
  return (await predictOutOfBag(record, train, options)) ?? failInBag(record);
}

/** Rows in any form as a dataset. */
export function datasetOf({ preprocessing }: TrainedEnsemble, rows: LabelledInputs): Dataset {
  if (isDataset(rows)) return rows;
  if (!isRaw(rows)) failRows('rows', 'a dataset, a table or a list of records, with their targets', rows);
  if (preprocessing === null) failOption('rows', 'a dataset for an ensemble trained on arrays', 'raw rows');
  return transformTable(preprocessing, 'columns' in rows ? rows : tableFromRecords(rows));
}

/** Rows that a preprocessing has to make numbers of. */
export function isRaw(rows: LabelledInputs): rows is Table | readonly DataRecord[] {
  return Array.isArray(rows) || (typeof rows === 'object' && rows !== null && 'columns' in rows);
}

/** A dataset, or what looks more like one than like rows and is told what it lacks. */
export function isDataset(rows: LabelledInputs): rows is Dataset {
  return typeof rows === 'object' && rows !== null && ('encoding' in rows || 'train' in rows);
}

function failInBag({ members }: TrainedEnsemble): never {
  const message =
    'Expected rows that are out of bag for some member, got none: every member saw every row; train with ' +
    "`resample: 'bootstrap'` or 'subsample'";
  throw new TuttiError('ERR_DATA', message, { members: members.length });
}
