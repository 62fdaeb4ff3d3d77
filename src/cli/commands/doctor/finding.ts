// What a check of this machine comes to.

import { TuttiError } from '../../../errors.js';

export interface Finding {
  /** What was looked at. */
  readonly name: string;
  /** `limited` is worth knowing and stops nothing. */
  readonly state: 'fine' | 'limited' | 'wrong';
  /** What is there, in a few words. */
  readonly found: string;
  /** What to do about it; null where all is fine. */
  readonly remedy: string | null;
}

export function fine(name: string, found: string): Finding {
  return { name, state: 'fine', found, remedy: null };
}

export function limited(name: string, found: string, remedy: string): Finding {
  return { name, state: 'limited', found, remedy };
}

export function wrong(name: string, found: string, remedy: string): Finding {
  return { name, state: 'wrong', found, remedy };
}

/** What a check finds, or what it threw with what to do then. */
export async function attempt(
  name: string,
  remedy: string,
  check: () => Finding | Promise<Finding>,
): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    const { message } = error as Error;
    const code = error instanceof TuttiError ? `${error.code}: ` : '';
    return wrong(name, `${code}${message.split('\n')[0]}`, remedy);
  }
}
