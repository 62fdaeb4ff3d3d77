// What is wrong with a file of columns, and where: decoders say what and nothing of the place, which those that call
// them know.

import { type ErrorDetails, TuttiError } from '../../errors.js';

/** A file that is not what its format says. Becomes ERR_DATA with its place before anyone outside sees it. */
export class Damaged extends Error {}

/** Where a decoder is: `row group 3`, `record batch 1`, and the column. */
export interface Place {
  readonly file: string;
  readonly part?: string;
  readonly column?: string;
}

/** The one line about a place in a file: `… (sales.parquet, row group 3, column \`price\`)`. */
export function placeError({ file, part, column }: Place, message: string, cause?: unknown): TuttiError {
  const parts = [file, part, column === undefined ? undefined : `column \`${column}\``];
  const place = parts.filter((one) => one !== undefined).join(', ');
  const details: ErrorDetails = { file, ...(column === undefined ? {} : { column }) };
  return new TuttiError('ERR_DATA', `${message} (${place})`, details, cause);
}

/**
 * Runs what decodes a place of a file.
 * @throws ERR_DATA with the place for what is {@link Damaged}, and for what ends beyond its bytes.
 */
export function decoding<Result>(place: Place, title: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    throw placeError(place, `Expected ${title} that is whole, got ${error.message}`, error);
  }
}

/** @throws Damaged unless it holds. */
export function whole(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Damaged(otherwise);
}

/** @throws ERR_DATA naming a column of a type that has no place in a table */
export function asColumn<Result>(file: string, column: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    const message = `Expected columns of numbers, texts, dates, true and false, got ${error.message}`;
    throw placeError({ file, column }, message);
  }
}
