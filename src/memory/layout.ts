// Every byte offset of a training's shared memory: control block, dataset, row lists, one arena per slot.
// Kernels and engines receive addresses and never compute where a region starts.

import type { Dataset } from '../data/dataset/dataset.js';
import { encodeTargets, writeEncoded } from '../data/dataset/encoding.js';
import { TuttiError } from '../errors.js';
import { formatBytes } from '../machine/memory-limit.js';
import type { TangentSource } from '../model/spec.js';
import { CONTROL_HEADER_BYTES, CONTROL_SLOT_BYTES } from './control-block.js';
import type { SharedMemory } from './webassembly-types.js';

export const PAGE_BYTES = 65536;
/**
 * WebAssembly addresses are 32 bits: nothing beyond 4 GiB can be addressed. The last page stays unused, because the end
 * of what lies there would be address 0, and a kernel's loop up to it would do nothing.
 */
export const MAX_MEMORY_BYTES = 2 ** 32 - PAGE_BYTES;

/** Regions start on cache lines, so that two threads never write to one line. */
const ALIGNMENT = 64;

/** The kernels are compiled on the promise that no address below this is theirs. */
const FIRST_KERNEL_BYTE = 1024;

/** Hands out consecutive aligned regions; plain numbers, because offsets of 2 GiB and more must stay positive. */
export class RegionAllocator {
  #end: number;

  constructor(start: number) {
    this.#end = alignRegion(Math.max(start, FIRST_KERNEL_BYTE));
  }

  /** Reserves `bytes` and returns their first byte offset, a multiple of 64. */
  take(bytes: number): number {
    const start = this.#end;
    this.#end = alignRegion(start + bytes);
    return start;
  }

  /** Reserves `length` 4-byte elements. */
  takeWords(length: number): number {
    return this.take(length * 4);
  }

  /** The first byte offset not yet taken. */
  get end(): number {
    return this.#end;
  }
}

