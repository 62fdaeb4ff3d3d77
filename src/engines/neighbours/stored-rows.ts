// What a nearest-neighbour member keeps in place of weights: the distinct rows of its resample, in the order of
// the dataset, each its features followed by its label or targets. It predicts without the dataset.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import { TuttiError } from '../../errors.js';
import type { DatasetLayout } from '../../memory/layout.js';
import { memberFeatures } from '../../model/network.js';
import type { MemberRows } from '../shared/engine.js';
import type { NeighboursMemberSpec } from './spec.js';

/** Numbers per stored row: features, then the class index, or the standardised targets. */
export function storedRowLength(spec: NeighboursMemberSpec, features: number, task: Task): number {
  return memberFeatures(spec, features) + (task.kind === 'classification' ? 1 : outputCount(task));
}

/** The distinct rows of a resample, ascending. */
export function distinctRows(inBag: Uint32Array): Uint32Array {
  return Uint32Array.from(new Set(inBag)).sort();
}

/**
 * Stores a member's rows: all that fitting a nearest-neighbour member is.
 *
 * @param into f32[distinct rows, {@link storedRowLength}]
 * @throws ERR_OPTION when the resample has fewer distinct rows than neighbours are asked for
 */
export function storeRows(
  buffer: ArrayBufferLike,
  layout: DatasetLayout,
  spec: NeighboursMemberSpec,
  { inBag, columns }: MemberRows,
  into: Float32Array,
  member: number,
): void {
  const rows = distinctRows(inBag);
  if (rows.length < spec.neighbours) {
    throw new TuttiError(
      'ERR_OPTION',
      `Expected \`neighbours\` to be at most the ${rows.length} distinct rows of member ${member}, got ${spec.neighbours}`,
      { member, option: 'neighbours' },
    );
  }
  const { features, xStrideBytes, targetsStrideBytes } = layout;
  const targets = into.length / rows.length - (columns?.length ?? features);
  let at = 0;
  for (const row of rows) {
    const x = new Float32Array(buffer, layout.x + row * xStrideBytes, features);
    if (columns === null) into.set(x, at);
    else
      into.set(
        Float32Array.from(columns, (column) => x[column]!),
        at,
      );
    at += columns?.length ?? features;
    if (targetsStrideBytes === 0) into[at] = new Int32Array(buffer, layout.labels + row * 4, 1)[0]!;
    else into.set(new Float32Array(buffer, layout.targets + row * targetsStrideBytes, targets), at);
    at += targets;
  }
}

/** What {@link storeRows} stored, features and truth apart. */
export interface StoredRows {
  readonly rows: number;
  /** f32[rows, the member's features]. */
  readonly stored: Float32Array;
  /** f32[rows, targets], standardised; of classes f32[rows], their places. */
  readonly targets: Float32Array;
}

/** Reads stored rows. @throws ERR_BUNDLE for labels that are of no class: they may come from a file. */
export function readStoredRows(
  spec: NeighboursMemberSpec,
  features: number,
  task: Task,
  parameters: Float32Array,
): StoredRows {
  const columns = memberFeatures(spec, features);
  const length = storedRowLength(spec, features, task);
  const rows = parameters.length / length;
  const stored = new Float32Array(rows * columns);
  const targets = new Float32Array(rows * (length - columns));
  for (let row = 0; row < rows; row++) {
    stored.set(parameters.subarray(row * length, row * length + columns), row * columns);
    targets.set(parameters.subarray(row * length + columns, (row + 1) * length), row * (length - columns));
  }
  if (task.kind === 'classification') requireLabels(targets, outputCount(task));
  return { rows, stored, targets };
}

function requireLabels(labels: Float32Array, classes: number): void {
  const bad = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (bad === undefined) return;
  const message = `Expected the stored rows of a nearest-neighbour member to have labels below ${classes}, got ${bad}`;
  throw new TuttiError('ERR_BUNDLE', message);
}
