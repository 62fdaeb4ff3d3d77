// What a promise is rejected with, as one text.

import { TuttiError } from '../../../src/errors.js';

/** `CODE message` of the TuttiError that it is rejected with. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TuttiError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await messageOf(promise)).split(' ')[0]!;
}
