// How members differ pair by pair: figures of every two of them, and their means. Streams blocks of rows.

import { outputCount, type Task } from '../../data/dataset/dataset.js';
import type { TargetBlock } from '../../predictions/blocks.js';
import { labelsOf } from '../../predictions/labels.js';
import type { Predictions } from '../../predictions/predictions.js';
import { createPairCounter, type PairCounter } from './pair-counts.js';
import { FIGURES_OF_PAIRS, type PairFigureName, type PairFigures, pairFigures } from './pair-figures.js';

/** k × k, symmetric; null on the diagonal, and where two members have no row together or the figure does not exist. */
export type PairMatrix = readonly (readonly (number | null)[])[];

/** Each figure of each pair. */
export type PairMatrices = Readonly<Record<PairFigureName, PairMatrix>>;

export interface PairAccumulator {
  /** Adds rows; `mask`: u8[k, rows], 1 where a member counts. `rowWeights`: one per row, ≥ 0. */
  addBlock(
    members: readonly Predictions[],
    targets: TargetBlock,
    mask?: Uint8Array | null,
    rowWeights?: ArrayLike<number> | null,
  ): void;
  matrices(): PairMatrices;
  /** Each figure's mean over the pairs that have it, all pairs alike. */
  means(): PairFigures;
}

/** Above this many members pairs cost too much: as the covariance of errors. */
const MOST_PAIRED = 128;

/** An empty accumulator; null for numbers, for one member and for more than 128, which have no such figures. */
export function createPairs(task: Task, memberCount: number): PairAccumulator | null {
  if (task.kind !== 'classification' || memberCount < 2 || memberCount > MOST_PAIRED) return null;
  const counter = createPairCounter(memberCount);
  const classes = outputCount(task);
  return {
    addBlock(members, { rows, labels: truth }, mask = null, weights = null) {
      const labels = new Int32Array(memberCount * rows);
      members.forEach(({ mean }, member) => {
        labels.set(labelsOf(mean, rows, classes), member * rows);
      });
      counter.add({ rows, labels, truth, weights, mask });
    },
    matrices: () => matricesOf(counter, memberCount),
    means: () => meansOf(matricesOf(counter, memberCount)),
  };
}

function matricesOf(counter: PairCounter, members: number): PairMatrices {
  const all = Array.from({ length: members }, (_, index) => index);
  const figures = all.map((i) => all.map((j) => (i === j ? null : pairFigures(counter.at(i, j)))));
  return byName((name) => figures.map((row) => row.map((pair) => pair?.[name] ?? null)));
}

function meansOf(pairs: PairMatrices): PairFigures {
  return byName((name) => {
    const known = pairs[name].flatMap((row, i) => row.slice(i + 1).flatMap((value) => value ?? []));
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function byName<Value>(of: (name: PairFigureName) => Value): Record<PairFigureName, Value> {
  return Object.fromEntries(FIGURES_OF_PAIRS.map((name) => [name, of(name)])) as Record<
    PairFigureName,
    Value
  >;
}
