// Out-of-fold predictions as a file: where each row came from, its truth, and what each member's place said of it, in the form
// that `tutti measure` reads.

import type { Table } from '../../data/table/table.js';
import { requireColumn } from '../../data/table/table.js';
import { failOption } from '../../errors.js';
import type { CsvRow } from '../../files/csv-text.js';
import type { CrossValidation, OutOfFold } from '../../studies/cross-validation/cross-validation.js';

/** The first columns, which are no predictions: `measure` knows them. */
export const FOLD_COLUMNS = ['row', 'repeat', 'fold'] as const;

/**
 * A header, then the rows of each repeat in the order of the file; cells of a member that failed in a row's fold are empty.
 * @param each every member's place, or the ensemble's own predictions.
 * @throws ERR_OPTION where a target is called like a column of this file's own.
 */
export function foldRows(
  { outOfFold, task, tableRows }: CrossValidation,
  table: Table,
  targets: readonly string[],
  each: boolean,
): Iterable<CsvRow> {
  const [first] = outOfFold;
  if (first === undefined) return [];
  const columns = targets.map((name) => requireColumn(table, 'target', name));
  const parts = task.kind === 'classification' ? task.classes : task.targets;
  const head = each ? memberHead(first, parts) : ensembleHead(task, parts);
  const names = [...FOLD_COLUMNS, ...targets, ...head];
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) failOption('target', `no column called ${FOLD_COLUMNS.join(', ')}`, twice);
  return rowsOf();

  function* rowsOf(): Generator<CsvRow> {
    yield names;
    for (const own of outOfFold) {
      const { known, folds, repeat } = own;
      for (let at = 0; at < known.rows; at++) {
        const row = tableRows![known.index[at]!]!;
        const cells = each ? memberCells(own, at) : ensembleCells(own, at);
        yield [row + 1, repeat + 1, folds[at]! + 1, ...columns.map((column) => column.text(row)), ...cells];
      }
    }
  }
}

function memberHead({ known }: OutOfFold, parts: readonly string[]): string[] {
  const single = known.task.kind === 'regression' && parts.length === 1;
  return known.members.flatMap((_, place) =>
    single ? [`member${place}`] : parts.map((part) => `member${place}_${part}`),
  );
}

function memberCells({ known }: OutOfFold, at: number): (string | number)[] {
  const { members, mask, rows, outputs } = known;
  return members.flatMap(({ mean }, place) => {
    const counts = mask === null || mask[place * rows + at] === 1;
    return Array.from({ length: outputs }, (_, output) => (counts ? mean[at * outputs + output]! : ''));
  });
}

function ensembleHead(task: CrossValidation['task'], parts: readonly string[]): string[] {
  if (task.kind === 'classification') return ['prediction', ...parts.map((part) => `probability_${part}`)];
  return parts.length === 1 ? ['prediction'] : parts.map((part) => `prediction_${part}`);
}

function ensembleCells({ known }: OutOfFold, at: number): (string | number)[] {
  const { combined, task, outputs } = known;
  const values = Array.from({ length: outputs }, (_, output) => combined.mean[at * outputs + output]!);
  return task.kind === 'classification' ? [task.classes[combined.labels![at]!]!, ...values] : values;
}
