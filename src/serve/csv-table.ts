// A body of CSV as a table. Whatever it begins with it is read as CSV, since its sender says so.

import { csv } from '../data/readers/csv.js';
import { readBytes } from '../data/readers/read-table.js';
import type { Table } from '../data/table/table.js';
import { TuttiError } from '../errors.js';
import { placeOf, Refusal } from './refusal.js';

/** What messages call it. */
const NAME = 'the body';

/** @throws Refusal 400 for what is no table, 415 for an encoding that is not known. */
export async function tableOfCsv(body: Uint8Array, encoding: string | undefined): Promise<Table> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return readBytes(bytes, NAME, encoding === undefined ? {} : { encoding }, csv);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    if (error.code === 'ERR_OPTION') throw new Refusal(415, error.message);
    if (error.code !== 'ERR_DATA') throw error;
    // What is an option of files its sender states in the type of the body.
    throw new Refusal(400, error.message.replace('`encoding`', '`text/csv; charset=…`'), {
      code: error.code,
      details: placeOf(error.details),
    });
  }
}
