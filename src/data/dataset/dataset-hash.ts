// What names a dataset: hashes over its numbers as members see them, computed piece by piece so that the encoded
// numbers are never held whole.

import { createSha256, type Sha256 } from '../../files/sha256.js';
import type { DatasetNumbers } from './dataset-types.js';
import { encodeChange, encodeRows, encodeTargets } from './encoding.js';

/** A dataset without what is computed from it. */
export type DatasetParts = Omit<DatasetNumbers, 'hash' | 'rowsHash' | 'groupsHash'>;

/** Numbers encoded at once: small enough to stay in the cache. */
const PIECE_NUMBERS = 2 ** 15;

/**
 * The hash of a dataset: SHA-256, hexadecimal, over the task, shape and scales as JSON (the features' scale where no
 * preprocessing holds it) and then the bytes of x, labels, targets, weights, groups and, where there are any,
 * tangents, and times, in single precision as members see them, each preceded by its length. Little-endian, as every host that
 * Node.js supports is. `rowsHash` ends after the targets.
 * @throws ERR_DATA for a value of x that is not finite
 */
export function hashesOf(data: DatasetParts): Pick<DatasetNumbers, 'hash' | 'rowsHash' | 'groupsHash'> {
  const hash = createSha256();
  hash.update(JSON.stringify(headOf(data)));
  addEncoded(hash, data);
  addPart(hash, data.labels);
  addPart(hash, encodeTargets(data.targets, data.encoding.targets));
  const rowsHash = hash.copy().digest('hex');
  addPart(hash, data.rowWeights);
  addPart(hash, data.groups);
  if (data.tangents !== null) addPart(hash, encodedTangents(data));
  const { groups, times, timeGap = 0 } = data;
  if (times !== undefined) {
    hash.update(`;times ${timeGap}`);
    addPart(hash, times);
    const groupsHash = createSha256().update(`times ${timeGap};`).update(bytesOf(times)).digest('hex');
    return { hash: hash.digest('hex'), rowsHash, groupsHash };
  }
  const groupsHash = groups === null ? null : createSha256().update(bytesOf(groups)).digest('hex');
  return { hash: hash.digest('hex'), rowsHash, groupsHash };
}

function headOf({ task, rows, features, encoding, preprocessing }: DatasetParts): unknown[] {
  const names = task.kind === 'classification' ? task.classes : task.targets;
  const own = preprocessing === null ? encoding.features : null;
  const clips = own === null || own.softClip === null ? [] : [own.softClip];
  // Whatever else there is of a scale: nothing for one by mean and standard deviation.
  const others = [own?.clipShape, own?.quantiles].filter((part) => part !== undefined);
  const { mean, std, map } = encoding.targets;
  const scales = [
    [mean, std, ...(map === undefined ? [] : [map])],
    own && [own.mean, own.std, ...clips, ...others],
  ];
  return [task.kind, names, rows, features, scales];
}

function addEncoded(hash: Sha256, { x, rows, features, encoding }: DatasetParts): void {
  hash.update(`;${rows * features};`);
  const step = Math.max(1, Math.floor(PIECE_NUMBERS / features));
  for (let start = 0; start < rows; start += step) {
    const end = Math.min(rows, start + step);
    hash.update(bytesOf(encodeRows(x, features, encoding.features, { start, end })));
  }
}

function addPart(hash: Sha256, part: Int32Array | Float32Array | null): void {
  hash.update(`;${part === null ? 'none' : part.length};`);
  if (part !== null) hash.update(bytesOf(part));
}

function bytesOf(part: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/** The tangent vectors as they change what members see, f32[rows, vectors, features]. */
export function encodedTangents({ x, rows, features, tangents, encoding }: DatasetParts): Float32Array {
  const scale = encoding.features;
  const vectors = tangents!.length / (rows * features);
  const encoded = new Float32Array(tangents!.length);
  for (let row = 0, at = 0; row < rows; row++) {
    const own = encodeRows(x, features, scale, { start: row, end: row + 1 });
    for (let vector = 0; vector < vectors; vector++) {
      for (let i = 0; i < features; i++, at++) encoded[at] = encodeChange(scale, i, tangents![at]!, own[i]!);
    }
  }
  return encoded;
}
