// Grows a regression tree on first and second derivatives, leaf by leaf: of all leaves the one is split whose best split
// gains most, until there are enough. Knows no loss, no member and no file.

import type { BinnedRows } from './binning.js';
import type { TreeSpec } from './spec.js';

/** A tree: node 0 is the root, a child comes after its parent. */
export interface GrownTree {
  readonly nodes: readonly TreeNode[];
}

/** A split, in which the rows at most at the edge of `bin` go left; or a leaf. */
export type TreeNode =
  | { readonly kind: 'split'; readonly bin: number; readonly left: number; readonly right: number }
  | { readonly kind: 'leaf'; readonly value: number };

/** Sums of second derivatives below this make no leaf: its value would be a quotient of roundings. */
const MIN_HESSIAN = 1e-3;

/** Σ of derivatives, and rows, by bins. */
interface Histogram {
  /** f64[bins, 2]. */
  readonly sums: Float64Array;
  /** u32[bins]. */
  readonly counts: Uint32Array;
}

/** A node that rows are in and that is not yet split. */
interface OpenNode {
  readonly node: number;
  readonly depth: number;
  /** Its rows: from `start` to before `end` of the order. */
  readonly start: number;
  readonly end: number;
  readonly gradient: number;
  readonly hessian: number;
  /** Null once nobody needs it. */
  histogram: Histogram | null;
  split: Split | null;
}

interface Split {
  readonly gain: number;
  readonly field: number;
  readonly bin: number;
  /** Of the rows that go left. */
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

/** Grows trees on the same rows, one after the other, in the same memory. */
export class TreeGrower {
  readonly #binned: BinnedRows;
  readonly #spec: TreeSpec;
  readonly #isUnit: boolean;
  /** The rows, those of a node next to each other and ascending. */
  readonly #order: Uint32Array;
  readonly #scratch: Uint32Array;
  readonly #free: Histogram[] = [];
  #derivatives: Float64Array = new Float64Array(0);

  /** @param isUnit whether every second derivative is 1, so that counts are their sums. */
  constructor(binned: BinnedRows, spec: TreeSpec, isUnit: boolean) {
    this.#binned = binned;
    this.#isUnit = isUnit;
    this.#spec = spec;
    this.#order = new Uint32Array(binned.rows);
    this.#scratch = new Uint32Array(binned.rows);
  }

  /**
   * Grows a tree.
   * @param derivatives f64[rows, 2], whose sums are exact (exact-sums.ts).
   * @param rate what leaves are multiplied by.
   * @param onLeaf told of each leaf's rows and value, for whoever adds them up.
   */
  grow(
    derivatives: Float64Array,
    rate: number,
    onLeaf: (rows: Uint32Array, value: number) => void,
  ): GrownTree {
    this.#derivatives = derivatives;
    const { rows } = this.#binned;
    for (let row = 0; row < rows; row++) this.#order[row] = row;
    let gradient = 0;
    let hessian = 0;
    for (let row = 0; row < rows; row++) {
      gradient += derivatives[2 * row]!;
      hessian += derivatives[2 * row + 1]!;
    }
    const nodes: TreeNode[] = [];
    const root = this.#open({ node: 0, depth: 0, start: 0, end: rows, gradient, hessian }, null);
    const open = [root];
    nodes.push(LEAF_TO_BE);
    for (let leaves = 1; leaves < this.#spec.maxLeaves; leaves++) {
      const best = bestOf(open);
      if (best === null) break;
      const [left, right] = this.#split(best, nodes.length);
      nodes.push(LEAF_TO_BE, LEAF_TO_BE);
      nodes[best.node] = { kind: 'split', bin: best.split!.bin, left: left.node, right: right.node };
      open[open.indexOf(best)] = left;
      open.push(right);
    }
    for (const leaf of open) {
      const value = leafValue(leaf, rate, this.#spec.l2);
      nodes[leaf.node] = { kind: 'leaf', value };
      onLeaf(this.#order.subarray(leaf.start, leaf.end), value);
      this.#release(leaf);
    }
    return { nodes };
  }

  /** A node with its best split, if it has any. @param histogram of its rows, if somebody has it. */
  #open(parts: Omit<OpenNode, 'histogram' | 'split'>, histogram: Histogram | null): OpenNode {
    const node: OpenNode = { ...parts, histogram, split: null };
    if (!this.#maySplit(node)) {
      this.#release(node);
      return node;
    }
    node.histogram ??= this.#add(node, this.#take());
    node.split = this.#findSplit(node, node.histogram);
    if (node.split === null) this.#release(node);
    return node;
  }

  #maySplit({ start, end, depth }: Pick<OpenNode, 'start' | 'end' | 'depth'>): boolean {
    const { minLeafRows, maxDepth } = this.#spec;
    return end - start >= 2 * minLeafRows && (maxDepth === null || depth < maxDepth);
  }

  #take(): Histogram {
    const own = this.#free.pop();
    if (own !== undefined) return own;
    const bins = this.#binned.edges.length;
    return { sums: new Float64Array(2 * bins), counts: new Uint32Array(bins) };
  }

