// Predictions as they are sent: JSON in the form in which the rows came, or CSV as `tutti predict` writes it.

import { named, rowsOf } from '../api/predicted-rows.js';
import { uncertaintyAtRow } from '../api/uncertain-records.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import {
  ensembleColumns,
  memberColumns,
  type PredictionColumn,
  uncertaintyColumns,
} from '../ensemble/predict/prediction-columns.js';
import { type CsvRow, csvPieces } from '../files/csv-text.js';
import type { Uncertainty } from '../predictions/aggregate/uncertainty.js';
import type { Predictions } from '../predictions/predictions.js';
import type { AskedRows } from './asked-rows.js';
import type { AnsweredRows } from './row-queue.js';

/** The objects that `ensemble.predict` answers records with, and what was wished beside. */
export function jsonOf(ensemble: TrainedEnsemble, answered: AnsweredRows, form: AskedRows['form']): string {
  const { predictions, members, uncertainty } = answered;
  const own = rowsOf(ensemble.task, predictions);
  const rows =
    members === null && uncertainty === null
      ? own
      : own.map((prediction, row) => ({
          ...prediction,
          ...(uncertainty === null ? {} : { uncertainty: uncertaintyAt(ensemble, uncertainty, row) }),
          ...(members === null ? {} : { members: members.map(memberAt(ensemble, row)) }),
        }));
  if (form === 'one') return JSON.stringify(rows[0]);
  return JSON.stringify(form === 'named' ? { predictions: rows } : rows);
}

export function csvOf(ensemble: TrainedEnsemble, answered: AnsweredRows): string {
  const { predictions, members, uncertainty } = answered;
  const columns = [
    ...ensembleColumns(ensemble, predictions),
    ...(uncertainty === null ? [] : uncertaintyColumns(ensemble, uncertainty)),
    ...(members === null ? [] : memberColumns(ensemble, members)),
  ];
  return [...csvPieces(csvRows(columns, predictions.rows))].join('');
}

function* csvRows(columns: readonly PredictionColumn[], rows: number): Generator<CsvRow> {
  yield columns.map(({ name }) => name);
  for (let row = 0; row < rows; row++) yield columns.map(({ at }) => at(row));
}

function uncertaintyAt({ task }: TrainedEnsemble, uncertainty: Uncertainty, row: number) {
  const { total, aleatoric, epistemic } = uncertainty;
  const of = (values: Float64Array | null) => values && uncertaintyAtRow(task, values, row);
  return { total: of(total), aleatoric: of(aleatoric), epistemic: of(epistemic) };
}

/** What a member itself says of a row; `member` is its place in the plan. */
function memberAt({ task, members }: TrainedEnsemble, row: number) {
  return ({ mean, variance }: Predictions, at: number) => {
    const member = members[at]!.index;
    if (task.kind === 'classification') return { member, probabilities: named(task.classes, mean, row) };
    const deviation = variance === null ? null : named(task.targets, variance, row, Math.sqrt);
    return { member, values: named(task.targets, mean, row), deviation };
  };
}
