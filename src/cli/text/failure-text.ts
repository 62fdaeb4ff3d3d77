// What members failed with, as the command line says it.

import type { FailedMember } from '../../ensemble/ensemble.js';
import type { WireError } from '../../errors.js';
import { grouped, rangeText } from '../../report/words.js';
import { inFlags } from '../options/option-origins.js';
import { trainingRows } from '../options/training-flags.js';

/** The first line of what a member failed with, options by their flags; a learner's words are its own. */
export function failureText({ code, message }: WireError): string {
  const [first = ''] = message.split('\n');
  return code === 'ERR_LEARNER' ? first : inFlags(first, trainingRows());
}

/** Failures shown one by one; there may be thousands of the same kind. */
const MOST_FAILURES = 5;

/** Each failure, or where there are many the first of each code, with who failed likewise. */
export function failureTexts(
  failures: readonly FailedMember[],
): readonly { readonly index: number; readonly text: string }[] {
  if (failures.length <= MOST_FAILURES)
    return failures.map(({ index, error }) => ({ index, text: failureText(error) }));
  const byCode = new Map<string, [FailedMember, ...FailedMember[]]>();
  for (const failure of failures) {
    const same = byCode.get(failure.error.code);
    if (same === undefined) byCode.set(failure.error.code, [failure]);
    else same.push(failure);
  }
  return [...byCode.values()].map(([{ index, error }, ...others]) => {
    const places = rangeText(others.map((other) => other.index));
    const like = others.length === 0 ? '' : `; so did ${grouped(others.length)} more (${places})`;
    return { index, text: `${failureText(error)}${like}` };
  });
}
