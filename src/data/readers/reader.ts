// What a reader is: one record in a file of its own, listed in readers.ts. It makes a table of a file's bytes.

import { TuttiError } from '../../errors.js';
import type { Table } from '../table/table.js';
import type { ReadOptions } from './read-options.js';

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

export function fileError(file: string, message: string, details = {}, cause?: unknown): TuttiError {
  return new TuttiError('ERR_DATA', message, { file, ...details }, cause);
}
