// Errors and notes as they concern a user of the command line: an option is called by its flag where it was or would be
// typed, by its key where a config file set it. The API's own names stay in the errors' details.

import { TuttiError } from '../../errors.js';
import { flagOf, type OptionRow } from './option-row.js';

/** Where a command's options came from, beside the command line, and which names in messages are no options. */
export interface OptionOrigins {
  /** Entered by a command that reads a config file: the options that it set and no flag overruled. */
  config: { readonly path: string; readonly names: ReadonlySet<string> } | null;
  /** Entered where a table is read: the names of its columns, any of which may be called like an option. */
  columns: ReadonlySet<string>;
}

/**
 * An error whose message names options as the user said them; anything that is no TuttiError as it is.
 * @param rows the command's options. @param advised those of training, which it may name as what to do otherwise.
 */
export function inUsersWords(
  error: unknown,
  rows: readonly OptionRow[],
  advised: readonly OptionRow[],
  origins: OptionOrigins,
): unknown {
  if (!(error instanceof TuttiError)) return error;
  const { config } = origins;
  const { details } = error;
  const option = rootOf(details.option);
  // What is wrong in the file alone was said of the file already.
  if (details.config !== undefined) return error;
  if (option !== null && config?.names.has(option)) {
    return reworded(error, `${config.path}: ${error.message}`, { config: config.path });
  }
  const columns = new Set(origins.columns);
  if (typeof details.column === 'string') columns.add(details.column);
  if (option !== null) columns.delete(option);
  // What is wrong is no flag of another command, though it may be called like one.
  const named = [...rows, ...advised.filter(({ name }) => name !== option)];
  const message = inFlags(error.message, named, columns);
  return message === error.message ? error : reworded(error, message);
}

/** A text in which options stand in backticks by their API's names, with their flags in place of these. */
export function inFlags(
  text: string,
  rows: readonly OptionRow[],
  columns: ReadonlySet<string> = new Set(),
): string {
  return text.replace(/`([a-zA-Z]\w*)(?:\[\d+\])?`/g, (quoted, name: string) => {
    if (columns.has(name)) return quoted;
    const row = rows.find((own) => own.name === name || own.apiName === name);
    return row === undefined ? quoted : `\`${flagOf(row.name)}\``;
  });
}

/** `members[1].epochs` → `members`. */
function rootOf(option: unknown): string | null {
  return typeof option === 'string' ? option.replace(/[[.].*$/s, '') : null;
}

function reworded(error: TuttiError, message: string, details = {}): TuttiError {
  const own = new TuttiError(error.code, message, { ...error.details, ...details }, error.cause);
  if (error.stack !== undefined) own.stack = error.stack;
  return own;
}
