// The error of a checkpoint, in one form: the folder, then what is wrong with it.

import { TuttiError } from '../errors.js';

/** `ck is in use by process 12 on host`. */
export function checkpointError(folder: string, problem: string, cause?: unknown): TuttiError {
  return new TuttiError('ERR_CHECKPOINT', `The checkpoint ${folder} ${problem}`, { folder }, cause);
}

export function failCheckpoint(folder: string, problem: string, cause?: unknown): never {
  throw checkpointError(folder, problem, cause);
}

/** What cannot be written is told with the system's own words. */
export function cannotWrite(folder: string, cause: unknown): TuttiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return checkpointError(folder, `cannot be written: ${reason}`, cause);
}
