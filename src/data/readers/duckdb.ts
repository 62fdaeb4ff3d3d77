// What a query of DuckDB answers, as a table: of its tables, and of any files that it reads. The one module that imports
// DuckDB, which need not be installed. Nothing is written: a database is opened to be read, and only a SELECT is run.

import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { describe, TuttiError } from '../../errors.js';
import { betweenBlocks } from '../../long-calls.js';
import { refuseTextsOf, tableOfColumns } from '../columnar/columns-file.js';
import { type GrowingColumn, growingCells, growingTexts } from '../columnar/growing-column.js';
import { numberColumn } from '../columnar/numbers.js';
import { tableNames } from '../columnar/table-names.js';
import { decimalText, type PerSecond } from '../columnar/value-texts.js';
import {
  type CellType,
  type CellValues,
  DAYS,
  decimalType,
  instantType,
  MOST_EXACT_DIGITS,
  TRUTHS,
  timeType,
  WrittenColumn,
} from '../columnar/written-column.js';
import type { NumberCells, ValidBits } from '../table/number-column.js';
import type { Table } from '../table/table.js';
import { MOST_ROWS, refuseColumns } from '../table/table-limits.js';
import type { QuerySource } from './query-source.js';
import { fileError, type ReadCall } from './reader.js';

type Api = typeof import('@duckdb/node-api');

/** Not a literal where it is imported: a bundler would look for the libraries of all platforms, and find its user's only. */
const PACKAGE: string = '@duckdb/node-api';

const INTERRUPT_MS = 50;

/** What messages call the table. */
export const QUERY_NAME = 'the query';

/**
 * @throws ERR_ENGINE_MISSING without DuckDB; ERR_FILE for a database that cannot be opened; ERR_OPTION with what DuckDB
 * says of a query that it does not run; ERR_DATA for an answer without rows, or a column of values that have no place in
 * a table; the signal's reason once it is aborted
 */
export async function readQuery({ sql, database }: QuerySource, call: ReadCall): Promise<Table> {
  const api = await loadDuckDb();
  const instance = await openDatabase(api, database);
  const connection = await instance.connect();
  let next: NodeJS.Timeout | undefined;
  // Again and again: a query that only begins knows nothing of an interrupt before it.
  const interrupt = () => {
    connection.interrupt();
    next = setTimeout(interrupt, INTERRUPT_MS);
  };
  call.signal?.addEventListener('abort', interrupt);
  try {
    call.signal?.throwIfAborted();
    return await answerOf(api, connection, sql, call);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof TuttiError) throw error;
    const message = `Expected \`sql\` to be a query that DuckDB runs, got an error: ${oneLine(error)}`;
    throw new TuttiError('ERR_OPTION', message, { option: 'sql' }, error);
  } finally {
    call.signal?.removeEventListener('abort', interrupt);
    clearTimeout(next);
    connection.closeSync();
    instance.closeSync();
  }
}

async function loadDuckDb(): Promise<Api> {
  try {
    return await import(PACKAGE);
  } catch (error) {
    const message = `A query needs the package ${PACKAGE}: npm install ${PACKAGE} (${oneLine(error)})`;
    throw new TuttiError('ERR_ENGINE_MISSING', message, { package: PACKAGE }, error);
  }
}

async function openDatabase({ DuckDBInstance }: Api, database: string | undefined) {
  if (database === undefined) return DuckDBInstance.create();
  try {
    return await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' });
  } catch (error) {
    const message = `Expected ${database} to be a database of DuckDB, got an error: ${oneLine(error)}`;
    throw new TuttiError('ERR_FILE', message, { file: database }, error);
  }
}

/** What DuckDB says, without the lines in which it points at the query's text. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .split(/\n\s*(?:LINE \d+:|\n)/)[0]!
    .trim()
    .replace(/\s*\n\s*/g, ' ');
}

async function answerOf(api: Api, connection: DuckDBConnection, sql: string, call: ReadCall): Promise<Table> {
  if (sql.trim() === '') failQuery('one statement, got an empty text');
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) failQuery(`one statement, got ${statements.count}`);
  const statement = await statements.prepare(0);
  if (statement.statementType !== api.StatementType.SELECT) {
    failQuery(`a SELECT, got ${describe(api.StatementType[statement.statementType] ?? sql)}`);
  }
  const result = await statement.stream();
  refuseColumns(QUERY_NAME, result.columnCount, undefined);
  const { names, notes } = tableNames(QUERY_NAME, result.columnNames());
  const takers = names.map((name, at) => takerOf(api, name, result.columnType(at)));
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    rows += chunk.rowCount;
    if (rows > MOST_ROWS)
      throw fileError(QUERY_NAME, `Expected ${QUERY_NAME} to give at most ${MOST_ROWS} rows, got more`);
    takers.forEach((taker, at) => {
      taker.take(chunk, at);
    });
    refuseTextsOf(QUERY_NAME, takers, { row: rows });
    call.onProgress?.({ bytes: 0, totalBytes: null, rows });
    await betweenBlocks(call.signal);
  }
  if (rows === 0) throw fileError(QUERY_NAME, `Expected ${QUERY_NAME} to give rows, got none`);
  const columns = takers.map((taker) => taker.column());
  return tableOfColumns(QUERY_NAME, columns, rows, notes);
}

