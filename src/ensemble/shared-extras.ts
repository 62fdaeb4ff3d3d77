// What regularizers need in shared memory beside the dataset, once for all members: tangent vectors of every
// row, and the ranges of the features. Decided from the plan, written by the coordinator before any thread runs.

import { isDeepStrictEqual } from 'node:util';
import type { Dataset } from '../data/dataset.js';
import { featureScaleOf } from '../data/feature-scale.js';
import type { Preprocessing } from '../data/preprocessing.js';
import { failOption } from '../errors.js';
import { blockRanges } from '../measure/blocks.js';
import { type SharedExtras, type TrainingLayout, writePaddedRows } from '../memory/layout.js';
import type { ImageShape, TangentKind } from '../model/image.js';
import type { EnsemblePlan, NetworkMemberSpec, TangentSource } from '../model/spec.js';
import { imageTangents } from '../regularization/image-tangents.js';

/** The tangent vectors that any member uses, those of the dataset first; and whether any member is attacked. */
export function sharedExtras(plan: EnsemblePlan, dataset: Dataset): SharedExtras {
  const networks = networksOf(plan);
  const wanted = networks.flatMap(({ tangents }) => tangents?.sources ?? []);
  const given = wanted.includes('given') ? givenTangents(dataset) : 0;
  const kinds = new Set(wanted.filter((source) => source !== 'given'));
  return {
    tangents: [...Array.from({ length: given }, () => 'given' as const), ...kinds],
    hasRanges: networks.some(({ adversarial }) => adversarial !== null),
  };
}

/** Tangent vectors per row that came with the dataset. */
export function givenTangents({ tangents, rows, features }: Dataset): number {
  return tangents === null ? 0 : tangents.length / (rows * features);
}

function networksOf({ members }: EnsemblePlan): readonly NetworkMemberSpec[] {
  return members.filter((member) => member.engine === 'wasm');
}

/**
 * Writes them.
 * @param candidates the rows whose range counts, u32.
 * @param preprocessing how a file's columns became features, or null.
 */
export function writeExtras(
  buffer: ArrayBufferLike,
  layout: TrainingLayout,
  plan: EnsemblePlan,
  dataset: Dataset,
  candidates: Uint32Array,
  preprocessing: Preprocessing | null,
): void {
  const scale = featureScaleOf({ featureScale: dataset.featureScale, preprocessing });
  const { features } = dataset;
  if (layout.ranges !== 0) {
    const { low, high } = rangesOf(dataset, candidates);
    const ranges = new Float32Array(buffer, layout.ranges, 4 * features);
    ranges.set(low);
    ranges.set(high, features);
    ranges.set(scale?.mean ?? new Float32Array(features), 2 * features);
    ranges.set(scale?.std ?? new Float32Array(features).fill(1), 3 * features);
  }
  if (layout.tangents.sources.length > 0) writeTangents(buffer, layout, plan, dataset, scale);
}

/** Least and largest value of each feature over some rows, f32[features]. */
export function rangesOf(
  { x, features }: Pick<Dataset, 'x' | 'features'>,
  rows: ArrayLike<number>,
): { readonly low: Float32Array; readonly high: Float32Array } {
  const low = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < rows.length; at++) {
    for (let i = 0; i < features; i++) {
      const value = x[rows[at]! * features + i]!;
      if (value < low[i]!) low[i] = value;
      if (value > high[i]!) high[i] = value;
    }
  }
  return { low, high };
}

function writeTangents(
  buffer: ArrayBufferLike,
  { tangents: { address, sources }, dataset: { xStrideBytes } }: TrainingLayout,
  plan: EnsemblePlan,
  { x, rows, features, tangents: own }: Dataset,
  scale: ReturnType<typeof featureScaleOf>,
): void {
  const isKind = (source: TangentSource): source is TangentKind => source !== 'given';
  const kinds = sources.filter(isKind);
  const given = sources.length - kinds.length;
  const image = kinds.length === 0 ? null : imageOf(plan);
  const rowBytes = sources.length * xStrideBytes;
  const write = (vectors: Float32Array, row: number, from: number) =>
    writePaddedRows(
      ...([buffer, address + row * rowBytes + from * xStrideBytes, xStrideBytes] as const),
      ...([vectors, vectors.length / features, features] as const),
    );
  for (const { start, end } of blockRanges(rows)) {
    const block = x.subarray(start * features, end * features);
    const images = image === null ? null : imageTangents(block, image, { kinds, scale });
    for (let row = start; row < end; row++) {
      if (given > 0) write(own!.subarray(row * given * features, (row + 1) * given * features), row, 0);
      if (images === null) continue;
      const at = (row - start) * kinds.length * features;
      write(images.subarray(at, at + kinds.length * features), row, given);
    }
  }
}

/** The image whose tangents members share; it is one dataset, so it is one image. */
function imageOf(plan: EnsemblePlan): ImageShape {
  const images = networksOf(plan)
    .filter(({ tangents }) => tangents?.sources.some((source) => source !== 'given'))
    .map(({ network }) => network.image!);
  const first = images[0]!;
  const other = images.find((image) => !isDeepStrictEqual(image, first));
  if (other !== undefined)
    failOption('image', 'the same for all members with tangent vectors of images', other);
  return first;
}
