// Errors as they concern a user of the command line: an option is called by its flag where it was or would be typed,
// by its key where a config file set it. The API's own names stay in the errors' details.

import { TuttiError } from '../errors.js';
import { flagOf, type OptionRow } from './option-row.js';

/** Where a command's options came from, beside the command line. */
export interface OptionOrigins {
  /** Entered by a command that reads a config file: the options that it set and no flag overruled. */
  config: { readonly path: string; readonly names: ReadonlySet<string> } | null;
}

/** An error whose message names options as the user said them; anything that is no TuttiError as it is. */
export function inUsersWords(error: unknown, rows: readonly OptionRow[], { config }: OptionOrigins): unknown {
  if (!(error instanceof TuttiError)) return error;
  const option = rootOf(error.details.option);
  // What is wrong in the file alone was said of the file already.
  if (error.details.config !== undefined) return error;
  if (option !== null && config?.names.has(option)) {
    return reworded(error, `${config.path}: ${error.message}`, { config: config.path });
  }
  const flags = new Map(
    rows.flatMap((row) => [row.name, row.apiName ?? row.name].map((name) => [name, row])),
  );
  const message = error.message.replace(/`([a-zA-Z]\w*)(?:\[\d+\])?`/g, (quoted, name: string) => {
    const row = flags.get(name);
    // A column may be called like an option.
    const isColumn = name === error.details.column && name !== option;
    return row === undefined || isColumn ? quoted : `\`${flagOf(row.name)}\``;
  });
  return message === error.message ? error : reworded(error, message);
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
