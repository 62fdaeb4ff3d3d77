// Records as a fitted preprocessing transforms them: its feature columns, in the writing of its training file. Knows
// nothing of ensembles.

import type { ColumnFormat } from '../columns/reading.js';
import type { FeatureColumn, Preprocessing } from '../dataset/preprocessing-types.js';
import { type DataRecord, RecordTable, requireRecords, tableOf } from '../table/record-table.js';
import type { Table } from '../table/table.js';
import { transformFeatures } from './features.js';
import { quickRecords } from './quick-records.js';

/**
 * The records that a fitted preprocessing can transform: of the columns of its training file, those with features must
 * be there, the others may be.
 * @throws ERR_OPTION, ERR_DATA as `tableFromRecords`.
 */
export function featureTable(preprocessing: Preprocessing, records: readonly DataRecord[]): Table {
  const source = 'records';
  requireRecords(records, source);
  const formats = new Map(preprocessing.features.map((feature) => [feature.column, formatOf(feature)]));
  const columns = {
    names: [...formats.keys()],
    others: otherColumns(preprocessing),
    numberText: (column: string, value: number) => numberText(value, formats.get(column) ?? null),
  };
  return tableOf(records, new RecordTable(source, columns));
}

/**
 * The features of such records in the user's units, missing values filled: f64[rows, width], row-major.
 * @throws as {@link featureTable} and `transformFeatures`.
 */
export function transformRecords(preprocessing: Preprocessing, records: readonly DataRecord[]): Float64Array {
  if (Array.isArray(records) && records.length > 0) {
    const quick = quickRecords(preprocessing, otherColumns(preprocessing))(records);
    if (quick !== null) return quick;
  }
  return transformFeatures(preprocessing, featureTable(preprocessing, records));
}

function otherColumns({
  target,
  weightColumn,
  groupColumn,
  timeColumn,
  leftOut = [],
}: Preprocessing): string[] {
  const targets = target.kind === 'classification' ? [target.column] : target.columns;
  const single = [weightColumn, groupColumn, timeColumn ?? null].filter((name) => name !== null);
  return [...targets, ...single, ...leftOut.map(({ column }) => column)];
}

function formatOf(feature: FeatureColumn): ColumnFormat {
  return feature.kind === 'numeric' ? (feature.format ?? null) : null;
}

/** A number is itself, however the training file wrote the numbers of its column. */
function numberText(value: number, format: ColumnFormat): string {
  if (format?.kind !== 'number') return String(value);
  const text = format.decimal === ',' ? String(value).replace('.', ',') : String(value);
  return format.unit === null ? text : `${text} ${format.unit}`;
}
