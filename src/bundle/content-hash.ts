// The proof of "the same bytes": one SHA-256 over what determines an ensemble and the weights that came
// out. Threads, paths, times, progress, failures and metrics stay outside, so they cannot change it.

import { storedEngineOf } from '../engines/stored-engines.js';
import { requireEnsemble, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { averagingWeights } from '../ensemble/predict/averaging-weights.js';
import { createSha256 } from '../files/sha256.js';
import { sortedJson } from '../files/sorted-plain.js';
import { bytePieces, littleEndianPieces, pieceBuffer } from './weights.js';

/**
 * SHA-256, hexadecimal, over the sorted-key JSON of the resolved specs, seed, arithmetic, preprocessing and
 * dataset hash (and the averaging weights, where they are not all 1, and what calibration does to predictions,
 * where there is any), then of each member in member order its
 * unpadded weights as little-endian f32 and, where it has one, the length (u64, little-endian) and bytes of its
 * stored model. A module of the user's counts by the hash of its content, wherever it lies.
 * @throws ERR_OPTION for what is no ensemble
 */
export function contentHash(ensemble: TrainedEnsemble): string {
  requireEnsemble(ensemble);
  const { plan, preprocessing, datasetHash } = ensemble;
  const carried = averagingWeights(ensemble);
  const averaging = carried === null ? {} : { averagingWeights: carried };
  const members = plan.members.map((spec) => storedEngineOf(spec).hashed(spec));
  const described = sortedJson({
    ...plan,
    ...{ members, preprocessing, datasetHash },
    ...averaging,
    ...calibrating(ensemble),
  });
  const hash = createSha256().update(described);
  const buffer = pieceBuffer();
  for (const { parameters, model } of ensemble.members) {
    for (const piece of littleEndianPieces(parameters, buffer)) hash.update(piece);
    if (model === null) continue;
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(model.length), true);
    hash.update(new Uint8Array(length.buffer));
    for (const piece of bytePieces(model, buffer)) hash.update(piece);
  }
  return hash.digest('hex');
}

/** What moves predictions, and not how well it does. */
function calibrating({ calibration }: TrainedEnsemble): object {
  if (calibration === null) return {};
  const { method, aggregator, parameters, threshold } = calibration;
  return { calibration: { method, aggregator, parameters, threshold: threshold?.value ?? null } };
}
