// What a reader is: one record in a file of its own, listed in readers.ts. It makes a table of a file's bytes.

import { TuttiError } from '../../errors.js';
import { described, type OptionTable, option } from '../../option-names.js';
import type { Table } from '../table/table.js';

export interface Reader {
  readonly name: string;
  /** What messages call such a file: `a CSV file`. */
  readonly title: string;
  /** Ends of file names, in small letters and with the dot. */
  readonly extensions: readonly string[];
  /** The options of reading that it takes. */
  readonly options: readonly (keyof ReadOptions)[];
  /** Whether a file that begins so may be one, where its name does not say. */
  sniff(start: Buffer): boolean;
  /**
   * @param source what messages call the file
   * @throws ERR_DATA naming the file, and the row and column of a cell that cannot be read
   */
  read(bytes: Buffer, source: string, options: ReadOptions): Table;
}

/** How files are read. An option that is given for a file whose reader has no use of it is refused. */
export interface ReadOptions {
  /**
   * Of CSV files: one character other than a quote or a line end, or its name: comma, semicolon, tab, space, pipe; '\\t'
   * (two characters, as shells pass it) is a tab. @default ','
   */
  readonly delimiter?: string | undefined;
  /**
   * How the file's letters are written: utf-8, latin1, windows-1252, utf-16le or utf-16be. A byte-order mark says so
   * by itself. @default utf-8
   */
  readonly encoding?: string | undefined;
}

/** What the options must be; see src/option-names.ts. */
export const READ_OPTIONS = {
  delimiter: described(option.text, {
    kind: 'text',
    says: 'what separates the cells of a CSV file',
    range: 'one character, or comma, tab, space, semicolon, pipe',
    defaultSays: 'comma',
  }),
  encoding: described(option.text, {
    kind: 'text',
    says: "how the file's letters are written",
    range: 'utf-8, latin1, windows-1252, utf-16le, utf-16be',
    defaultSays: 'utf-8, or what a byte-order mark says',
  }),
} satisfies OptionTable<ReadOptions>;

export function fileError(file: string, message: string, details = {}, cause?: unknown): TuttiError {
  return new TuttiError('ERR_DATA', message, { file, ...details }, cause);
}
