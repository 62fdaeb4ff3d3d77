// The files of a run that is gone on with: where they are seen from here, which of them are still there, and which of
// them it may write over.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { MAGIC } from '../../../bundle/format.js';
import { queryOfWord, queryWord } from '../../../data/readers/query-source.js';
import { failOption, TuttiError } from '../../../errors.js';
import { openRegularFile } from '../../../files/regular-file.js';
import { quoted } from '../../../files/shell-word.js';

const STANDARD_INPUT = '-';

/** A path of the run's, or the word of a query, as it was written where that says the same from here, else whole. */
export function seenFrom(cwd: string, path: string): string {
  const query = queryOfWord(path);
  if (query !== null) {
    const { database } = query;
    return database === undefined ? path : queryWord({ ...query, database: seenFrom(cwd, database) });
  }
  const whole = resolve(cwd, path);
  return path === STANDARD_INPUT || whole === resolve(path) ? path : whole;
}

/**
 * A file that the run reads, where it is now.
 * @param option that names another place. @param given what it says.
 * @throws ERR_OPTION for what came from standard input, and for a query, which reads whatever it names: that of somebody
 * else's checkpoint is run only once it was seen. ERR_FILE when it is there no more.
 */
export function inputNow(folder: string, option: string, path: string, given: unknown): string {
  if (given !== undefined) return String(given);
  if (path === STANDARD_INPUT) {
    const expected = 'the rows again, as a file or - for standard input, from where the training read them';
    failOption(option, expected, undefined);
  }
  if (queryOfWord(path) !== null)
    failOption(option, `the query again, where it is one to run: ${quoted(path)}`, undefined);
  if (existsSync(path)) return path;
  const advice = `if it was moved, \`tutti resume ${quoted(folder)} --${option} FILE\` says where it is`;
  throw new TuttiError('ERR_FILE', `Cannot read ${path}: there is no such file any more; ${advice}`, {
    path,
  });
}

/**
 * Where the run is to be saved, if nobody says it now: a checkpoint of somebody else's must not have a file of the user's
 * written over.
 * @throws ERR_OPTION when what is there is no saved ensemble, ERR_FILE when it is no file.
 */
export async function requireOwnOutput(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const { file } = await openRegularFile(path, Number.POSITIVE_INFINITY);
  try {
    const start = Buffer.alloc(MAGIC.length);
    const { bytesRead } = await file.read(start);
    if (bytesRead === 0 || start.equals(MAGIC)) return;
    failOption('out', `given again, as ${path}, where the checkpoint saves, is no saved ensemble`, undefined);
  } finally {
    await file.close();
  }
}
