// Predictions of the rows that folds tested on, joined into those of all rows: each row by the ensemble that was not trained
// on it, and each member's place by that ensemble's member.

import { outputCount, type Task, type Values } from '../../data/dataset/dataset.js';
import type { Fold } from '../../data/folds.js';
import type { CombinedPredictions } from '../../predictions/combined-predictions.js';
import type { KnownRows } from '../../predictions/known-rows.js';
import type { Predictions } from '../../predictions/predictions.js';

/** A fold's predictions of the rows it was tested on. */
export interface TestedFold {
  readonly fold: Fold;
  /** Places of its members in the plan. */
  readonly memberIndices: readonly number[];
  readonly known: KnownRows;
}

/** All rows that were tested on in a repeat. */
export interface JoinedFolds {
  /** Rows ascending by their places in the source; a member place that failed in a fold does not count there. */
  readonly known: KnownRows;
  /** The fold of each of these rows, i32[rows]. */
  readonly folds: Int32Array;
}

/** @param places how many members are planned. @param weights of all rows of the source. */
export function joinFolds(
  tested: readonly TestedFold[],
  task: Task,
  places: number,
  weights: Float32Array | null,
): JoinedFolds {
  const index = Uint32Array.from(tested.flatMap(({ fold }) => [...fold.test])).sort();
  const rows = index.length;
  const placeOf = new Map(Array.from(index, (row, at) => [row, at] as const));
  /** Where each row of each fold goes. */
  const targets = tested.map(({ fold }) => fold.test.map((row) => placeOf.get(row)!));
  const folds = new Int32Array(rows);
  const mask = new Uint8Array(places * rows);
  for (const [at, { fold, memberIndices }] of tested.entries()) {
    for (const row of targets[at]!) {
      folds[row] = fold.fold;
      for (const member of memberIndices) mask[member * rows + row] = 1;
    }
  }
  const outputs = outputCount(task);
  const scatter = <Own extends Values | Int32Array>(
    parts: readonly (Own | null | undefined)[],
    width: number,
  ) => scattered(parts, targets, rows, width);
  const memberAt = (place: number) => {
    const own = tested.map(({ known, memberIndices }) => known.members[memberIndices.indexOf(place)]);
    return predictionsOf(own, scatter, rows, outputs);
  };
  const all = tested.map(({ known }) => known.combined);
  return {
    folds,
    known: {
      ...{ task, rowsFrom: 'heldOut', rows, outputs, index },
      truth: {
        rows,
        labels:
          scatter(
            tested.map(({ known }) => labelsOrNull(known)),
            1,
          ) ?? new Int32Array(0),
        targets:
          scatter(
            tested.map(({ known }) => targetsOrNull(known)),
            outputs,
          ) ?? new Float64Array(0),
      },
      weights: weights && Float32Array.from(index, (row) => weights[row]!),
      combined: combinedOf(all, scatter, rows, outputs),
      members: Array.from({ length: places }, (_, place) => memberAt(place)),
      mask: mask.includes(0) ? mask : null,
    },
  };
}

type Scatter = <Own extends Values | Int32Array>(
  parts: readonly (Own | null | undefined)[],
  width: number,
) => Own | null;

/** Rows of each part where they go; null where a part of rows that count has none. Rows of no part are 0. */
function scattered<Own extends Values | Int32Array>(
  parts: readonly (Own | null | undefined)[],
  targets: readonly Uint32Array[],
  rows: number,
  width: number,
): Own | null {
  const first = parts.find((part) => part !== undefined);
  if (first === undefined || parts.includes(null) || first === null) return null;
  const all = new (first.constructor as new (length: number) => Own)(rows * width);
  for (const [at, part] of parts.entries()) {
    if (part === undefined || part === null) continue;
    targets[at]!.forEach((row, own) => {
      for (let i = 0; i < width; i++) all[row * width + i] = part[own * width + i]!;
    });
  }
  return all;
}

function predictionsOf(
  parts: readonly (Predictions | undefined)[],
  scatter: Scatter,
  rows: number,
  outputs: number,
): Predictions {
  const part = <Own>(of: (own: Predictions) => Own) =>
    parts.map((own) => (own === undefined ? own : of(own)));
  return {
    ...{ rows, outputs },
    mean:
      scatter(
        part(({ mean }) => mean),
        outputs,
      ) ?? new Float64Array(rows * outputs),
    logProbabilities: scatter(
      part(({ logProbabilities }) => logProbabilities),
      outputs,
    ),
    variance: scatter(
      part(({ variance }) => variance),
      outputs,
    ),
  };
}

function combinedOf(
  parts: readonly CombinedPredictions[],
  scatter: Scatter,
  rows: number,
  outputs: number,
): CombinedPredictions {
  return {
    ...predictionsOf(parts, scatter, rows, outputs),
    labels: scatter(
      parts.map(({ labels }) => labels),
      1,
    ),
    flooredCount: parts.reduce((sum, { flooredCount }) => sum + flooredCount, 0),
    varianceKind: parts[0]!.varianceKind,
  };
}

function labelsOrNull({ task, truth }: KnownRows): Int32Array | null {
  return task.kind === 'classification' ? truth.labels : null;
}

function targetsOrNull({ task, truth }: KnownRows): Values | null {
  return task.kind === 'regression' ? truth.targets : null;
}
