// Members that are no networks as exported JSON has them; part of json-reader.ts.

import type { Bend } from './json-quantiles.js';

export interface Head {
  readonly kind: 'softmax' | 'sigmoid' | 'linear' | 'gaussian' | 'rate' | 'labels' | 'quantiles';
  readonly unit: readonly number[];
  readonly levels: readonly number[];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly map?: Bend;
  readonly varianceFloor: number;
}

/** The value of a leaf, or a split by feature and threshold, and what is left and right of it. */
type Tree = number | readonly [number, number, Tree, Tree];

export interface Trees {
  readonly kind: 'trees';
  readonly weight: number;
  readonly baseline: readonly number[];
  readonly trees: readonly Tree[];
  readonly head: Head;
}

export interface Neighbours {
  readonly kind: 'neighbours';
  readonly weight: number;
  readonly features: readonly number[] | null;
  readonly inUnits: boolean;
  readonly neighbours: number;
  readonly votes: 'equal' | 'inverseDistance';
  readonly voteSmoothing: number;
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly (number | readonly number[])[];
  readonly head: Head & { readonly classes: number };
}

export function sumOf({ baseline, trees }: Trees, features: readonly number[]): number[] {
  const sums = [...baseline];
  for (const [at, tree] of trees.entries()) {
    let node = tree;
    while (typeof node !== 'number') node = features[node[0]]! <= node[1] ? node[2] : node[3];
    sums[at % sums.length]! += node;
  }
  return sums;
}

/** Logarithms of the shares of votes of classes, or the mean of what the nearest rows say. */
export function voted(member: Neighbours, features: readonly number[]): number[] {
  const { neighbours: k, votes, voteSmoothing, rows, targets, head } = member;
  const seen = (member.features ?? features.map((_, at) => at)).map((at) => features[at]!);
  const far = rows.map((row) => Math.sqrt(row.reduce((sum, value, at) => sum + (value - seen[at]!) ** 2, 0)));
  const nearest = [...rows.keys()].sort((a, b) => far[a]! - far[b]! || a - b).slice(0, k);
  const least = far[nearest[0]!]!;
  const counts = nearest.map((row) => (votes === 'equal' || far[row] === least ? 1 : least / far[row]!));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / all);
  if (head.kind === 'linear') {
    return head.mean.map((_, t) =>
      nearest.reduce((sum, row, at) => sum + shares[at]! * (targets[row] as readonly number[])[t]!, 0),
    );
  }
  return Array.from({ length: head.classes }, (_, c) => {
    const own = nearest.reduce((sum, row, at) => sum + (targets[row] === c ? k * shares[at]! : 0), 0);
    return Math.log((own + voteSmoothing / head.classes) / (k + voteSmoothing));
  });
}
