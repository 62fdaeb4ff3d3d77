// Every operation that a program may call, with its arguments in order: the only place where they are named. From this
// table follow the dispatchers of both executors (assembly/dispatch.ts, native/dispatch.h), the methods of `Calls`
// (operation-calls.ts) and what a program is validated against. `node dist/scripts/operation-code.js` writes them anew.
// What an operation computes is in docs/ARITHMETIC.md; formats are in formats.ts.

/**
 * What an argument is. Addresses are bytes from the start of the memory, with the type of what lies there; a `?` makes 0
 * stand for nothing. `stride` counts bytes, a multiple of 16; `count` and `kind` are i32, `key` u32, `f32` a number.
 */
export type ArgumentKind =
  | 'f32[]'
  | 'f32[]?'
  | 'u32[]'
  | 'i32[]'
  | 'i32[]?'
  | 'i8[]'
  | 'windows'
  | 'update'
  | 'stride'
  | 'count'
  | 'kind'
  | 'key'
  | 'f32';

/** An operation's arguments, in the order in which they are passed, and whether it returns a loss. */
export interface Operation {
  readonly args: readonly (readonly [name: string, kind: ArgumentKind])[];
  /** What it returns is added to what the run of a program returns; one that is not finite ends the run. */
  readonly returnsLoss?: true;
}

// biome-ignore format: as below
const POOL_INPUT = [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] as const;

// biome-ignore format: as below
const PERTURB = [['x', 'f32[]'], ['origin', 'f32[]'], ['gradient', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['radius', 'f32[]'], ['low', 'f32[]'], ['high', 'f32[]'], ['step', 'f32']] as const;

// biome-ignore format: as below
const TARGETS_LOSS = [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['outputs', 'count'], ['targets', 'f32[]'], ['targetsStride', 'stride'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']] as const;

/** In the order of their numbers, from 0. */
// biome-ignore format: a line each
export const OPERATIONS = {
  // Batches
  gatherRows: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['indices', 'u32[]'], ['count', 'count'], ['features', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  gatherColumns: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['indices', 'u32[]'], ['count', 'count'], ['columns', 'u32[]'], ['features', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  gatherLabels: { args: [['labels', 'i32[]'], ['indices', 'u32[]'], ['count', 'count'], ['out', 'i32[]']] },
  gatherWeights: { args: [['rowWeights', 'f32[]?'], ['indices', 'u32[]'], ['count', 'count'], ['scale', 'f32'], ['out', 'f32[]']] },
  shuffle: { args: [['indices', 'u32[]'], ['count', 'count'], ['key0', 'key'], ['key1', 'key']] },
  copy: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  clear: { args: [['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },

  // Dense layers
  forward: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32']] },
  forwardRow: { args: [['x', 'f32[]'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['slope', 'f32']] },
  linear: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['outStride', 'stride'], ['scratch', 'f32[]']] },
  inputGradient: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['units', 'count'], ['w', 'f32[]'], ['inputs', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  weightGradient: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['units', 'count'], ['w', 'f32[]'], ['scratch', 'f32[]'], ['update', 'update']] },

  // Layers over windows
  convolve: { args: [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['w', 'f32[]'], ['filters', 'count'], ['hasBias', 'kind'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32'], ['scratch', 'f32[]']] },
  convolveInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['w', 'f32[]'], ['filters', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },
  convolveWeightGradient: { args: [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['w', 'f32[]'], ['filters', 'count'], ['scratch', 'f32[]'], ['update', 'update']] },
  maxPool: { args: [...POOL_INPUT, ['choice', 'i32[]?'], ['scratch', 'f32[]']] },
  maxPoolChosen: { args: [...POOL_INPUT, ['choice', 'i32[]'], ['scratch', 'f32[]']] },
  maxPoolInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['choice', 'i32[]'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },
  averagePool: { args: [...POOL_INPUT, ['scratch', 'f32[]']] },
  averagePoolInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },

  // Activations
  activate: { args: [['activation', 'kind'], ['h', 'f32[]'], ['derivative', 'f32[]?'], ['stride', 'stride'], ['panels', 'count']] },
  secondDerivative: { args: [['activation', 'kind'], ['z', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  multiply: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  multiplySlope: { args: [['a', 'f32[]'], ['h', 'f32[]'], ['slope', 'f32'], ['stride', 'stride'], ['panels', 'count']] },
  product: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  add: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  addProduct: { args: [['sum', 'f32[]'], ['a', 'f32[]'], ['b', 'f32[]'], ['c', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  addActivityGradient: { args: [['dh', 'f32[]'], ['h', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['rowWeights', 'f32[]'], ['strength', 'f32'], ['slope', 'f32']] },

  // Losses
  softmaxCrossEntropy: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['classes', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  binaryCrossEntropy: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  squaredError: { args: TARGETS_LOSS, returnsLoss: true },
  gaussianNll: { args: TARGETS_LOSS, returnsLoss: true },
  smoothLabels: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['smoothing', 'f32'], ['dz', 'f32[]?']], returnsLoss: true },
  tangentPenalty: { args: [['u', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['rowWeights', 'f32[]'], ['strength', 'f32'], ['du', 'f32[]']], returnsLoss: true },

  // Techniques
  drawMask: { args: [['mask', 'i8[]'], ['stride', 'stride'], ['panels', 'count'], ['threshold', 'count'], ['key0', 'key'], ['key1', 'key'], ['layer', 'count']] },
  applyMask: { args: [['input', 'f32[]'], ['mask', 'i8[]'], ['scale', 'f32'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  scaleRows: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['factors', 'f32[]']] },
  addNoise: { args: [['x', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['deviation', 'f32'], ['key0', 'key'], ['key1', 'key']] },
  perturbMax: { args: PERTURB },
  perturbEuclidean: { args: PERTURB },

  // Updates
  applyUpdate: { args: [['w', 'f32[]'], ['gradient', 'f32[]'], ['weightCount', 'count'], ['biasCount', 'count'], ['update', 'update']] },
  pullToward: { args: [['w', 'f32[]'], ['anchor', 'f32[]'], ['count', 'count'], ['share', 'f32']] },
  flushDenormals: { args: [['values', 'f32[]'], ['count', 'count'], ['threshold', 'f32']] },

  // Predictions
  logSoftmax: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['classes', 'count']] },
  binaryLogProbabilities: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  gaussianMoments: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['outputs', 'count']] },
  unpanel: { args: [['z', 'f32[]'], ['stride', 'stride'], ['rows', 'count'], ['count', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  exp: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['count', 'count'], ['width', 'count']] },
  countActive: { args: [['h', 'f32[]'], ['stride', 'stride'], ['rows', 'count'], ['count', 'count'], ['threshold', 'f32']], returnsLoss: true },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
