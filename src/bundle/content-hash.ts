// The proof of "the same bytes": one SHA-256 over what determines an ensemble and the weights that came
// out. Threads, paths, times, progress, failures and metrics stay outside, so they cannot change it.

import { createHash } from 'node:crypto';
import { averagingWeights } from '../ensemble/averaging-weights.js';
import type { Ensemble } from '../ensemble/ensemble.js';
import { littleEndianPieces, pieceBuffer } from './weights.js';

/**
 * SHA-256, hexadecimal, over the sorted-key JSON of the resolved specs, seed, arithmetic, preprocessing and
 * dataset hash (and the averaging weights, where they are not all 1), then the members' unpadded weights as little-endian f32 in member order.
 */
export function contentHash(ensemble: Ensemble): string {
  const { plan, preprocessing, datasetHash } = ensemble;
  const carried = averagingWeights(ensemble);
  const averaging = carried === null ? {} : { averagingWeights: carried };
  const hash = createHash('sha256').update(sortedJson({ ...plan, preprocessing, datasetHash, ...averaging }));
  const buffer = pieceBuffer();
  for (const { weights } of ensemble.members) {
    for (const piece of littleEndianPieces(weights, buffer)) hash.update(piece);
  }
  return hash.digest('hex');
}

/** JSON with the keys of every object in code-unit order, so that equal values are equal text. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