function failQuery(got: string): never {
  throw new TuttiError('ERR_OPTION', `Expected \`sql\` to be ${got}`, { option: 'sql' });
}

/** Takes a column's part of a chunk. */
interface Taker {
  readonly textBytes: number;
  take(chunk: DuckDBDataChunk, at: number): void;
  column: GrowingColumn<never>['column'];
}

function taking<Value>(column: GrowingColumn<Value>, of: (value: NonNullable<DuckDBValue>) => Value): Taker {
  return {
    get textBytes() {
      return column.textBytes;
    },
    take(chunk, at) {
      const vector = chunk.getColumnVector(at);
      for (let row = 0; row < chunk.rowCount; row++) {
        const value = vector.getItem(row);
        column.push(value === null || value === undefined ? null : of(value));
      }
    },
    column: () => column.column(),
  };
}

const PER_SECOND: Readonly<Record<string, PerSecond>> = {
  TIMESTAMP_S: 1,
  TIMESTAMP_MS: 1_000,
  TIMESTAMP: 1_000_000,
  TIMESTAMP_TZ: 1_000_000,
  TIMESTAMP_NS: 1_000_000_000,
  TIME: 1_000_000,
  TIME_NS: 1_000_000_000,
};

/** @throws ERR_DATA naming the column of values that have no place in a table */
function takerOf({ DuckDBTypeId }: Api, name: string, type: DuckDBType): Taker {
  const kind = DuckDBTypeId[type.typeId] ?? 'unknown';
  const numbers = (cells: NumberCells, valid: ValidBits | null) => numberColumn(name, cells, valid);
  const written = (of: CellType) => (cells: CellValues, valid: ValidBits | null) =>
    new WrittenColumn(name, cells, valid, of);
  const counts = (of: CellType) => growingCells(name, (rows) => new BigInt64Array(rows), written(of));
  /** The count that a value of time has under one of its names. */
  const countIn = (value: unknown): bigint => {
    const all = Object.values(value as object);
    return all.find((part): part is bigint => typeof part === 'bigint') ?? 0n;
  };
  const per = PER_SECOND[kind];
  switch (kind) {
    case 'DOUBLE':
      return taking(
        growingCells(name, (rows) => new Float64Array(rows), numbers),
        Number,
      );
    case 'FLOAT':
      return taking(
        growingCells(name, (rows) => new Float32Array(rows), numbers),
        Number,
      );
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'UTINYINT':
    case 'USMALLINT':
      return taking(
        growingCells(name, (rows) => new Int32Array(rows), numbers),
        Number,
      );
    case 'UINTEGER':
      return taking(
        growingCells(name, (rows) => new Float64Array(rows), numbers),
        Number,
      );
    case 'BIGINT':
      return taking(
        growingCells(name, (rows) => new BigInt64Array(rows), numbers),
        (value) => value as bigint,
      );
    case 'UBIGINT':
      return taking(
        growingCells(name, (rows) => new BigUint64Array(rows), numbers),
        (value) => value as bigint,
      );
    case 'DECIMAL': {
      const { scale, width } = type as DuckDBType & { readonly scale: number; readonly width: number };
      const unscaled = (value: unknown) => (value as { readonly value: bigint }).value;
      if (width <= MOST_EXACT_DIGITS) return taking(counts(decimalType(scale)), unscaled);
      return taking(growingTexts(name), (value) => decimalText(unscaled(value), scale));
    }
    case 'BOOLEAN':
      return taking(
        growingCells(name, (rows) => new Uint8Array(rows), written(TRUTHS)),
        (value) => (value === true ? 1 : 0),
      );
    case 'DATE': {
      const cells = growingCells(name, (rows) => new Int32Array(rows), written(DAYS));
      return taking(cells, (value) => (value as unknown as { readonly days: number }).days);
    }
    case 'TIME':
    case 'TIME_NS':
      return taking(counts(timeType(per!)), countIn);
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP':
    case 'TIMESTAMP_TZ':
    case 'TIMESTAMP_NS':
      return taking(counts(instantType(per!)), countIn);
    case 'HUGEINT':
    case 'UHUGEINT':
    case 'BIGNUM':
    case 'VARCHAR':
    case 'ENUM':
    case 'UUID':
    case 'SQLNULL':
      return taking(growingTexts(name), String);
    default: {
      const message = `Expected columns of numbers, texts, dates, true and false, got values of type ${kind} (${QUERY_NAME}, column \`${name}\`)`;
      throw fileError(QUERY_NAME, message, { column: name });
    }
  }
}
