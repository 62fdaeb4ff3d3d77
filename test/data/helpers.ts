// Shared by the tests of src/data: CSV texts as files, rows as numbers, the message of an error.

import { join } from 'node:path';
import type { Test } from 'tap';
import { type CsvOptions, readCsv } from '../../src/data/readers/read-csv.js';
import type { Table } from '../../src/data/table/table.js';
import { TuttiError } from '../../src/errors.js';

/** Writes a CSV file into the test's own directory and gives its path. */
export function fileOf(t: Test, content: string | Buffer, name = 'data.csv'): string {
  return join(t.testdir({ [name]: content }), name);
}

export function tableOf(t: Test, content: string | Buffer, options: CsvOptions = {}): Table {
  return readCsv(fileOf(t, content), options);
}

/** All cells as text, by row. */
export function cellsOf(table: Table): string[][] {
  return Array.from({ length: table.rows }, (_, row) => table.columns.map((column) => column.text(row)));
}

export function allRows(table: { readonly rows: number }): Uint32Array {
  return Uint32Array.from({ length: table.rows }, (_, row) => row);
}

/** `CODE message` of the TuttiError that `run` throws, with the directory of files left out. */
export function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    return `${error.code} ${error.message.replaceAll(/\/[^\s,`']*\//g, '')}`;
  }
  return 'nothing was thrown';
}
