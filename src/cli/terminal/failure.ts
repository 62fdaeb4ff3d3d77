// How a command fails: one line a user can act on, and the exit status that belongs to it.

import { isFailedAllocation, TuttiError } from '../../errors.js';
import { withoutCredentials } from '../../plain-text.js';
import { note, noteText, paletteOf } from './terminal.js';

/** Prints an error as one line (with its stack when TUTTI_DEBUG=1) and returns the exit status. */
export function reportFailure(thrown: unknown): number {
  const error = isFailedAllocation(thrown) ? outOfMemory(thrown) : thrown;
  note(`${paletteOf(process.stderr).red('tutti:')} ${messageOf(error)}`);
  if (process.env.TUTTI_DEBUG === '1') noteText(withoutCredentials(inspectable(error)));
  return statusOf(error);
}

function outOfMemory(error: Error): TuttiError {
  const message = `The system has no more memory (${error.message}); others may have taken what there was`;
  return new TuttiError('ERR_MEMORY', message, {}, error);
}

function statusOf(error: unknown): number {
  if (!(error instanceof TuttiError)) return 1;
  // The signal that was heard has set its own.
  return error.code === 'ERR_CANCELLED' ? Number(process.exitCode ?? error.exitStatus) : error.exitStatus;
}

/** The message of any thrown value on one line, with the code that docs/reference/error-codes.md explains. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const text = withoutCredentials(message)
    .split(/\s*\n\s*/)
    .join(' ');
  if (error instanceof TuttiError && error.code !== 'ERR_INTERNAL') return `${text} (${error.code})`;
  return `${text} (unexpected; TUTTI_DEBUG=1 shows where)`;
}

function inspectable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${inspectable(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
