// How files are read: options of every reader. Apart from what a reader is, whose declarations know of Node.js's own types
// that the public ones do without.

import { described, type OptionTable, option } from '../../option-names.js';

/** How files are read. An option that is given for a file whose reader has no use of it is refused. */
export interface ReadOptions {
  /**
   * Of CSV files: one character other than a quote or a line end, or its name: comma, semicolon, tab, space, pipe; '\\t'
   * (two characters, as shells pass it) is a tab.
   * @default a comma, or a tab by the name's end; where the first rows disagree with that and all agree on another, that one
   */
  readonly delimiter?: string | undefined;
  /**
   * How the file's letters are written: utf-8, latin1, windows-1252, utf-16le or utf-16be. A byte-order mark says so
   * by itself. @default utf-8
   */
  readonly encoding?: string | undefined;
}

/** How far the reading of a file is. */
export interface ReadProgress {
  /** Bytes of the file that are read, packed ones where it is packed. */
  readonly bytes: number;
  /** Of how many; null where nobody can know, as of a pipe. */
  readonly totalBytes: number | null;
  /** Rows that are read. */
  readonly rows: number;
}

/** What the options must be; see src/option-names.ts. */
export const READ_OPTIONS = {
  delimiter: described(option.text, {
    kind: 'text',
    says: 'what separates the cells of a CSV file',
    range: 'one character, or comma, tab, space, semicolon, pipe',
    defaultSays: 'told by the first rows',
  }),
  encoding: described(option.text, {
    kind: 'text',
    says: "how the file's letters are written",
    range: 'utf-8, latin1, windows-1252, utf-16le, utf-16be',
    defaultSays: 'utf-8, or what a byte-order mark says',
  }),
} satisfies OptionTable<ReadOptions>;
