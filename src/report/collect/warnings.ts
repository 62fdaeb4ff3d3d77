// What somebody who reads the first lines only should know: members that are missing, few rows, figures that do not agree,
// averaging that bought nothing.

import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { memberAccount } from '../../ensemble/member-account.js';
import type { HonestTest } from '../../measure/honest-test.js';
import { accountLines } from '../account-text.js';
import type { FeaturesData, SetData } from '../page/page-data.js';
import type { PageNote } from '../page/parts.js';
import { counted, figure } from '../words.js';

/** Fewer rows than these leave every score an interval of several points. */
const FEW_ROWS = 200;

export function warningsOf(
  ensemble: TrainedEnsemble,
  sets: readonly SetData[],
  honest: HonestTest | null,
  { drift }: FeaturesData,
): PageNote[] {
  const notes: PageNote[] = accountLines(memberAccount(ensemble)).map((text) => ({
    kind: 'warn',
    text: `${text}.`,
  }));
  const add = (kind: PageNote['kind'], text: string) => notes.push({ kind, text });
  for (const set of sets) {
    if (set.rows < FEW_ROWS)
      add(
        'warn',
        `Few rows: ${counted(set.rows, 'row')} (${set.name}) leave wide intervals about every figure.`,
      );
    if (set.classes !== null) {
      const missing = set.classes.perClass.filter(({ rows }) => rows === 0).map(({ name }) => name);
      if (missing.length > 0)
        add(
          'warn',
          `No row (${set.name}) is of ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' …' : ''}: their figures are missing.`,
        );
    }
  }
  if (sets.every(({ rowsFrom }) => rowsFrom === 'outOfBag')) {
    add(
      'plain',
      'All figures are out of bag: each row is judged by the members that never saw it, fewer than all, so the whole ensemble should do a little better on new rows.',
    );
  }
  const outOfBag = sets.find(({ rowsFrom }) => rowsFrom === 'outOfBag')?.measurement.errorCorrelation
    .outOfBag;
  if (outOfBag !== undefined && outOfBag !== null && outOfBag.coverage < 0.9) {
    add(
      'warn',
      `Only ${(100 * outOfBag.coverage).toFixed(0)} % of the training rows are out of bag for some member; the others are judged nowhere.`,
    );
  }
  if (honest?.consistent === false) {
    add(
      'bad',
      `The test rows do not agree with what out-of-bag errors foretell (p = ${figure(honest.pValue, 2)}): the test rows may come from elsewhere, or rows of one may be in the other.`,
    );
  }
  const moved = drift.filter(({ distance, expected }) => distance > expected);
  if (moved.length > 0) {
    const most = moved.slice(0, 3).map(({ name }) => name);
    add(
      'warn',
      `${counted(moved.length, 'column')} of the test rows ${moved.length === 1 ? 'is' : 'are'} not spread as in training: ${most.join(', ')}${moved.length > 3 ? ' …' : ''}.`,
    );
  }
  return notes;
}
