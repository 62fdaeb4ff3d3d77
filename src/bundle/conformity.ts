// Conformity in a saved ensemble: one more binary value behind the members, since it grows with the rows. Plain data with
// typed arrays in it, keys sorted, numbers little-endian: the same bytes on every host.

import type { Conformity } from '../conformal/conformity.js';
import { packArrays, unpackArrays } from '../files/plain-data.js';
import { sortedPlain } from './content-hash.js';

export function packConformity(conformity: Conformity): Uint8Array {
  return packArrays(sortedPlain(conformity), 'conformity');
}

/** What {@link packConformity} wrote, unchecked. @throws NotPlainError for anything else. */
export function unpackConformity(bytes: Uint8Array): unknown {
  return unpackArrays(bytes);
}

/** What contradicts the ensemble in conformity whose every field is fine, or null. */
export function contradictionOfConformity(
  { method, rows, scores, mask }: Conformity,
  task: { readonly kind: string; readonly targets?: readonly string[] },
  members: number,
): string | null {
  if (scores.kind !== task.kind) return `conformity of ${scores.kind} for ${task.kind}`;
  const lengths =
    scores.kind === 'classification'
      ? [scores.truth.length, scores.above.length, scores.rank.length]
      : [scores.residual, scores.deviation ?? scores.residual].map(
          ({ length }) => length / task.targets!.length,
        );
  const odd = lengths.find((length) => length !== rows);
  if (odd !== undefined) return `conformity scores of ${odd} rows where there are ${rows}`;
  if ((mask === null) !== (method === 'split')) return `a mask of conformity for ${method}`;
  if (mask !== null && mask.length !== rows * Math.ceil(members / 8)) {
    return `a mask of conformity of ${mask.length} bytes for ${rows} rows of ${members} members`;
  }
  return null;
}
