// Members that are no networks without anything of tutti's own, as src/model/portable-network.ts has networks: their trees, or
// the rows that they keep, and how what they put out is a prediction.

import { decodeRows } from '../../data/dataset/encoding.js';
import { drawFeatureSubset } from '../../data/resample.js';
import type { NeighboursMemberSpec } from '../../engines/neighbours/spec.js';
import { readStoredRows } from '../../engines/neighbours/stored-rows.js';
import { rawOutputs } from '../../engines/trees/raw-outputs.js';
import type { TreesMemberSpec } from '../../engines/trees/spec.js';
import { readTrees, type Trees } from '../../engines/trees/stored-trees.js';
import {
  headOf,
  type NetworkMember,
  type NetworksOwner,
  type PortableHead,
  type PortableNetwork,
} from '../../model/portable-network.js';
import { seedOf } from '../../model/spec.js';

/** Sums of trees, which split the features of the ensemble as they are encoded. */
export interface PortableTrees {
  readonly kind: 'trees';
  /** Its place in the plan. */
  readonly member: number;
  readonly trees: Trees;
  readonly head: PortableHead;
}

/** Stored rows, of which the nearest vote or are averaged, by the sum of squared differences of the columns. */
export interface PortableNeighbours {
  readonly kind: 'neighbours';
  readonly member: number;
  /** The features that it reads, ascending; null: all, in their order. */
  readonly columns: Uint32Array | null;
  /** Whether distances are of features in the user's units, and not of encoded ones. */
  readonly inUnits: boolean;
  /** k, how many of them count. */
  readonly neighbours: number;
  readonly votes: NeighboursMemberSpec['votes'];
  /** Votes spread evenly over all classes beside these. */
  readonly voteSmoothing: number;
  readonly rows: number;
  /** f32[rows, columns]. */
  readonly stored: Float32Array;
  /** f32[rows, targets], standardised; of classes f32[rows], their places. */
  readonly targets: Float32Array;
  readonly head: PortableHead;
}

export type PortableMember = PortableNetwork | PortableTrees | PortableNeighbours;

export function isPortableNetwork(member: PortableMember): member is PortableNetwork {
  return 'layers' in member;
}

/** @throws ERR_BUNDLE when its weights are no trees. */
export function portableTrees(
  { task, features, encoding }: NetworksOwner,
  spec: TreesMemberSpec,
  { index, parameters }: NetworkMember,
): PortableTrees {
  const outputs = rawOutputs(task);
  const bounds = { outputs, features, rounds: spec.epochs, maxLeaves: spec.trees.maxLeaves, member: index };
  const head = headOf({ loss: spec.loss }, task, encoding);
  return { kind: 'trees', member: index, trees: readTrees(parameters, bounds), head };
}

/** Of a member whose distances are Euclidean. @throws ERR_BUNDLE when its weights are no rows. */
export function portableNeighbours(
  { plan, task, features, encoding }: NetworksOwner,
  spec: NeighboursMemberSpec,
  { index, parameters }: NetworkMember,
): PortableNeighbours {
  const columns = drawFeatureSubset(spec.featureShare, seedOf(plan, spec), spec.streams.resample, features);
  const { rows, stored, targets } = readStoredRows(spec, features, task, parameters);
  const inUnits = spec.distance.image !== null && encoding.features !== null;
  const { neighbours, votes, voteSmoothing } = spec;
  const loss = task.kind === 'classification' ? 'softmaxCrossEntropy' : 'squaredError';
  return {
    ...{
      kind: 'neighbours',
      member: index,
      columns,
      inUnits,
      neighbours,
      votes,
      voteSmoothing,
      rows,
      targets,
    },
    stored: inUnits ? Float32Array.from(decodeRows(stored, encoding.features)) : stored,
    head: headOf({ loss }, task, encoding),
  };
}