/** Rounds a length or an offset up to where the next region may start. */
export function alignRegion(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** The dataset's regions; rows are padded to whole vectors of 4 floats with zeros. */
export interface DatasetLayout {
  readonly rows: number;
  readonly features: number;
  /** f32[rows, features padded to 4]. */
  readonly x: number;
  readonly xStrideBytes: number;
  /** i32[rows], classification. */
  readonly labels: number;
  /** f32[rows, targets padded to 4], regression. */
  readonly targets: number;
  readonly targetsStrideBytes: number;
  /** f32[rows], or 0 when every weight is 1. */
  readonly rowWeights: number;
  /** i32[rows], or 0. */
  readonly groups: number;
  /** i32[rows], or 0. */
  readonly times: number;
  /** With times: rows beside those drawn that are used for nothing. */
  readonly timeGap: number;
}

/** A list of u32 row numbers. */
export interface RowList {
  readonly offset: number;
  readonly length: number;
}

/** Tangent vectors of every row of the dataset, f32[rows, sources, features padded to 4]. */
export interface TangentTable {
  /** 0 when there are none. */
  readonly address: number;
  /** What each of a row's vectors is. */
  readonly sources: readonly TangentSource[];
}

/** What regularizers need beside the dataset. */
export interface SharedExtras {
  /** The tangent vectors of each row. */
  readonly tangents: readonly TangentSource[];
  /** Whether the features' ranges are needed. */
  readonly hasRanges: boolean;
}

export interface TrainingLayout {
  readonly slots: number;
  readonly dataset: DatasetLayout;
  readonly tangents: TangentTable;
  /**
   * f32[5, features]: low, high, mean, std (FeatureRanges in src/techniques/perturb.ts), and the c of the soft clip, 0 for none
   * and −c for a smooth one; or 0.
   */
  readonly ranges: number;
  /** Rows that members resample from, ascending. */
  readonly candidates: RowList;
  /** Rows held out for early stopping, ascending; empty when no member needs them. */
  readonly validation: RowList;
  readonly arenas: number;
  readonly arenaBytes: number;
  readonly totalBytes: number;
}

const NO_EXTRAS: SharedExtras = { tangents: [], hasRanges: false };

/** Lays out the memory of one training. */
export function layoutTraining(
  dataset: Dataset,
  rowCounts: { readonly candidates: number; readonly validation: number },
  slots: number,
  arenaBytes: number,
  extras: SharedExtras = NO_EXTRAS,
): TrainingLayout {
  const regions = new RegionAllocator(CONTROL_HEADER_BYTES + slots * CONTROL_SLOT_BYTES);
  const rowList = (length: number): RowList => ({ offset: regions.takeWords(length), length });
  const datasetLayout = layoutDataset(dataset, regions);
  const candidates = rowList(rowCounts.candidates);
  const validation = rowList(rowCounts.validation);
  const { rows, features, xStrideBytes } = datasetLayout;
  const sources = extras.tangents;
  const address = sources.length === 0 ? 0 : regions.take(rows * sources.length * xStrideBytes);
  const ranges = extras.hasRanges ? regions.takeWords(5 * features) : 0;
  const arenas = regions.end;
  const alignedArenaBytes = alignRegion(arenaBytes);
  return {
    slots,
    dataset: datasetLayout,
    tangents: { address, sources },
    ranges,
    candidates,
    validation,
    arenas,
    arenaBytes: alignedArenaBytes,
    totalBytes: arenas + slots * alignedArenaBytes,
  };
}

function layoutDataset(dataset: Dataset, regions: RegionAllocator): DatasetLayout {
  const { rows, features, labels, targets } = dataset;
  const xStrideBytes = paddedBytes(features);
  const targetsStrideBytes = targets.length === 0 ? 0 : paddedBytes(targets.length / rows);
  return {
    rows,
    features,
    x: regions.take(rows * xStrideBytes),
    xStrideBytes,
    labels: regions.takeWords(labels.length),
    targets: regions.take(rows * targetsStrideBytes),
    targetsStrideBytes,
    rowWeights: dataset.rowWeights === null ? 0 : regions.takeWords(rows),
    groups: dataset.groups === null ? 0 : regions.takeWords(rows),
    times: dataset.times === undefined ? 0 : regions.takeWords(rows),
    timeGap: dataset.timeGap ?? 0,
  };
}

/** Bytes of a row of `columns` floats padded to whole vectors. */
export function paddedBytes(columns: number): number {
  return Math.ceil(columns / 4) * 16;
}

/**
 * Writes the dataset into its regions, as members see it.
 * @param holdsFeatures whether its features are there already.
 * @throws ERR_DATA for a value of x that is not finite
 */
export function writeDataset(
  buffer: ArrayBufferLike,
  layout: DatasetLayout,
  dataset: Dataset,
  holdsFeatures = false,
): void {
  const { rows, features, encoding } = dataset;
  if (!holdsFeatures) {
    const stride = layout.xStrideBytes / 4;
    const x = new Float32Array(buffer, layout.x, rows * stride);
    writeEncoded(dataset.x, features, encoding.features, { start: 0, end: rows }, null, x, stride);
  }
  if (dataset.labels.length > 0) new Int32Array(buffer, layout.labels, rows).set(dataset.labels);
  if (dataset.targets.length > 0) {
    const columns = dataset.targets.length / rows;
    const targets = encodeTargets(dataset.targets, encoding.targets);
    writePaddedRows(buffer, layout.targets, layout.targetsStrideBytes, targets, rows, columns);
  }
  if (dataset.rowWeights !== null) new Float32Array(buffer, layout.rowWeights, rows).set(dataset.rowWeights);
  if (dataset.groups !== null) new Int32Array(buffer, layout.groups, rows).set(dataset.groups);
  if (dataset.times !== undefined) new Int32Array(buffer, layout.times, rows).set(dataset.times);
}

/** Copies f32[rows, columns] into rows of `strideBytes`; the padding is left as it is (zero). */
export function writePaddedRows(
  buffer: ArrayBufferLike,
  offset: number,
  strideBytes: number,
  values: Float32Array,
  rows: number,
  columns: number,
): void {
  const stride = strideBytes / 4;
  const view = new Float32Array(buffer, offset, rows * stride);
  if (stride === columns) {
    view.set(values);
    return;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      view[row * stride + column] = values[row * columns + column]!;
    }
  }
}

/**
 * Creates a shared memory of exactly the size asked for; it never grows.
 * @throws ERR_MEMORY when it is more than 4 GiB or the machine refuses it.
 */
export function createSharedMemory(bytes: number, purpose: string): SharedMemory {
  if (bytes > MAX_MEMORY_BYTES) {
    throw new TuttiError(
      'ERR_MEMORY',
      `${purpose} needs ${formatBytes(bytes)} of shared memory, more than the ${formatBytes(MAX_MEMORY_BYTES)} a WebAssembly memory can have`,
      { needed: bytes, available: MAX_MEMORY_BYTES },
    );
  }
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw new TuttiError(
      'ERR_MEMORY',
      `${purpose} needs ${formatBytes(bytes)} of shared memory, which the system refused; others may have taken what there was`,
      { needed: bytes },
      error,
    );
  }
}
