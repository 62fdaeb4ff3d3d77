// What a reader is: one record in a file of its own, listed in readers.ts. It makes a table of a file's bytes.

import { TuttiError } from '../../errors.js';
import type { Table } from '../table/table.js';
import type { ByteSource } from './byte-source.js';
import type { ReadOptions, ReadProgress } from './read-options.js';

interface ReaderFacts {
  readonly name: string;
  /** What messages call such a file: `a CSV file`. */
  readonly title: string;
  /** Ends of file names, in small letters and with the dot. */
  readonly extensions: readonly string[];
  /** The options of reading that it takes. */
  readonly options: readonly (keyof ReadOptions)[];
  /** Whether a file that begins so may be one, where its name does not say. */
  sniff(start: Buffer): boolean;
}

/** Text, which is read from its beginning to its end piece by piece, also where nothing can wait (`readCsv`). */
export interface FlowingReader extends ReaderFacts {
  /**
   * @param source what messages call the file
   * @throws ERR_OPTION for an option that cannot be
   */
  open(source: string, options: ReadOptions): TableDecoder;
}

/** Makes a table of pieces of a file. Each throws ERR_DATA naming the file, and the row and column of what cannot be read. */
export interface TableDecoder {
  /** Rows that are there so far. */
  readonly rows: number;
  /** Takes the next piece, which is valid for the call alone. */
  push(piece: Buffer): void;
  end(): Table;
}

/** Formats that are read in any order, such as those with a directory at their end. */
export interface SeekingReader extends ReaderFacts {
  /** @throws ERR_DATA naming the file, and the row and column of what cannot be read */
  read(source: ByteSource, options: ReadOptions, call: ReadCall): Promise<Table>;
  /** Where it reads folders too: whether one of these names is one of its, and its table. */
  readonly folder?: FolderReading;
}

/** How a reader reads a folder of files as one table. */
export interface FolderReading {
  /** @param names of what is in the folder, sorted by their characters. */
  sniff(names: readonly string[]): boolean;
  /** @throws ERR_DATA naming the file in it that is no such */
  read(path: string, options: ReadOptions, call: ReadCall): Promise<Table>;
}

export type Reader = FlowingReader | SeekingReader;

/** What whoever waits for a table gives along. */
export interface ReadCall {
  /** Ends the reading between two blocks of its work, which gives the event loop its turn there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

export function isFlowing(reader: Reader): reader is FlowingReader {
  return 'open' in reader;
}

export function fileError(file: string, message: string, details = {}, cause?: unknown): TuttiError {
  return new TuttiError('ERR_DATA', message, { file, ...details }, cause);
}
