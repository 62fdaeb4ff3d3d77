// Conformity in a saved ensemble: one more binary value behind the members, since it grows with the rows. Plain data with
// typed arrays in it, keys sorted, numbers little-endian: the same bytes on every host.

import type { Conformity } from '../conformal/conformity.js';
import type { Task } from '../data/dataset/dataset.js';
import { unpackArrays } from '../files/plain-arrays.js';

/** What `packConformity` wrote, unchecked. @throws NotPlainError for anything else. */
export function unpackConformity(bytes: Uint8Array): unknown {
  return unpackArrays(bytes);
}

/** What contradicts the ensemble in conformity whose every field is fine, or null. */
export function contradictionOfConformity(
  { method, rows, rowsBefore, scores, mask, groups, shares }: Conformity,
  task: Task,
  members: number,
): string | null {
  if (scores.kind !== task.kind) return `conformity of ${scores.kind} for ${task.kind}`;
  const odd = lengthsOf(scores, task).find((length) => length !== rows);
  if (odd !== undefined) return `conformity scores of ${odd} rows where there are ${rows}`;
  if (rowsBefore < rows) return `conformity of ${rows} rows out of ${rowsBefore}`;
  if (scores.kind === 'classification' && task.kind === 'classification') {
    const beyond = [...scores.label, ...scores.rank].find((place) => place >= task.classes.length);
    if (beyond !== undefined) return `conformity of class ${beyond} where there are ${task.classes.length}`;
  }
  if ((groups === null) !== (shares === null)) return 'conformity of groups without shares, or the reverse';
  if (shares !== null && (shares.length !== rows || groups! > rows)) {
    return `conformity of ${groups} groups and ${shares.length} shares for ${rows} rows`;
  }
  return contradictionOfMask(mask, method, rows, members);
}

function lengthsOf(scores: Conformity['scores'], task: Task): number[] {
  if (scores.kind === 'classification') {
    return [scores.label.length, scores.truth.length, scores.above.length, scores.rank.length];
  }
  const targets = task.kind === 'regression' ? task.targets.length : 1;
  return [scores.residual, scores.deviation ?? scores.residual].map(({ length }) => length / targets);
}

function contradictionOfMask(
  mask: Uint8Array | null,
  method: Conformity['method'],
  rows: number,
  members: number,
): string | null {
  if ((mask === null) !== (method === 'split')) return `a mask of conformity for ${method}`;
  if (mask === null) return null;
  const width = Math.ceil(members / 8);
  if (mask.length !== rows * width) {
    return `a mask of conformity of ${mask.length} bytes for ${rows} rows of ${members} members`;
  }
  // No row is scored by nobody, and no bit is of a member that is not there.
  const last = 0xff >> (8 * width - members);
  for (let row = 0; row < rows; row++) {
    const own = mask.subarray(row * width, (row + 1) * width);
    if (own.every((byte) => byte === 0) || own[width - 1]! > last)
      return `an odd mask of conformity of row ${row}`;
  }
  return null;
}
