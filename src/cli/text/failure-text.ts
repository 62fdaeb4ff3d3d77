// What a member failed with, as the command line says it.

import type { WireError } from '../../errors.js';
import { inFlags } from '../options/option-origins.js';
import { trainingRows } from '../options/training-flags.js';

/** The first line of what a member failed with, options by their flags; a learner's words are its own. */
export function failureText({ code, message }: WireError): string {
  const [first = ''] = message.split('\n');
  return code === 'ERR_LEARNER' ? first : inFlags(first, trainingRows());
}
