// The errors of the folder of a plan, in one form each: what it holds is wrong, or it cannot be used just now.

import { TuttiError } from '../errors.js';

/** `The plan PLAN holds no plan`. */
export function failPlan(folder: string, problem: string, cause?: unknown): never {
  throw new TuttiError('ERR_PLAN', `The plan ${folder} ${problem}`, { folder }, cause);
}

/** A folder that several hosts share may come back: what the system says of it now need not hold later. */
export function folderError(folder: string, what: 'read' | 'written', cause: unknown): TuttiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The folder ${folder} of the plan cannot be ${what}: ${reason}`;
  return new TuttiError('ERR_STORE', message, { folder }, cause);
}
