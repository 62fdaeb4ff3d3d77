// Rows that a program has at hand, such as a request's body or what a database answered, as a table: plain objects
// with a value for each column. From there on they are read as a file's cells are. Knows nothing of ensembles.

import { describe, TuttiError } from '../../errors.js';
import { checkOptions, type OptionTable, option, suggest } from '../../option-names.js';
import type { ColumnFormat } from '../columns/reading.js';
import type { FeatureColumn, Preprocessing } from '../dataset/preprocessing-types.js';
import { Column } from '../table/column.js';
import type { Table } from '../table/table.js';

/** A cell: null and undefined are missing, like the texts that are missing in a file; true and false are categories. */
export type RecordValue = string | number | bigint | boolean | null | undefined;

/** A row as an object: a value for each column, by its name. */
export interface DataRecord {
  readonly [column: string]: RecordValue;
}

export interface RecordsOptions {
  /** What messages call the rows. @default 'records' */
  readonly source?: string;
}

const RECORDS_OPTIONS = { source: option.text } satisfies OptionTable<RecordsOptions>;

/**
 * A table of records, for `loadTraining` and wherever a table is taken. Its columns are the keys of the first record;
 * every other record has the same, a missing value being null.
 * @throws ERR_OPTION when there are no records; ERR_DATA naming the record and the column of a key too many or too few,
 * and of a value that is none of {@link RecordValue}, or no finite number.
 */
export function tableFromRecords(records: readonly DataRecord[], options: RecordsOptions = {}): Table {
  checkOptions('tableFromRecords', options, RECORDS_OPTIONS);
  const { source = 'records' } = options;
  requireRecords(records, source);
  const names = Object.keys(records[0]!);
  return tableOf(records, source, names, [], () => null);
}

/**
 * The records that a fitted preprocessing can transform: of the columns of its training file, those with features must
 * be there, the others may be.
 * @throws ERR_OPTION, ERR_DATA as {@link tableFromRecords}.
 */
export function featureTable(preprocessing: Preprocessing, records: readonly DataRecord[]): Table {
  const source = 'records';
  requireRecords(records, source);
  const features = new Map(preprocessing.features.map((feature) => [feature.column, feature]));
  const format = (name: string) => formatOf(features.get(name)!);
  return tableOf(records, source, [...features.keys()], otherColumns(preprocessing), format);
}

function otherColumns({ target, weightColumn, groupColumn, leftOut = [] }: Preprocessing): string[] {
  const targets = target.kind === 'classification' ? [target.column] : target.columns;
  const single = [weightColumn, groupColumn].filter((name) => name !== null);
  return [...targets, ...single, ...leftOut.map(({ column }) => column)];
}

function formatOf(feature: FeatureColumn): ColumnFormat {
  return feature.kind === 'numeric' ? (feature.format ?? null) : null;
}

function requireRecords(records: unknown, source: string): asserts records is readonly DataRecord[] {
  if (Array.isArray(records) && records.length > 0) return;
  const got = Array.isArray(records) ? 'none' : shortly(records);
  const message = `Expected ${source} to be a list of at least one record, got ${got}`;
  throw new TuttiError('ERR_OPTION', message, { option: 'records' });
}

/** @param names the columns to take. @param others keys that may be there besides. */
function tableOf(
  records: readonly DataRecord[],
  source: string,
  names: readonly string[],
  others: readonly string[],
  formatFor: (name: string) => ColumnFormat,
): Table {
  const columns = names.map((name) => new Column(name));
  const formats = names.map(formatFor);
  const known = new Set([...names, ...others].map((name) => name.normalize()));
  for (const [row, record] of records.entries()) {
    requireKeys(record, row, source, known);
    for (const [c, name] of names.entries()) {
      const key = keyOf(record, name);
      if (key === undefined) fail(source, row, name, 'to be there, null if missing', 'no such key');
      columns[c]!.push(cellOf(record[key], formats[c]!, () => ({ source, row, name })));
    }
  }
  return { source, columns, rows: records.length, lines: new Uint32Array(0) };
}

/** The key of a column; names that only look alike, composed or not, are the same. */
function keyOf(record: DataRecord, name: string): string | undefined {
  if (Object.hasOwn(record, name)) return name;
  return Object.keys(record).find((key) => key.normalize() === name.normalize());
}

function requireKeys(record: unknown, row: number, source: string, known: ReadonlySet<string>): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    const message = `Expected row ${row + 1} of ${source} to be an object with a value for each column, got ${shortly(record)}`;
    throw new TuttiError('ERR_DATA', message, { file: source, row: row + 1 });
  }
  for (const key of Object.keys(record)) {
    if (known.has(key) || known.has(key.normalize())) continue;
    const got = `\`${key}\`${suggest(key, [...known])}`;
    const message = `Expected row ${row + 1} of ${source} to have no columns but those known, got ${got}`;
    throw new TuttiError('ERR_DATA', message, { file: source, row: row + 1, column: key });
  }
}

/** The cell's text as a file of that column would have it. */
function cellOf(
  value: unknown,
  format: ColumnFormat,
  place: () => { source: string; row: number; name: string },
): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return numberText(value, format);
  const { source, row, name } = place();
  const expected = typeof value === 'number' ? 'a finite number' : 'a number, a text, true, false or null';
  return fail(source, row, name, `to be ${expected}`, shortly(value));
}

/** A number is itself, however the training file wrote the numbers of its column. */
function numberText(value: number, format: ColumnFormat): string {
  if (format?.kind !== 'number') return String(value);
  const text = format.decimal === ',' ? String(value).replace('.', ',') : String(value);
  return format.unit === null ? text : `${text} ${format.unit}`;
}

function fail(source: string, row: number, column: string, expected: string, got: string): never {
  const place = `(${source}, row ${row + 1}, column \`${column}\`)`;
  const message = `Expected \`${column}\` ${expected}, got ${got} ${place}`;
  throw new TuttiError('ERR_DATA', message, { file: source, row: row + 1, column });
}

function shortly(value: unknown): string {
  if (typeof value !== 'object' || value === null) return describe(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a Date; write it as the training file does' : 'an object';
}
