// Reading CSV files into tables: header row, quotes, CRLF, a delimiter that is stated or guessed, a stated encoding. They are
// taken in blocks of whole records, so that a file takes its table's memory and little more.

import { failOption } from '../../errors.js';
import type { Table } from '../table/table.js';
import { Blocks } from './blocks.js';
import { LINE_FEED, MOST_RECORD_BYTES, parseRecords, recordError } from './csv-parser.js';
import { takeRows } from './csv-rows.js';
import { CsvTable } from './csv-table.js';
import { GUESS_BYTES, guessDelimiter } from './guess-delimiter.js';
import type { ReadOptions } from './read-options.js';
import type { FlowingReader, TableDecoder } from './reader.js';
import { ReadingMemory } from './reading-memory.js';
import { encodingOf, Utf8Pieces } from './text-encoding.js';

const DELIMITERS: Readonly<Record<string, string>> = {
  ...{ comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', space: ' ', pipe: '|' },
};

/**
 * Blanks around cells are dropped. Blank lines are skipped; in a file of one column they are rows with a missing cell,
 * but for those at the end. What is to be said about columns without names is in the table's notes.
 */
export const csv = {
  name: 'csv',
  title: 'a CSV file',
  extensions: ['.csv', '.tsv', '.tab'],
  options: ['delimiter', 'encoding'],
  // What no other reader knows is taken for CSV.
  sniff: () => false,
  open: (source, options) => new CsvDecoder(source, options),
} as const satisfies FlowingReader;

/** The character that a stated delimiter names, such as a tab for `tab`. @throws ERR_OPTION */
function delimiterOf(given: string): string {
  const delimiter = DELIMITERS[given] ?? given;
  if ([...delimiter].length === 1 && !/["\r\n]/.test(delimiter)) return delimiter;
  const names = 'comma, semicolon, tab, space, pipe';
  return failOption('delimiter', `one character that is no quote and no line end, or ${names}`, given);
}

/** Delimiters by which rows are not taken by their bytes: they are more than one, or stand in numbers. */
const OF_NUMBERS = /[^\0-\x7f]|[\d.-]/;

/** A CSV file as it comes. */
export class CsvDecoder implements TableDecoder {
  readonly #source: string;
  readonly #text: Utf8Pieces;
  readonly #memory: ReadingMemory;
  readonly #blocks = new Blocks();
  /** Null until enough is there to guess its delimiter by. */
  #table: CsvTable | null = null;
  #remarks: readonly string[] = [];
  /** On which the next record starts. */
  #line = 1;
  readonly #byBytes: boolean;

  /** @param byBytes false has csv-parse read everything: the same table, in more time */
  constructor(source: string, { delimiter, encoding }: ReadOptions, byBytes = true) {
    this.#source = source;
    this.#byBytes = byBytes;
    const stated = encoding === undefined ? null : encodingOf(encoding);
    this.#text = new Utf8Pieces(source, stated, () => ({ line: this.#line, text: this.#blocks.rest() }));
    this.#memory = new ReadingMemory(source);
    if (delimiter !== undefined) this.#table = new CsvTable(source, delimiterOf(delimiter));
  }

  get rows(): number {
    return this.#table?.rows ?? 0;
  }

  push(piece: Buffer): void {
    this.#take(this.#text.push(piece), false);
  }

  end(): Table {
    this.#take(this.#text.end(), true);
    const table = this.#table!.table();
    return this.#remarks.length === 0 ? table : { ...table, remarks: this.#remarks };
  }

  #take(text: Buffer, last: boolean): void {
    const block = last ? this.#blocks.last(text) : this.#blocks.next(text);
    if (block === null) return;
    if (this.#table === null) {
      if (!last && block.length < GUESS_BYTES) {
        this.#blocks.keep(block, 0);
        return;
      }
      const { delimiter, remark } = guessDelimiter(this.#source, block, last);
      this.#table = new CsvTable(this.#source, delimiter);
      if (remark !== null) this.#remarks = [remark];
      text = block;
    }
    const table = this.#table;
    this.#memory.require(
      table.rows * (table.columns?.length ?? 0),
      text,
      Buffer.from(table.delimiter),
      Buffer.of(LINE_FEED),
    );
    const byBytes = this.#byBytes && !OF_NUMBERS.test(table.delimiter);
    const { at, line } = (byBytes ? takeRows : parseRecords)(block, table, this.#line, last);
    this.#line = line;
    if (last) return;
    if (block.length - at > MOST_RECORD_BYTES) throw recordError(this.#source, 'CSV_MAX_RECORD_SIZE', line);
    this.#blocks.keep(block, at);
  }
}