  #release(node: OpenNode): void {
    if (node.histogram !== null) this.#free.push(node.histogram);
    node.histogram = null;
  }

  /** Adds up the derivatives of a node's rows by bins. */
  #add({ start, end }: Pick<OpenNode, 'start' | 'end'>, histogram: Histogram): Histogram {
    const { bins, fields } = this.#binned;
    const order = this.#order;
    const derivatives = this.#derivatives;
    const { sums, counts } = histogram;
    sums.fill(0);
    counts.fill(0);
    if (this.#isUnit) {
      for (let i = start; i < end; i++) {
        const row = order[i]!;
        const gradient = derivatives[2 * row]!;
        const from = row * fields;
        for (let at = from; at < from + fields; at++) {
          const bin = bins[at]!;
          sums[2 * bin]! += gradient;
          counts[bin]!++;
        }
      }
      return histogram;
    }
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const gradient = derivatives[2 * row]!;
      const hessian = derivatives[2 * row + 1]!;
      const from = row * fields;
      for (let at = from; at < from + fields; at++) {
        const bin = bins[at]!;
        sums[2 * bin]! += gradient;
        sums[2 * bin + 1]! += hessian;
        counts[bin]!++;
      }
    }
    return histogram;
  }

  /**
   * The split that gains most: G²/(H + λ) of its sides less that of the node. Of equal ones the first, by features, then thresholds.
   */
  #findSplit({ start, end, gradient: all, hessian: allH }: OpenNode, histogram: Histogram): Split | null {
    const { fields, firstBin, exclusive } = this.#binned;
    const { minLeafRows, l2 } = this.#spec;
    const isUnit = this.#isUnit;
    const { sums, counts } = histogram;
    const rows = end - start;
    const own = (all * all) / (allH + l2);
    let best = own;
    let split: Split | null = null;
    for (let field = 0; field < fields; field++) {
      const isExclusive = exclusive[field] === 1;
      let gradient = 0;
      let hessian = 0;
      let left = 0;
      // Above the last of ordered bins is nothing; of exclusive ones the first has no column.
      const last = firstBin[field + 1]! - (isExclusive ? 0 : 1);
      for (let bin = firstBin[field]! + (isExclusive ? 1 : 0); bin < last; bin++) {
        const count = counts[bin]!;
        if (count === 0) continue;
        const own1 = sums[2 * bin]!;
        const own2 = isUnit ? count : sums[2 * bin + 1]!;
        if (isExclusive) {
          left = rows - count;
          gradient = all - own1;
          hessian = allH - own2;
        } else {
          left += count;
          gradient += own1;
          hessian += own2;
        }
        if (left < minLeafRows || hessian < MIN_HESSIAN) continue;
        if (rows - left < minLeafRows || allH - hessian < MIN_HESSIAN) {
          if (isExclusive) continue;
          break;
        }
        const rest = all - gradient;
        const score = (gradient * gradient) / (hessian + l2) + (rest * rest) / (allH - hessian + l2);
        if (!(score > best)) continue;
        best = score;
        split = { gain: score - own, field, bin, gradient, hessian, rows: left };
      }
    }
    return split;
  }

  /** The two nodes that a split makes, `first` and the one after it. */
  #split(node: OpenNode, first: number): [OpenNode, OpenNode] {
    const { start, end, depth, gradient, hessian } = node;
    const split = node.split!;
    this.#part(start, end, split);
    const middle = start + split.rows;
    const left = {
      ...{ node: first, depth: depth + 1, start, end: middle },
      ...{ gradient: split.gradient, hessian: split.hessian },
    };
    const right = {
      ...{ node: first + 1, depth: depth + 1, start: middle, end },
      ...{ gradient: gradient - split.gradient, hessian: hessian - split.hessian },
    };
    // The rows of the smaller are added up, the sums of the larger are what is left.
    const [small, large] = split.rows <= end - middle ? [left, right] : [right, left];
    let ofSmall: Histogram | null = null;
    let ofLarge = node.histogram;
    node.histogram = null;
    if (this.#maySplit(large)) {
      ofSmall = this.#add(small, this.#take());
      subtract(ofLarge!, ofSmall);
    } else {
      this.#free.push(ofLarge!);
      ofLarge = null;
    }
    const openSmall = this.#open(small, ofSmall);
    const openLarge = this.#open(large, ofLarge);
    return small === left ? [openSmall, openLarge] : [openLarge, openSmall];
  }

  /** Puts the rows that go left before the others, each in their order. */
  #part(start: number, end: number, { field, bin }: Split): void {
    const { bins, fields, exclusive } = this.#binned;
    // At most this one, or from that one on.
    const most = exclusive[field] === 1 ? bin - 1 : bin;
    const other = exclusive[field] === 1 ? bin + 1 : 0xffffffff;
    const order = this.#order;
    const scratch = this.#scratch;
    let left = start;
    let right = 0;
    // Written to both places, and one of them taken: which side a row goes to is what no processor can guess.
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const own = bins[row * fields + field]!;
      const goesLeft = own <= most || own >= other ? 1 : 0;
      order[left] = row;
      scratch[right] = row;
      left += goesLeft;
      right += 1 - goesLeft;
    }
    order.set(scratch.subarray(0, right), left);
  }
}

/** −rate · G / (H + λ), in single precision as it is stored. */
function leafValue({ gradient, hessian }: OpenNode, rate: number, l2: number): number {
  return hessian < MIN_HESSIAN || gradient === 0 ? 0 : Math.fround((-rate * gradient) / (hessian + l2));
}

/** Stands where a leaf will be or be split. */
const LEAF_TO_BE: TreeNode = { kind: 'leaf', value: 0 };

/** The first of those whose split gains most; null when none has one. */
function bestOf(open: readonly OpenNode[]): OpenNode | null {
  let best: OpenNode | null = null;
  for (const node of open) {
    if (node.split !== null && (best === null || node.split.gain > best.split!.gain)) best = node;
  }
  return best;
}

function subtract(from: Histogram, { sums, counts }: Histogram): void {
  for (let i = 0; i < sums.length; i++) from.sums[i]! -= sums[i]!;
  for (let i = 0; i < counts.length; i++) from.counts[i]! -= counts[i]!;
}
