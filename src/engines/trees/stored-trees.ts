// What a boosted-tree member keeps in place of weights, f32: the constants that its sums begin with, one for each raw output,
// then its trees, round after round and in a round output after output. A tree is its nodes, each a pair of numbers, a
// split followed by its left and then its right subtree:
//
//     feature + 1, threshold    a split: rows whose feature is at most the threshold go left
//     0, value                  a leaf
//
// So there are no places of nodes that could be wrong, and whatever is read ends where its numbers do. Features are counted as the
// dataset has them, thresholds are of the features as members see them (encoded), values are multiplied by the rate already.

import { TuttiError } from '../../errors.js';
import type { BinnedRows } from './binning.js';
import type { GrownTree } from './grow-tree.js';

/** Numbers per node. */
const PAIR = 2;

/** Trees as they are stored, in a memory that grows. */
export class StoredTrees {
  #numbers = new Float32Array(1024);
  #length = 0;

  /** Floats so far. */
  get length(): number {
    return this.#length;
  }

  /** What is stored, a view. */
  get numbers(): Float32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  /** Keeps the first so many. */
  cut(length: number): void {
    this.#length = length;
  }

  append(numbers: ArrayLike<number>): void {
    this.#makeRoom(numbers.length);
    this.#numbers.set(numbers, this.#length);
    this.#length += numbers.length;
  }

  /** Writes a tree behind the others. */
  appendTree({ nodes }: GrownTree, { edges, features }: Pick<BinnedRows, 'edges' | 'features'>): void {
    this.#makeRoom(PAIR * nodes.length);
    const waiting = [0];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const node = nodes[next]!;
      const isLeaf = node.kind === 'leaf';
      this.#numbers[this.#length++] = isLeaf ? 0 : features[node.bin]! + 1;
      this.#numbers[this.#length++] = isLeaf ? node.value : edges[node.bin]!;
      if (!isLeaf) waiting.push(node.right, node.left);
    }
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#numbers.length) return;
    const larger = new Float32Array(Math.max(2 * this.#numbers.length, this.#length + more));
    larger.set(this.numbers);
    this.#numbers = larger;
  }
}

/** Trees ready to be asked. */
export interface Trees {
  /** Raw outputs, to each of which the trees add in turn. */
  readonly outputs: number;
  /** f64[outputs]: what the sums begin with. */
  readonly baseline: Float64Array;
  /** u32[trees]: the root of each. */
  readonly roots: Uint32Array;
  /** i32[nodes]: the feature that a node splits by; −1 for a leaf. */
  readonly features: Int32Array;
  /** f32[nodes]: the threshold of a split, the value of a leaf. */
  readonly values: Float32Array;
  /** u32[nodes]: where rows go whose feature is above the threshold; the others go to the next node. */
  readonly above: Uint32Array;
}

/** What trees may be, for the check of those from a file. */
export interface TreeBounds {
  readonly outputs: number;
  readonly features: number;
  readonly rounds: number;
  readonly maxLeaves: number;
  /** The member, for messages. */
  readonly member: number;
}

/**
 * Reads stored trees.
 * @throws ERR_BUNDLE for what are none: they may come from a file.
 */
export function readTrees(numbers: Float32Array, bounds: TreeBounds): Trees {
  const { outputs, features: mostFeatures, rounds, maxLeaves } = bounds;
  const nodes = (numbers.length - outputs) / PAIR;
  if (!(Number.isInteger(nodes) && nodes >= 0)) failTrees(bounds, `${numbers.length} numbers`);
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) failTrees(bounds, `${numbers[bad]} at place ${bad}`);
  const features = new Int32Array(nodes);
  const values = new Float32Array(nodes);
  const above = new Uint32Array(nodes);
  const roots: number[] = [];
  /** Splits whose right subtree has not begun. */
  const waiting: number[] = [];
  let leaves = 0;
  /** Subtrees of the tree that have not begun. */
  let open = 0;
  for (let node = 0; node < nodes; node++) {
    if (open === 0) {
      roots.push(node);
      leaves = 0;
      open = 1;
    }
    const code = numbers[outputs + PAIR * node]!;
    if (!(Number.isInteger(code) && code >= 0 && code <= mostFeatures))
      failTrees(bounds, `a split by feature ${code - 1} of ${mostFeatures}`);
    features[node] = code - 1;
    values[node] = numbers[outputs + PAIR * node + 1]!;
    if (code > 0) {
      waiting.push(node);
      open++;
      continue;
    }
    if (++leaves > maxLeaves) failTrees(bounds, `a tree of more than ${maxLeaves} leaves`);
    open--;
    if (open > 0) above[waiting.pop()!] = node + 1;
  }
  if (open > 0) failTrees(bounds, 'a tree that does not end');
  if (roots.length % outputs !== 0 || roots.length > rounds * outputs) {
    failTrees(bounds, `${roots.length} trees for ${rounds} rounds of ${outputs}`);
  }
  const baseline = Float64Array.from(numbers.subarray(0, outputs));
  return { outputs, baseline, roots: Uint32Array.from(roots), features, values, above };
}

function failTrees({ member }: TreeBounds, got: string): never {
  const message = `Expected the weights of boosted-tree member ${member} to be trees, got ${got}`;
  throw new TuttiError('ERR_BUNDLE', message, { member });
}

/**
 * Adds what trees say of rows to sums.
 * @param from the first of the trees. @param x f32, rows of which the first begins at `start` and each next one `stride` later.
 * @param into f64[rows, outputs].
 */
export function addTrees(
  { outputs, roots, features, values, above }: Trees,
  from: number,
  x: Float32Array,
  start: (row: number) => number,
  rows: number,
  into: Float64Array,
): void {
  for (let tree = from; tree < roots.length; tree++) {
    const root = roots[tree]!;
    const output = tree % outputs;
    for (let row = 0; row < rows; row++) {
      const base = start(row);
      let node = root;
      for (let feature = features[node]!; feature >= 0; feature = features[node]!) {
        node = x[base + feature]! <= values[node]! ? node + 1 : above[node]!;
      }
      into[row * outputs + output]! += values[node]!;
    }
  }
}
