// What regularizers need in shared memory beside the dataset, once for all members: tangent vectors of every
// row, and the ranges of the features. Decided from the plan, written by the coordinator before any thread runs.

import type { Dataset } from '../../data/dataset/dataset.js';
import { encodedTangents } from '../../data/dataset/dataset-hash.js';
import { encodeRows } from '../../data/dataset/encoding.js';
import { failOption } from '../../errors.js';
import { type SharedExtras, type TrainingLayout, writePaddedRows } from '../../memory/layout.js';
import type { ImageShape, TangentKind } from '../../model/image.js';
import { isNetwork } from '../../model/network-members.js';
import type { EnsemblePlan, NetworkMemberSpec, TangentSource } from '../../model/spec.js';
import { blockRanges } from '../../predictions/blocks.js';
import { isSameData } from '../../same-data.js';
import { imageTangents } from '../../techniques/image-tangents.js';

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
  return members.filter(isNetwork);
}

/**
 * Writes them.
 * @param candidates the rows whose range counts, u32.
 */
export function writeExtras(
  buffer: ArrayBufferLike,
  layout: TrainingLayout,
  plan: EnsemblePlan,
  dataset: Dataset,
  candidates: Uint32Array,
): void {
  const scale = dataset.encoding.features;
  const { features } = dataset;
  if (layout.ranges !== 0) {
    refuseAbsolute(plan, dataset);
    const { low, high } = rangesOf(dataset, candidates);
    const ranges = new Float32Array(buffer, layout.ranges, 5 * features);
    ranges.set(low);
    ranges.set(high, features);
    ranges.set(scale?.mean ?? new Float32Array(features), 2 * features);
    ranges.set(scale?.std ?? new Float32Array(features).fill(1), 3 * features);
    const sign = scale?.clipShape === 'smooth' ? -1 : 1;
    ranges.set(scale?.softClip?.map((c) => sign * (c ?? 0)) ?? new Float32Array(features), 4 * features);
  }
  if (layout.tangents.sources.length > 0) writeTangents(buffer, layout, plan, dataset);
}

/**
 * A radius in the user's own units is another one at every value once values are softly clipped, or encoded by their quantiles,
 * which threads do not have: they cannot encode bounds either.
 */
function refuseAbsolute(plan: EnsemblePlan, { encoding }: Dataset): void {
  const hasQuantiles = encoding.features?.quantiles !== undefined;
  if ((encoding.features?.softClip ?? null) === null && !hasQuantiles) return;
  const attacks = networksOf(plan).map(({ adversarial }) => adversarial);
  if (attacks.some((attack) => attack?.scale === 'absolute')) {
    const why = hasQuantiles ? '`scaling` quantile' : 'a soft clip, which `softClip` none (null) turns off';
    failOption('adversarialScale', `range for features with ${why}`, 'absolute');
  }
  const bounds = attacks.find((attack) => (attack?.bounds ?? null) !== null)?.bounds;
  if (hasQuantiles && bounds) failOption('adversarialBounds', 'absent with `scaling` quantile', bounds);
}

/** Least and largest value of each feature, as members see it, over some rows, f32[features]. */
function rangesOf(
  { x, features, encoding }: Dataset,
  rows: ArrayLike<number>,
): { readonly low: Float32Array; readonly high: Float32Array } {
  const low = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < rows.length; at++) {
    const row = encodeRows(x, features, encoding.features, { start: rows[at]!, end: rows[at]! + 1 });
    for (let i = 0; i < features; i++) {
      const value = row[i]!;
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
  dataset: Dataset,
): void {
  const { x, rows, features } = dataset;
  const scale = dataset.encoding.features;
  const isKind = (source: TangentSource): source is TangentKind => source !== 'given';
  const kinds = sources.filter(isKind);
  const given = sources.length - kinds.length;
  const own = given === 0 ? null : encodedTangents(dataset);
  const image = kinds.length === 0 ? null : imageOf(plan);
  const rowBytes = sources.length * xStrideBytes;
  const write = (vectors: Float32Array, row: number, from: number) =>
    writePaddedRows(
      ...([buffer, address + row * rowBytes + from * xStrideBytes, xStrideBytes] as const),
      ...([vectors, vectors.length / features, features] as const),
    );
  for (const { start, end } of blockRanges(rows)) {
    const images =
      image === null
        ? null
        : imageTangents(encodeRows(x, features, scale, { start, end }), image, { kinds, scale });
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
  const other = images.find((image) => !isSameData(image, first));
  if (other !== undefined)
    failOption('image', 'the same for all members with tangent vectors of images', other);
  return first;
}
