// Gradient boosting as it is defined, without bins, histograms or trees in arrays: every split of every column is tried
// on the rows themselves, and sums are of whole numbers.

export interface ReferenceOptions {
  readonly rate: number;
  readonly maxLeaves: number;
  readonly maxDepth: number | null;
  readonly minLeafRows: number;
  readonly l2: number;
}

/** A node: what a split is by, or a leaf's value. */
export type ReferenceNode =
  | {
      readonly feature: number;
      readonly threshold: number;
      readonly left: ReferenceNode;
      readonly right: ReferenceNode;
    }
  | { readonly value: number };

interface Pair {
  readonly g: bigint;
  readonly h: bigint;
}

interface Leaf {
  readonly rows: readonly number[];
  readonly depth: number;
  put(node: ReferenceNode): void;
}

interface Found {
  readonly gain: number;
  readonly feature: number;
  readonly threshold: number;
}

/** Numbers as whole multiples of the coarsest power of two with which n of the largest stay below 2⁵² of it. */
export function wholeNumbers(values: readonly number[]): { readonly unit: number; readonly whole: bigint[] } {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let unit = 1;
  while (most * Math.max(values.length, 4) >= unit * 2 ** 52) unit *= 2;
  while (most > 0 && most * Math.max(values.length, 4) < unit * 2 ** 51) unit /= 2;
  return { unit, whole: values.map((value) => BigInt(roundHalfEven(value / unit))) };
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Grows one tree on rows of columns, by first and second derivatives. */
export function referenceTree(
  columns: readonly (readonly number[])[],
  g: readonly number[],
  h: readonly number[],
  { rate, maxLeaves, maxDepth, minLeafRows, l2 }: ReferenceOptions,
): ReferenceNode {
  const [first, second] = [wholeNumbers(g), wholeNumbers(h)];
  const sum = (rows: readonly number[]): Pair =>
    rows.reduce((all, row) => ({ g: all.g + first.whole[row]!, h: all.h + second.whole[row]! }), {
      g: 0n,
      h: 0n,
    });
  const real = (pair: Pair) => ({ g: Number(pair.g) * first.unit, h: Number(pair.h) * second.unit });
  const score = (rows: readonly number[]) => {
    const { g: G, h: H } = real(sum(rows));
    return (G * G) / (H + l2);
  };

  const bestSplit = ({ rows, depth }: Leaf): Found | null => {
    let best: Found | null = null;
    if (maxDepth !== null && depth >= maxDepth) return null;
    for (const [feature, values] of columns.entries()) {
      for (const threshold of thresholds(values)) {
        const left = rows.filter((row) => values[row]! <= threshold);
        const right = rows.filter((row) => values[row]! > threshold);
        if (Math.min(left.length, right.length) < minLeafRows) continue;
        if (Math.min(real(sum(left)).h, real(sum(right)).h) < 1e-3) continue;
        const gain = score(left) + score(right) - score(rows);
        if (gain > (best?.gain ?? 0)) best = { gain, feature, threshold };
      }
    }
    return best;
  };

  let root: ReferenceNode = { value: 0 };
  const put = (node: ReferenceNode) => {
    root = node;
  };
  const leaves: Leaf[] = [{ rows: g.map((_, row) => row), depth: 0, put }];
  const splits = new Map<Leaf, Found | null>();
  while (leaves.length < maxLeaves) {
    for (const leaf of leaves) if (!splits.has(leaf)) splits.set(leaf, bestSplit(leaf));
    const leaf = leaves.reduce((best, other) =>
      (splits.get(other)?.gain ?? 0) > (splits.get(best)?.gain ?? 0) ? other : best,
    );
    const found = splits.get(leaf)!;
    if (found === null) break;
    const { feature, threshold } = found;
    const node = { feature, threshold, left: { value: 0 }, right: { value: 0 } } as {
      feature: number;
      threshold: number;
      left: ReferenceNode;
      right: ReferenceNode;
    };
    leaf.put(node);
    const side = (isLeft: boolean, place: 'left' | 'right'): Leaf => ({
      rows: leaf.rows.filter((row) => columns[feature]![row]! <= threshold === isLeft),
      depth: leaf.depth + 1,
      put: (child) => {
        node[place] = child;
      },
    });
    leaves.splice(leaves.indexOf(leaf), 1, side(true, 'left'));
    leaves.push(side(false, 'right'));
  }
  for (const { rows, put: place } of leaves) {
    const { g: G, h: H } = real(sum(rows));
    place({ value: Math.fround((-rate * G) / (H + l2)) });
  }
  return root;
}

/** As src/engines/trees/binning.ts has it: no value of a grid lies there. */
const ABOVE_MIDDLE = 0.5 + 1 / 1024;

/** Between each two of a column's values, in single precision. */
function thresholds(values: readonly number[]): number[] {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return sorted.slice(1).map((value, i) => Math.fround(sorted[i]! + (value - sorted[i]!) * ABOVE_MIDDLE));
}

/** What a tree says of a row. */
export function referenceAnswer(node: ReferenceNode, row: readonly number[]): number {
  if ('value' in node) return node.value;
  return referenceAnswer(row[node.feature]! <= node.threshold ? node.left : node.right, row);
}

/** Node by node, each split before its left and its right subtree. */
export function referenceNumbers(node: ReferenceNode): number[] {
  if ('value' in node) return [0, node.value];
  return [node.feature + 1, node.threshold, ...referenceNumbers(node.left), ...referenceNumbers(node.right)];
}
