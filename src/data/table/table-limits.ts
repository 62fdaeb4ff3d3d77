// How large a table may become while it is read. A file says nothing of that beforehand, V8 ends the process where its
// heap is full, and a list or a map that is too long is an error of no file; so readers count as they go.

import { type ErrorDetails, TuttiError } from '../../errors.js';
import { heapLimit } from '../../machine/heap-limit.js';
import type { TextColumn } from './column.js';

/** More columns than this are refused: each takes a kilobyte or two, whatever is in it. */
export const MOST_COLUMNS = 1_000_000;

/** Beyond this the shortest rows take more memory than a file may have bytes. */
export const MOST_ROWS = 2 ** 26;

/** What different texts may take of the heap; judging and fitting take as much again. */
const MOST_TEXT_BYTES = heapLimit() / 3;

/** Cells between two looks at the heap. */
const LOOK_EVERY = 2 ** 18;

/** The lines of a table's rows, as they are read, and what stops a table that grows too large. */
export class GrowingRows {
  readonly #source: string;
  readonly #columns: readonly TextColumn[];
  #lines = new Uint32Array(64);
  #length = 0;
  #cells = 0;

  constructor(source: string, columns: readonly TextColumn[]) {
    this.#source = source;
    this.#columns = columns;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Notes a row whose cells are in the columns. @param line of the file on which it starts; 0 where there is no file.
   * @throws ERR_DATA for a row too many, ERR_MEMORY for more different texts than the heap holds.
   */
  add(line: number): void {
    if (this.#length === MOST_ROWS) this.#fail('ERR_DATA', `at most ${MOST_ROWS} rows`, 'more', { line });
    if (this.#length === this.#lines.length) {
      const longer = new Uint32Array(2 * this.#length);
      longer.set(this.#lines);
      this.#lines = longer;
    }
    this.#lines[this.#length++] = line;
    this.#cells += this.#columns.length;
    if (this.#cells >= LOOK_EVERY) this.#look(line);
  }

  /** The line of each row. */
  lines(): Uint32Array {
    return this.#lines.slice(0, this.#length);
  }

  #look(line: number): void {
    this.#cells = 0;
    let bytes = 0;
    for (const column of this.#columns) bytes += column.textBytes;
    refuseTexts(this.#source, bytes, { line, row: this.#length });
  }

  #fail(code: 'ERR_DATA' | 'ERR_MEMORY', expected: string, got: string, details: ErrorDetails): never {
    const message = `Expected ${this.#source} to have ${expected}, got ${got}`;
    throw new TuttiError(code, message, { file: this.#source, ...details });
  }
}

/**
 * @param bytes what different texts take of the heap so far. @param place the last row, where that is known
 * @throws ERR_MEMORY for more than it holds.
 */
export function refuseTexts(
  source: string,
  bytes: number,
  place: ErrorDetails & { row?: number } = {},
): void {
  if (bytes <= MOST_TEXT_BYTES) return;
  const by = place.row === undefined ? '' : ` by row ${place.row}`;
  const most = `the different texts of its cells to take at most ${megabytes(MOST_TEXT_BYTES)}`;
  const got = `${megabytes(bytes)}${by} (NODE_OPTIONS=--max-old-space-size raises the limit)`;
  throw new TuttiError('ERR_MEMORY', `Expected ${source} to have ${most}, got ${got}`, {
    file: source,
    ...place,
  });
}

/** @throws ERR_DATA for more rows than a table may have, of a file that says how many it has. */
export function refuseRows(source: string, rows: number): void {
  if (rows <= MOST_ROWS) return;
  const message = `Expected ${source} to have at most ${MOST_ROWS} rows, got ${rows}`;
  throw new TuttiError('ERR_DATA', message, { file: source });
}

/** @throws ERR_DATA for more columns than a table may have. */
export function refuseColumns(source: string, columns: number, line: number | undefined): void {
  if (columns <= MOST_COLUMNS) return;
  const place = line === undefined ? source : `${source}, line ${line}`;
  const message = `Expected at most ${MOST_COLUMNS} columns, got more (${place})`;
  throw new TuttiError('ERR_DATA', message, { file: source, ...(line === undefined ? {} : { line }) });
}

/** What V8 says where a map, a set, a list, a text or a buffer becomes too long. */
const TOO_LONG = /maximum size exceeded|Invalid (?:array|string|typed array) length|Array buffer allocation/;

/**
 * Runs what makes something of a file.
 * @throws ERR_MEMORY in place of what V8 throws for more than it can hold.
 */
export function withinLimits<Result>(source: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw limitError(source, error);
  }
}

/** The same of what is awaited. */
export async function withinLimitsAwaited<Result>(
  source: string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw limitError(source, error);
  }
}

function limitError(source: string, error: unknown): unknown {
  if (!(error instanceof RangeError && TOO_LONG.test(error.message))) return error;
  const message = `Expected ${source} to fit in memory, got more than JavaScript can hold: ${error.message}`;
  return new TuttiError('ERR_MEMORY', message, { file: source }, error);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
