// From the body of a request to the rows that it asks about, as numbers that the ensemble's members understand.

import { transformFeatures } from '../data/preprocessing/preprocessing.js';
import { transformRecords } from '../data/preprocessing/records.js';
import { repeatedKey, withExactIntegers } from '../data/readers/json-text.js';
import type { DataRecord } from '../data/table/record-table.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { describe } from '../errors.js';
import { tableOfCsv } from './csv-table.js';
import { scanJson } from './json-scan.js';
import { Refusal } from './refusal.js';

/** Rows to predict. */
export interface AskedRows {
  /** [rows, features] in the user's units. */
  readonly x: Float64Array;
  readonly rows: number;
  /** How they came, and so how they are answered: one alone, a list, or an object that holds the list. */
  readonly form: 'one' | 'list' | 'named';
}

/** A list of records in an object is three deep; what is deeper cannot be rows. */
const MOST_DEPTH = 8;

/** Columns of a CSV body beside those that the ensemble knows, which are not looked at. */
const MOST_OTHER_COLUMNS = 256;

const NAMED = 'records';

/**
 * The rows of a body of JSON: a record, a list of them, or `{"records": […]}`; of an ensemble that knows no columns, lists
 * of numbers in the place of records.
 * @throws Refusal 400 for what is no JSON, 413 for too many rows, 422 for what are no rows; ERR_DATA for a value that does
 * not fit its column.
 */
export function rowsOfJson(ensemble: TrainedEnsemble, body: Uint8Array, maxRows: number): AskedRows {
  const { list, form } = listIn(parsed(body));
  if (list.length === 0) throw new Refusal(422, 'Expected at least one row, got none');
  refuseRows(list.length, maxRows);
  return { x: numbersOf(ensemble, list), rows: list.length, form };
}

/** The rows of a body of CSV with a header. @throws as {@link rowsOfJson}. */
export async function rowsOfCsv(
  ensemble: TrainedEnsemble,
  body: Uint8Array,
  maxRows: number,
  encoding: string | undefined,
): Promise<AskedRows> {
  const { preprocessing } = ensemble;
  if (preprocessing === null) {
    const message = 'Expected lists of numbers as JSON, since the ensemble was trained on arrays; got CSV';
    throw new Refusal(415, message);
  }
  const table = await tableOfCsv(body, encoding);
  refuseRows(table.rows, maxRows);
  const most = preprocessing.features.length + MOST_OTHER_COLUMNS;
  if (table.columns.length > most) {
    throw new Refusal(422, `Expected at most ${most} columns, got ${table.columns.length}`);
  }
  const x = transformFeatures(preprocessing, table);
  return { x: x instanceof Float64Array ? x : Float64Array.from(x), rows: table.rows, form: 'list' };
}

function refuseRows(rows: number, maxRows: number): void {
  if (rows > maxRows) throw new Refusal(413, `Expected at most ${maxRows} rows in a request, got ${rows}`);
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** The value of a JSON text. @throws Refusal for what is none, and for a key that is there twice. */
function parsed(body: Uint8Array): unknown {
  const { depth, keys } = scanJson(body, MOST_DEPTH);
  if (depth > MOST_DEPTH) throw new Refusal(400, `Expected rows, got JSON of more than ${MOST_DEPTH} levels`);
  let text: string;
  try {
    text = DECODER.decode(body);
  } catch {
    throw new Refusal(400, 'Expected JSON in UTF-8, got bytes that are none');
  }
  const value = parse(text);
  const count = new Count();
  count.add(value);
  if (count.keys !== keys) {
    const key = repeatedKey(text) ?? 'one';
    throw new Refusal(
      400,
      `Expected every key of a record once, got ${keys - count.keys} more, such as ${key}`,
    );
  }
  return count.exact ? value : parse(withExactIntegers(text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const got = text.trim() === '' ? 'an empty body' : error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `Expected well-formed JSON, got ${got}`);
  }
}

/** How many keys a value of a few levels has, and whether its whole numbers are those that their digits say. */
class Count {
  keys = 0;
  exact = true;

  add(value: unknown): void {
    if (typeof value === 'number') {
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) this.exact = false;
    } else if (Array.isArray(value)) {
      for (const part of value) this.add(part);
    } else if (typeof value === 'object' && value !== null) {
      for (const key in value) {
        this.keys++;
        this.add((value as Readonly<Record<string, unknown>>)[key]);
      }
    }
  }
}

function listIn(value: unknown): { readonly list: readonly unknown[]; readonly form: AskedRows['form'] } {
  if (Array.isArray(value)) {
    // A row of numbers alone, of an ensemble that knows no columns.
    const isRow = value.length > 0 && value.every((part) => typeof part === 'number');
    return isRow ? { list: [value], form: 'one' } : { list: value, form: 'list' };
  }
  if (typeof value !== 'object' || value === null) {
    throw new Refusal(
      422,
      `Expected a record, a list of records or {"records": […]}, got ${describe(value)}`,
    );
  }
  const keys = Object.keys(value);
  const named = (value as Readonly<Record<string, unknown>>)[NAMED];
  if (keys.length === 1 && keys[0] === NAMED && Array.isArray(named)) return { list: named, form: 'named' };
  return { list: [value], form: 'one' };
}

function numbersOf(ensemble: TrainedEnsemble, list: readonly unknown[]): Float64Array {
  const { preprocessing, features } = ensemble;
  if (preprocessing !== null) {
    // What is no record is refused by its place there.
    return transformRecords(preprocessing, list as readonly DataRecord[]);
  }
  const x = new Float64Array(list.length * features);
  for (const [at, row] of list.entries()) {
    if (!Array.isArray(row) || row.length !== features) {
      const got = Array.isArray(row) ? `${row.length} values` : describe(row);
      const message = `Expected row ${at + 1} to be a list of ${features} numbers, got ${got}`;
      throw new Refusal(422, message, { code: 'ERR_SHAPE', details: { row: at + 1 } });
    }
    for (const [column, value] of row.entries()) {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        const message = `Expected number ${column + 1} of row ${at + 1} to be finite, got ${describe(value)}`;
        throw new Refusal(422, message, { code: 'ERR_DATA', details: { row: at + 1 } });
      }
      x[at * features + column] = value;
    }
  }
  return x;
}
