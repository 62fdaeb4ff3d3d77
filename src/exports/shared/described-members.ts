// Members that are no networks, in words and numbers; part of described-ensemble.ts.

import { shortestSingle } from '../../math/shortest-single.js';
import type { PortableHead } from '../../model/portable-network.js';
import type { WriteNumbers } from './described-inputs.js';
import type { PortableNeighbours, PortableTrees } from './portable-members.js';

/**
 * A tree: the value of its only leaf, or a split [feature, threshold, left, right], of which rows go left whose feature is at most the
 * threshold.
 */
export type DescribedTree = number | readonly [number, number, DescribedTree, DescribedTree];

export interface DescribedTrees {
  readonly kind: 'trees';
  /** What the sum of each output begins with. */
  readonly baseline: readonly number[];
  /** Round after round, in a round one for each output in turn. */
  readonly trees: readonly DescribedTree[];
  readonly head: PortableHead;
}

export interface DescribedNeighbours<Numbers> {
  readonly kind: 'neighbours';
  /** The features that it sees, from 0; null: all. */
  readonly features: readonly number[] | null;
  /** Whether distances are of features in the user's units, and not as they are encoded. */
  readonly inUnits: boolean;
  /** How many of the nearest rows count. */
  readonly neighbours: number;
  readonly votes: PortableNeighbours['votes'];
  /** Of classes: votes spread evenly over all of them. */
  readonly voteSmoothing: number;
  /** [rows][features]. */
  readonly rows: Numbers;
  /** [rows][targets], or [rows] places of classes. */
  readonly targets: Numbers;
  readonly head: PortableHead;
}

export function describeTrees({ trees, head }: PortableTrees): DescribedTrees {
  const { features, values, above, roots, baseline } = trees;
  const described: DescribedTree[] = new Array(features.length);
  // From the last node on: subtrees come behind their splits.
  for (let node = features.length - 1; node >= 0; node--) {
    const value = shortestSingle(values[node]!);
    const feature = features[node]!;
    described[node] = feature < 0 ? value : [feature, value, described[node + 1]!, described[above[node]!]!];
  }
  return {
    kind: 'trees',
    baseline: Array.from(baseline, shortestSingle),
    trees: Array.from(roots, (root) => described[root]!),
    head,
  };
}

export function describeNeighbours<Numbers>(
  own: PortableNeighbours,
  write: WriteNumbers<Numbers>,
): DescribedNeighbours<Numbers> {
  const { member, columns, inUnits, neighbours, votes, voteSmoothing, rows, stored, targets, head } = own;
  const name = `member.${member}`;
  const width = targets.length / rows;
  const shape = head.kind === 'softmax' ? [rows] : [rows, width];
  return {
    kind: 'neighbours',
    features: columns && [...columns],
    ...{ inUnits, neighbours, votes, voteSmoothing },
    rows: write(`${name}.rows`, [rows, stored.length / rows], stored),
    targets: write(`${name}.targets`, shape, targets),
    head,
  };
}
