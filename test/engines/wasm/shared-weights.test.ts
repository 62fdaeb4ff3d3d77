// Submodels that share weights against the formulas, in double precision with gradients by central differences.

import t from 'tap';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import { outputCount } from '../../../src/data/dataset/dataset.js';
import { initialParameters } from '../../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { streamKey } from '../../../src/math/random.js';
import { type TrainedShape, weightShapes } from '../../../src/model/layers.js';
import { layerShapes, parameterCount } from '../../../src/model/network.js';
import { networkSpecs } from '../../../src/model/network-members.js';
import { trainedShapes } from '../../../src/model/shared-weights.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../../src/model/spec.js';
import { tableWidth } from '../../../src/model/submodel-masks.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear, taught } from '../../support/datasets.js';
import { descend, eachBatch } from '../../support/numeric-descent.js';
import { softmax } from '../../support/reference-predict.js';

type Numbers = ArrayLike<number>;

/** A layer of one submodel: W[inputs][units] and b[units], as the papers have them. */
interface Layer {
  readonly w: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** What submodel j's layer is, (x ∘ r) W ∘ s + b, read from the canonical vector. */
function layerOf(shape: TrainedShape, own: Numbers, j: number): Layer {
  const { units } = shape;
  // A norm has a gain for each unit.
  const inputs = shape.kind === 'layerNorm' ? 1 : shape.kind === 'add' ? 0 : shape.inputs;
  if (shape.kind === 'add') return { w: [], b: [] };
  let next = 0;
  const matrix = () => {
    const w = Array.from({ length: inputs }, (_, i) =>
      Array.from({ length: units }, (_, o) => own[next + i * units + o]!),
    );
    next += inputs * units;
    const b = Array.from({ length: units }, (_, o) => own[next + o]!);
    next += units;
    return { w, b };
  };
  if (shape.kind === 'own') {
    next = j * (inputs * units + units);
    return matrix();
  }
  const { w, b } = matrix();
  if (shape.kind !== 'shared') return { w, b };
  const row = (rows: number) => {
    const start = next + j * tableWidth(rows);
    next += shape.submodels * tableWidth(rows);
    return Array.from({ length: rows }, (_, at) => own[start + at]!);
  };
  const r = shape.inputFactors === 'none' ? null : row(inputs);
  const s = shape.outputFactors === 'none' ? null : row(units);
  const bias = shape.ownBias ? row(units) : b;
  return { w: w.map((out, i) => out.map((v, o) => v * (r?.[i] ?? 1) * (s?.[o] ?? 1))), b: bias };
}

interface Stage {
  readonly kind: TrainedShape['kind'];
  readonly layer: Layer;
  readonly isTanh: boolean;
  /** Of sums: how many layers back the other term is. */
  readonly skip: number;
}

type Network = readonly Stage[];

/** Submodel j, layer by layer. */
function networkOf(shapes: readonly TrainedShape[], parameters: Float64Array, j: number): Network {
  let start = 0;
  return shapes.map((shape) => {
    const length = parameterCount([shape]);
    const layer = layerOf(shape, parameters.subarray(start, start + length), j);
    start += length;
    const skip = shape.kind === 'add' ? shape.skip : 0;
    return { kind: shape.kind, layer, isTanh: shape.activation === 'tanh', skip };
  });
}

/** Raw outputs. */
function outputs(network: Network, x: readonly number[]): number[] {
  let h = x;
  const all: (readonly number[])[] = [];
  for (const { kind, layer, isTanh, skip } of network) {
    const { w, b } = layer;
    let z: number[];
    if (kind === 'add') z = h.map((value, o) => value + all[all.length - 1 - skip]![o]!);
    else if (kind === 'layerNorm') {
      const centre = h.reduce((sum, value) => sum + value, 0) / h.length;
      const variance = h.reduce((sum, value) => sum + (value - centre) ** 2, 0) / h.length;
      z = h.map((value, o) => ((value - centre) / Math.sqrt(variance + 1e-5)) * w[0]![o]! + b[o]!);
    } else {
      z = b.map((bias, o) => {
        let sum = bias;
        for (let i = 0; i < h.length; i++) sum += h[i]! * w[i]![o]!;
        return sum;
      });
    }
    h = isTanh ? z.map(Math.tanh) : z;
    all.push(h);
  }
  return [...h];
}

const probabilities = (z: readonly number[]) =>
  z.length === 1 ? [1 / (1 + Math.exp(z[0]!)), 1 / (1 + Math.exp(-z[0]!))] : softmax(z);

function reference(dataset: Dataset, plan: EnsemblePlan) {
  const spec = networkSpecs(plan)[0]! as NetworkMemberSpec;
  const { features, task } = dataset;
  const shapes = trainedShapes(spec, layerShapes(spec, features, task));
  const parameters = Float64Array.from(
    initialParameters(shapes, spec.network.init, streamKey(plan.seed, 'init', spec.streams.init)),
  );
  const draw = drawMember(plan.seed, spec, dataset, features, drawCandidates(plan, dataset));
  const { submodels, batch } = spec.sharing!;
  const inputs = Array.from({ length: dataset.rows }, (_, row) => [
    ...dataset.x.subarray(row * features, (row + 1) * features),
  ]);
  const targets = task.kind === 'regression' ? taught(dataset) : [];
  const targetsOf = (row: number) => [
    ...targets.slice(row * outputCount(task), (row + 1) * outputCount(task)),
  ];
  const lossOf = (z: readonly number[], row: number) =>
    task.kind === 'classification'
      ? -Math.log(probabilities(z)[dataset.labels![row]!]!)
      : targetsOf(row).reduce((sum, y, o) => sum + (z[o]! - y) ** 2, 0) / z.length;
  const batchLoss = (rows: Uint32Array, values: Float64Array) => {
    let sum = 0;
    const networks = Array.from({ length: submodels }, (_, j) => networkOf(shapes, values, j));
    for (const [place, row] of rows.entries()) {
      const all = batch === 'whole' ? [...Array(submodels).keys()] : [Math.floor(place / 8) % submodels];
      for (const j of all) sum += lossOf(outputs(networks[j]!, inputs[row]!), row) / all.length;
    }
    return sum / rows.length;
  };
  const isConstant = shapes.flatMap((shape) =>
    weightShapes(shape).flatMap(({ inputs, units, role, hasBias }) =>
      Array(inputs * units + (hasBias ? units : 0)).fill(role === 'constant'),
    ),
  );
  const losses = eachBatch(spec, plan.seed, draw.inBag, (rows) => {
    const loss = batchLoss(rows, parameters);
    const own = (values: Float64Array) => batchLoss(rows, values);
    descend(parameters, spec.optimizer.learningRate, own, (at) => isConstant[at]!);
    return loss;
  });
  // The loss of the mean probability, or of the mean number.
  const meanLoss = (row: number) => {
    const all = Array.from({ length: submodels }, (_, j) =>
      outputs(networkOf(shapes, parameters, j), inputs[row]!),
    );
    const each = task.kind === 'classification' ? all.map(probabilities) : all;
    const mean = each[0]!.map((_, o) => each.reduce((sum, one) => sum + one[o]!, 0) / submodels);
    return task.kind === 'classification' ? -Math.log(mean[dataset.labels![row]!]!) : lossOf(mean, row);
  };
  const stopping = [...draw.stopping].reduce((sum, row) => sum + meanLoss(row), 0) / draw.stopping.length;
  const members = Array.from({ length: submodels }, (_, j) =>
    networkOf(shapes, parameters, j).flatMap(({ layer: { w, b } }) => [...w.flat(), ...b]),
  );
  return { members, losses, stopping };
}

const BASE: TrainingOptions = {
  ...{ members: 1, hidden: [5, 4], activation: 'tanh', epochs: 2, batchSize: 24, seed: 5, submodels: 3 },
  ...{ optimizer: 'sgd', learningRate: 0.3, momentum: 0, resample: 'none', earlyStopping: 'validation' },
  ...{ validationShare: 0.3 },
};

const CASES: readonly (readonly [string, Dataset, TrainingOptions])[] = [
  ...(['batchEnsemble', 'tabm', 'tabmMini', 'packed', 'masksembles'] as const).map(
    (sharing) => [sharing, clusters(50, 4, 3), { sharing }] as const,
  ),
  ['batchEnsemble, divided', clusters(50, 4, 3), { sharing: 'batchEnsemble', submodelBatch: 'split' }],
  [
    'masksembles, divided',
    clusters(50, 4, 3),
    { sharing: 'masksembles', submodelBatch: 'split', maskScale: 3 },
  ],
  ['two classes', clusters(50, 4, 2), { sharing: 'tabm', loss: 'binaryCrossEntropy' }],
  [
    'residual blocks',
    clusters(50, 4, 3),
    { sharing: 'batchEnsemble', layers: ['dense 4', 'residual 4'], hidden: [] },
  ],
  ['numbers', linear(50, 4), { sharing: 'tabm' }],
  ['no hidden layer', clusters(50, 4, 3), { sharing: 'batchEnsemble', hidden: [], activation: undefined }],
];

for (const [name, dataset, own] of CASES) {
  t.test(`${name}: a run's members are those of the formulas`, async (t) => {
    let expected: ReturnType<typeof reference> | null = null;
    for (const arithmetic of ['strict', 'fused'] as const) {
      const { plan, members } = await trainEnsemble(dataset, { ...BASE, ...own, arithmetic });
      t.equal(members.length, 3);
      expected ??= reference(dataset, plan);
      for (const [j, { parameters, history }] of members.entries()) {
        const defined = expected.members[j]!;
        t.equal(parameters.length, defined.length);
        const off = Math.hypot(...defined.map((w, i) => w - parameters[i]!)) / Math.hypot(...defined);
        t.ok(off < 1e-6, `submodel ${j} is off by ${off}`);
        const losses = history.map(({ loss }) => loss);
        t.ok(losses.every((loss, epoch) => Math.abs(loss - expected!.losses[epoch]!) < 1e-6));
        const { validationLoss = Number.NaN, epoch } = history.at(-1)!;
        t.equal(epoch, 2);
        t.ok(
          Math.abs(validationLoss - expected.stopping) < 1e-6,
          `${validationLoss} for ${expected.stopping}`,
        );
      }
    }
  });
}
