// Boosted trees of all members as one node: it reads what the graph is given, filled and in the user's units.

import type { FeatureScale } from '../../data/dataset/encoding.js';
import type { PortableTrees } from '../shared/portable-members.js';
import type { Graph } from './graph.js';
import type { EncodedFeatures, NumberType } from './inputs.js';
import type { RawOutputs } from './members.js';
import { thresholdInUnits } from './thresholds.js';

/**
 * Runs the trees of all members, in their order.
 *
 * **Source:** github.com/onnx/onnx, docs/Operators-ml.md, TreeEnsembleRegressor 3: in double precision where its input is.
 */
export function callTrees(
  graph: Graph,
  encoded: EncodedFeatures,
  scale: FeatureScale | null,
  members: readonly PortableTrees[],
  type: NumberType,
): RawOutputs {
  const { outputs } = members[0]!.trees;
  const targets = outputs * members.length;
  const table = new NodeTable(encoded.places, scale, type, targets);
  for (const [at, { trees }] of members.entries()) table.add(trees, at * outputs);
  const x = encoded.inUnits();
  const sums = graph.tableNode('TreeEnsembleRegressor', [x], table.attributes(), 'trees');
  const shape = graph.integers('shape', [-1, members.length, outputs]);
  const apart = graph.node('Reshape', [sums, shape], {}, 'byMember');
  const z = graph.node('Transpose', [apart], { perm: [1, 0, 2] }, 'members');
  const whole = encoded.gaps === null ? z : graph.node('Add', [z, encoded.gaps()], {}, 'withGaps');
  // One output is the logit of the second class against a first one of 0.
  const isOneLogit = members[0]!.head.kind === 'sigmoid';
  const value = isOneLogit
    ? graph.node('Mul', [whole, graph.numbers('second', [0, 1])], {}, 'logits')
    : whole;
  return { value, members };
}

/** Nodes of trees side by side, as the operator wants them. */
class NodeTable {
  readonly #places: Int32Array;
  readonly #scale: FeatureScale | null;
  readonly #type: NumberType;
  /** By feature, thresholds as they are given. */
  readonly #thresholds = new Map<number, Map<number, number>>();
  readonly #base: Float64Array;
  readonly #trees: number[] = [];
  readonly #nodes: number[] = [];
  readonly #features: number[] = [];
  readonly #values: number[] = [];
  readonly #yes: number[] = [];
  readonly #no: number[] = [];
  readonly #isLeaf: boolean[] = [];
  readonly #leafTargets: number[] = [];
  #tree = 0;

  /** @param targets outputs of all members. */
  constructor(places: Int32Array, scale: FeatureScale | null, type: NumberType, targets: number) {
    this.#places = places;
    this.#scale = scale;
    this.#type = type;
    this.#base = new Float64Array(targets);
  }

  /** Adds a member's trees. @param first its first output among those of all. */
  add({ outputs, baseline, roots, ...trees }: PortableTrees['trees'], first: number): void {
    for (let output = 0; output < outputs; output++) this.#base[first + output]! += baseline[output]!;
    for (const [at, root] of roots.entries()) {
      const target = first + (at % outputs);
      const top = this.#known(trees, root);
      // A tree that says the same of every row.
      if (trees.features[top]! < 0) this.#base[target]! += trees.values[top]!;
      else this.#addTree(trees, top, target);
    }
  }

  /** The node that rows come to by splits of features that are 0 in every row. */
  #known({ features, values, above }: Nodes, node: number): number {
    let own = node;
    while (features[own]! >= 0 && this.#places[features[own]!]! < 0)
      own = values[own]! >= 0 ? own + 1 : above[own]!;
    return own;
  }

  #addTree(trees: Nodes, top: number, target: number): void {
    const start = this.#nodes.length;
    const waiting = [{ node: top, parent: -1 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, parent } = next;
      const own = this.#nodes.length;
      if (parent >= 0) this.#no[parent] = own - start;
      const feature = trees.features[node]!;
      const value = trees.values[node]!;
      const isLeaf = feature < 0;
      this.#trees.push(this.#tree);
      this.#nodes.push(own - start);
      this.#features.push(isLeaf ? 0 : this.#places[feature]!);
      this.#values.push(isLeaf ? value : this.#threshold(feature, value));
      this.#isLeaf.push(isLeaf);
      // The left subtree comes next.
      this.#yes.push(isLeaf ? 0 : own - start + 1);
      this.#no.push(0);
      if (isLeaf) {
        this.#leafTargets.push(target);
        continue;
      }
      waiting.push({ node: this.#known(trees, trees.above[node]!), parent: own });
      waiting.push({ node: this.#known(trees, node + 1), parent: -1 });
    }
    this.#tree++;
  }

  #threshold(feature: number, threshold: number): number {
    const own = this.#thresholds.get(feature) ?? new Map<number, number>();
    this.#thresholds.set(feature, own);
    const known = own.get(threshold);
    if (known !== undefined) return known;
    const value = thresholdInUnits(this.#scale, feature, threshold, this.#type);
    own.set(threshold, value);
    return value;
  }

  attributes() {
    // The operator has a tree.
    if (this.#tree === 0) this.#addTree(NOTHING, 0, 0);
    const leaves = Array.from(this.#isLeaf.keys()).filter((node) => this.#isLeaf[node]!);
    const isSingle = this.#type === 'float';
    const numbers = (name: string, values: ArrayLike<number>) =>
      isSingle ? { [name]: Float32Array.from(values) } : { [`${name}_as_tensor`]: Float64Array.from(values) };
    return {
      n_targets: this.#base.length,
      aggregate_function: 'SUM',
      nodes_treeids: this.#trees,
      nodes_nodeids: this.#nodes,
      nodes_featureids: this.#features,
      nodes_modes: this.#isLeaf.map((isLeaf) => (isLeaf ? 'LEAF' : 'BRANCH_LEQ')),
      ...numbers(
        'nodes_values',
        this.#values.map((value, node) => (this.#isLeaf[node]! ? 0 : value)),
      ),
      nodes_truenodeids: this.#yes,
      nodes_falsenodeids: this.#no,
      target_treeids: leaves.map((node) => this.#trees[node]!),
      target_nodeids: leaves.map((node) => this.#nodes[node]!),
      target_ids: this.#leafTargets,
      ...numbers(
        'target_weights',
        leaves.map((node) => this.#values[node]!),
      ),
      ...numbers('base_values', this.#base),
    };
  }
}

type Nodes = Pick<PortableTrees['trees'], 'features' | 'values' | 'above'>;

/** A tree of one leaf, 0. */
const NOTHING: Nodes = {
  features: Int32Array.of(-1),
  values: Float32Array.of(0),
  above: Uint32Array.of(0),
};
