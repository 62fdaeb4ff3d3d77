// Softly boosted submodels against the formulas, in double precision: each learns the pseudo-residuals of the sum of those before
// it, which stay as they are while its loss is differentiated by central differences.

import t from 'tap';
import { boosted } from '../../../src/boosting/soft.js';
import { type Dataset, outputCount } from '../../../src/data/dataset/dataset.js';
import { initialParameters } from '../../../src/engines/wasm/parameters.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { streamKey } from '../../../src/math/random.js';
import { layerShapes } from '../../../src/model/network.js';
import { networkSpecs } from '../../../src/model/network-members.js';
import { trainedShapes } from '../../../src/model/shared-weights.js';
import type { EnsemblePlan, NetworkMemberSpec } from '../../../src/model/spec.js';
import { planWork } from '../../../src/training/train-ensemble.js';
import { carryOut, workOf } from '../../../src/training/train-plan.js';
import { clusters, linear, taught } from '../../support/datasets.js';
import { descend, eachBatch } from '../../support/numeric-descent.js';
import { softmax } from '../../support/reference-predict.js';

const NETS = 3;
const SHRINKAGE = 0.7;
const UNITS = [5, 4];

/** Raw outputs of a net: tanh layers and a linear one, its parameters per layer W[inputs][units] and b. */
function outputs(parameters: ArrayLike<number>, x: ArrayLike<number>, last: number): number[] {
  let h = Array.from(x);
  let next = 0;
  for (const [layer, units] of [...UNITS, last].entries()) {
    const z = Array.from({ length: units }, (_, o) => {
      let sum = parameters[next + h.length * units + o]!;
      for (let i = 0; i < h.length; i++) sum += h[i]! * parameters[next + i * units + o]!;
      return sum;
    });
    next += (h.length + 1) * units;
    h = layer === UNITS.length ? z : z.map(Math.tanh);
  }
  return h;
}

/** Of each layer all nets follow each other in the trained vector. */
function netsOf(trained: Float64Array, features: number, last: number): Float64Array[] {
  const sizes = [...UNITS, last].map((units, at) => ([features, ...UNITS][at]! + 1) * units);
  return Array.from({ length: NETS }, (_, net) => {
    let start = 0;
    return Float64Array.from(
      sizes.flatMap((size) => {
        const from = start + net * size;
        start += NETS * size;
        return [...trained.subarray(from, from + size)];
      }),
    );
  });
}

function reference(dataset: Dataset, plan: EnsemblePlan) {
  const spec = networkSpecs(plan)[0]! as NetworkMemberSpec;
  const { features, task, rowWeights } = dataset;
  const last = outputCount(task);
  const shapes = trainedShapes(spec, layerShapes(spec, features, task));
  const key = streamKey(plan.seed, 'init', spec.streams.init);
  const nets = netsOf(Float64Array.from(initialParameters(shapes, spec.network.init, key)), features, last);
  const draw = drawMember(plan.seed, spec, dataset, features, drawCandidates(plan, dataset));
  const targets = task.kind === 'regression' ? taught(dataset) : [];
  const inputOf = (row: number) => dataset.x.subarray(row * features, (row + 1) * features);
  const targetsOf = (row: number) => Array.from({ length: last }, (_, o) => targets[row * last + o]!);
  /** What is left of a row where the sum says F. */
  const left = (row: number, F: readonly number[]) =>
    task.kind === 'classification'
      ? softmax(F).map((p, o) => (dataset.labels[row] === o ? 1 : 0) - p)
      : targetsOf(row).map((y, o) => y - F[o]!);
  /** By net: what it is taught of the rows. */
  const lessons = (rows: Uint32Array) => {
    const sums = [...rows].map(() => Array<number>(last).fill(0));
    return nets.map((net) =>
      [...rows].map((row, at) => {
        const lesson = left(row, sums[at]!);
        const z = outputs(net, inputOf(row), last);
        sums[at] = sums[at]!.map((sum, o) => sum + SHRINKAGE * z[o]!);
        return lesson;
      }),
    );
  };
  const lossOf = (net: Float64Array, rows: Uint32Array, lesson: readonly (readonly number[])[]) => {
    let total = 0;
    for (const [at, row] of rows.entries()) {
      const z = outputs(net, inputOf(row), last);
      const square = lesson[at]!.reduce((sum, r, o) => sum + (z[o]! - r) ** 2, 0);
      total += ((rowWeights?.[row] ?? 1) * square) / last / NETS;
    }
    return total / rows.length;
  };
  const losses = eachBatch(spec, plan.seed, draw.inBag, (rows) => {
    const taughts = lessons(rows);
    let loss = 0;
    for (const [m, net] of nets.entries()) {
      const own = (values: Float64Array) => lossOf(values, rows, taughts[m]!);
      loss += own(net);
      descend(net, spec.optimizer.learningRate, own);
    }
    return loss;
  });
  let stopping = 0;
  for (const row of draw.stopping) {
    const F = Array<number>(last).fill(0);
    for (const net of nets)
      for (const [o, z] of outputs(net, inputOf(row), last).entries()) F[o]! += SHRINKAGE * z;
    const loss =
      task.kind === 'classification'
        ? -Math.log(softmax(F)[dataset.labels[row]!]!)
        : targetsOf(row).reduce((sum, y, o) => sum + (y - F[o]!) ** 2, 0) / last;
    stopping += ((rowWeights?.[row] ?? 1) * loss) / draw.stopping.length;
  }
  const head = (UNITS.at(-1)! + 1) * last;
  const members = nets.map((net) =>
    net.map((value, at) => (at < net.length - head ? value : NETS * SHRINKAGE * value)),
  );
  return { members, losses, stopping };
}

const weighted = clusters(50, 4, 3);
const rowWeights = Float32Array.from({ length: weighted.rows }, (_, row) => 0.5 + (row % 3) / 2);

const CASES: readonly (readonly [string, Dataset])[] = [
  ['classes', clusters(50, 4, 3)],
  ['weighted rows', { ...weighted, rowWeights }],
  ['numbers', linear(50, 4, 2)],
];

for (const [name, dataset] of CASES) {
  t.test(`${name}: the nets, and the loss of their sum, are those of the formulas`, async (t) => {
    let expected: ReturnType<typeof reference> | null = null;
    for (const arithmetic of ['strict', 'fused'] as const) {
      const { plan, members } = await carryOut('test', dataset, {}, async () => {
        const work = await planWork(
          dataset,
          {
            ...{ members: 1, hidden: UNITS, activation: 'tanh', epochs: 2, batchSize: 20, seed: 5 },
            ...{ optimizer: 'sgd', learningRate: 0.3, momentum: 0, resample: 'none', arithmetic },
            ...{ earlyStopping: 'validation', validationShare: 0.3, sharing: 'packed', submodels: NETS },
          },
          {},
        );
        return workOf(dataset, boosted(work.plan, SHRINKAGE), {});
      });
      t.equal(members.length, NETS);
      expected ??= reference(dataset, plan);
      for (const [m, { parameters, history }] of members.entries()) {
        const defined = expected.members[m]!;
        t.equal(parameters.length, defined.length);
        const off = Math.hypot(...defined.map((w, i) => w - parameters[i]!)) / Math.hypot(...defined);
        t.ok(off < 1e-6, `net ${m} is off by ${off}`);
        for (const [at, { loss }] of history.entries())
          t.ok(Math.abs(loss - expected.losses[at]!) < 1e-6, `${loss} for ${expected.losses[at]}`);
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
