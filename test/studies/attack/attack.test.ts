// Attacks on trained ensembles: gradients against the double-precision network, what must hold for any attack,
// and bad input.

import t from 'tap';
import { Dataset, outputCount } from '../../../src/data/dataset/dataset.js';
import { cachedSite } from '../../../src/engines/wasm/cached-site.js';
import { createDifferentiable } from '../../../src/engines/wasm/differentiable.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import { evaluateEnsemble } from '../../../src/ensemble/evaluate/evaluate.js';
import { networkMembers } from '../../../src/ensemble/predict/network-predictor.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { executorCode } from '../../../src/kernels/executor-choice.js';
import { layerShapes } from '../../../src/model/network.js';
import { requireNetwork } from '../../../src/model/network-members.js';
import { type AttackOptions, attackEnsemble } from '../../../src/studies/attack/attack.js';
import { attackWeights, type RawOutputs } from '../../../src/studies/attack/attack-loss.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear, type RawDataset, taught } from '../../support/datasets.js';
import { layersOf, lossOf } from '../../support/reference-network.js';
import { rawOutput } from '../../support/reference-objective.js';

const BASE: TrainingOptions = { members: 3, hidden: [12], epochs: 5, seed: 4, arithmetic: 'strict' };
const threeClasses = clusters(200, 6, 3);
const twoClasses = clusters(150, 5, 2);
const numbers = linear(150, 5, 2);

/** J of the mean prediction at x, in double precision. */
function lossAt(
  ensemble: TrainedEnsemble,
  members: readonly number[],
  dataset: Dataset,
  row: number,
  x: number[],
): number {
  const { plan, features, task } = ensemble;
  const outputs = outputCount(task);
  const mean = new Float64Array(outputs);
  for (const member of members) {
    const { parameters: weights, index } = ensemble.members[member]!;
    const spec = requireNetwork(plan.members[index]!, index);
    const z = rawOutput(layersOf(layerShapes(spec, features, task), weights), x);
    for (let c = 0; c < outputs; c++) {
      const value = task.kind === 'regression' ? z[c]! : Math.exp(-lossOf(spec.loss, [...z], c, [])[0]);
      mean[c]! += value / members.length;
    }
  }
  if (task.kind === 'classification') return -Math.log(mean[dataset.labels[row]!]!);
  return mean.reduce((sum, v, c) => sum + (v - taught(dataset)[row * outputs + c]!) ** 2, 0);
}

const CASES: [name: string, RawDataset, TrainingOptions][] = [
  ['softmax', threeClasses, { activation: 'tanh' }],
  ['one logit', twoClasses, { loss: 'binaryCrossEntropy', activation: 'gelu' }],
  ['squared error', numbers, { activation: 'softplus' }],
  ['Gaussian', numbers, { loss: 'gaussianNll', activation: 'tanh' }],
];

for (const [name, dataset, options] of CASES) {
  t.test(
    `the gradient of the mean prediction's loss points where finite differences do: ${name}`,
    async (t) => {
      const ensemble = await trainEnsemble(dataset, { ...BASE, ...options });
      const { features, task } = ensemble;
      const networks = createDifferentiable(
        cachedSite(executorCode('strict')),
        networkMembers(ensemble),
        features,
        task,
        256,
      );
      for (const members of [[1], [0, 1, 2]]) {
        const raw = members.map((member): RawOutputs => {
          const { loss } = requireNetwork(ensemble.plan.members[member]!, member);
          return { loss, values: networks.outputs(member, dataset.x) };
        });
        const weights = attackWeights(raw, { ...dataset, targets: taught(dataset) });
        const gradient = new Float64Array(dataset.x.length);
        members.forEach((member, at) => {
          networks.inputGradient(member, dataset.x, weights[at]!).forEach((g, i) => {
            gradient[i]! += g;
          });
        });
        for (let row = 0; row < 20; row++) {
          const own = gradient.subarray(row * features, (row + 1) * features);
          const x = Array.from(dataset.x.subarray(row * features, (row + 1) * features));
          const estimate = x.map((_, at) => {
            const moved = (by: number) =>
              lossAt(
                ensemble,
                members,
                dataset,
                row,
                x.map((v, i) => (i === at ? v + by : v)),
              );
            return (moved(1e-5) - moved(-1e-5)) / 2e-5;
          });
          const [a, b] = [Math.hypot(...own), Math.hypot(...estimate)];
          const difference = Math.hypot(...own.map((g, i) => g / a - estimate[i]! / b));
          t.ok(difference < 1e-4, `row ${row}: ${difference}`);
        }
      }
    },
  );
}

t.test(
  'a random subspace gets no gradient where it does not look; dropout nets are attacked whole',
  async (t) => {
    const ensemble = await trainEnsemble(threeClasses, {
      ...{ ...BASE, featureShare: 0.5, inputKeep: 0.8, hiddenKeep: 0.5, dropoutScaling: 'plain' },
    });
    const members = networkMembers(ensemble);
    const networks = createDifferentiable(cachedSite(executorCode('strict')), members, 6, ensemble.task, 256);
    const head = new Float32Array(600).fill(1);
    const gradient = networks.inputGradient(0, threeClasses.x, head);
    for (let i = 0; i < 6; i++) {
      const seen = members[0]!.columns!.includes(i);
      t.equal(
        gradient.some((g, at) => at % 6 === i && g !== 0),
        seen,
      );
    }
    const [predicted, attacked] = await Promise.all([
      evaluateEnsemble(ensemble, threeClasses),
      attackEnsemble(ensemble, threeClasses, { epsilons: [0] }),
    ]);
    t.ok(Math.abs(attacked.points[0]!.onEnsemble!.ensemble - accuracyOf(predicted)) < 1e-9);
  },
);

t.test('without a radius the scores are those of the evaluation; with one they fall', async (t) => {
  const ensemble = await trainEnsemble(threeClasses, { ...BASE, activation: 'relu' });
  const { points, score } = await attackEnsemble(ensemble, threeClasses, { epsilons: [0, 0.05, 0.2] });
  t.equal(score, 'accuracy');
  const measured = await evaluateEnsemble(ensemble, threeClasses);
  t.ok(Math.abs(points[0]!.onEnsemble!.ensemble - accuracyOf(measured)) < 1e-9);
  const fall = points.map(({ onEnsemble }) => onEnsemble!.ensemble);
  t.ok(fall[0]! > fall[1]! && fall[1]! > fall[2]!, `${fall}`);
  for (const { onMembers } of points) {
    const { transfer, ensemble: whole } = onMembers!;
    t.equal(whole.length, 3);
    t.equal(transfer.length, 3);
    transfer.forEach((scores, attacked) => {
      // No member resists an attack made on it better than one made on another.
      for (const other of transfer) t.ok(scores[attacked]! <= other[attacked]! + 1e-9);
    });
  }
});

function accuracyOf(measurement: Awaited<ReturnType<typeof evaluateEnsemble>>): number {
  return 1 - (measurement as unknown as { ensemble: { errorRate: number } }).ensemble.errorRate;
}

t.test('several steps attack no less well than one', async (t) => {
  const ensemble = await trainEnsemble(twoClasses, { ...BASE, activation: 'tanh' });
  for (const norm of ['linf', 'l2'] as const) {
    const at = async (steps: number) => {
      const options: AttackOptions = {
        epsilons: [norm === 'linf' ? 0.1 : 0.25],
        norm,
        steps,
        on: 'ensemble',
      };
      return (await attackEnsemble(ensemble, twoClasses, options)).points[0]!;
    };
    const [one, ten] = [await at(1), await at(10)];
    t.ok(ten.onEnsemble!.ensemble <= one.onEnsemble!.ensemble + 0.01);
    t.equal(one.onMembers, null);
  }
});

t.test('the error of numbers grows with the radius, in the units of the data', async (t) => {
  const ensemble = await trainEnsemble(numbers, { ...BASE, epochs: 20 });
  const { points, score } = await attackEnsemble(ensemble, numbers, { epsilons: [0, 0.1], on: 'both' });
  t.equal(score, 'rootMeanSquaredError');
  t.ok(points[1]!.onEnsemble!.ensemble > points[0]!.onEnsemble!.ensemble);
});

for (const norm of ['linf', 'l2'] as const) {
  t.test(
    `a radius in units of the data is the same at every value, softly clipped or not: ${norm}`,
    async (t) => {
      const [rows, features, epsilon] = [120, 3, 0.4];
      // Far-out values, which the soft clip bends: cubes of evenly spread numbers, in units of their own.
      const x = Float64Array.from({ length: rows * features }, (_, at) => {
        const u = Math.sin(12.9898 * (at + 1));
        return 5 + (1 + (at % features)) * 8 * u ** 3;
      });
      const targets = Float64Array.from(
        { length: rows },
        (_, row) => x[3 * row]! - 0.5 * x[3 * row + 1]! + 3,
      );
      const dataset = Dataset.fromArrays({ x, rows, features, targets, softClip: 0.5 });
      const options = {
        members: 1,
        hidden: [],
        epochs: 30,
        seed: 2,
        resample: 'none',
        earlyStopping: 'none',
      } as const;
      const ensemble = await trainEnsemble(dataset, options);
      const valuesAt = async (at: Float64Array) =>
        (await predictEnsemble(ensemble, at, { clip: false })).mean;
      const before = await valuesAt(x);
      // The slopes of a net without hidden layers, by differences in the units of the data.
      const moved = x.slice();
      const slopes = new Float64Array(x.length);
      for (let i = 0; i < features; i++) {
        const shifted = (by: number) =>
          valuesAt(x.map((value, at) => (at % features === i ? value + by : value)));
        const [up, down] = [await shifted(0.02), await shifted(-0.02)];
        for (let row = 0; row < rows; row++) slopes[row * features + i] = (up[row]! - down[row]!) / 0.04;
      }
      for (let row = 0; row < rows; row++) {
        const own = slopes.subarray(row * features, (row + 1) * features);
        const uphill = Math.sign(before[row]! - targets[row]!);
        own.forEach((slope, i) => {
          const share = norm === 'linf' ? Math.sign(slope) : slope / Math.hypot(...own);
          moved[row * features + i]! += epsilon * uphill * share;
        });
      }
      // Scores are of answers as they are given: within the range of the targets.
      const after = (await predictEnsemble(ensemble, moved)).mean;
      const rmse = (values: ArrayLike<number>) =>
        Math.sqrt(targets.reduce((sum, y, row) => sum + (values[row]! - y) ** 2, 0) / rows);
      const attack = { epsilons: [0, epsilon], norm, scale: 'absolute', bounds: [-1e3, 1e3] } as const;
      const [still, attacked] = (await attackEnsemble(ensemble, dataset, { ...attack, on: 'ensemble' }))
        .points;
      const [score, unmoved] = [attacked!.onEnsemble!.ensemble, still!.onEnsemble!.ensemble];
      t.ok(score > unmoved, `${unmoved} → ${score}`);
      t.ok(Math.abs(score / rmse(after) - 1) < 1e-3, `${score}, ${rmse(after)}`);
    },
  );
}

t.test('members that are certain are attacked as well as others', async (t) => {
  const ensemble = await trainEnsemble(twoClasses, { ...BASE, activation: 'relu' });
  const louder = (factor: number): TrainedEnsemble => ({
    ...ensemble,
    members: ensemble.members.map((member) => {
      // Output weights and biases: 12 × 2 + 2 numbers at the end.
      const weights = new Float32Array(new SharedArrayBuffer(member.parameters.byteLength));
      weights.set(member.parameters.map((w, i) => (i < member.parameters.length - 26 ? w : w * factor)));
      return { ...member, parameters: weights };
    }),
  });
  const scoreOf = async (factor: number) => {
    const { points } = await attackEnsemble(louder(factor), twoClasses, {
      epsilons: [0.1],
      on: 'member',
    });
    return points[0]!.onMembers!.transfer.map((scores, attacked) => scores[attacked]);
  };
  t.same(await scoreOf(1024), await scoreOf(1));
});

t.test('adversarial training makes members harder to attack', async (t) => {
  const options: TrainingOptions = { ...BASE, members: 4, epochs: 30, hidden: [32] };
  const robust = async (more: TrainingOptions) => {
    const ensemble = await trainEnsemble(threeClasses, { ...options, ...more });
    const { points } = await attackEnsemble(ensemble, threeClasses, { epsilons: [0.1], on: 'ensemble' });
    return points[0]!.onEnsemble!.ensemble;
  };
  t.ok((await robust({ adversarialEpsilon: 0.1 })) > (await robust({})));
});

t.test('one clear error for each bad option', async (t) => {
  const ensemble = await trainEnsemble(twoClasses, { ...BASE, epochs: 1 });
  const refused = (options: Partial<AttackOptions>, message: RegExp) =>
    t.rejects(attackEnsemble(ensemble, twoClasses, { epsilons: [0.1], ...options }), {
      code: 'ERR_OPTION',
      message,
    });
  await refused({ epsilons: [] }, /Expected `epsilons` to be a non-empty list of numbers ≥ 0, got \[\]/);
  await refused(
    { epsilons: [0.1, -0.2] },
    /Expected `epsilons` to be a non-empty list of numbers ≥ 0, got \[0.1,-0.2\]/,
  );
  await refused({ steps: 0 }, /Expected `steps` to be an integer ≥ 1, got 0/);
  await refused({ bounds: [1, 0] }, /Expected `bounds` to be two numbers, the lower first/);
  await refused({ norm: 'l1' as 'l2' }, /Expected `norm` to be linf or l2/);
  await t.rejects(attackEnsemble(ensemble, threeClasses, { epsilons: [0] }), { code: 'ERR_SHAPE' });
  await t.rejects(trainEnsemble(twoClasses, { adversarialEpsilon: -0.1 }), {
    code: 'ERR_OPTION',
    message: /Expected `adversarialEpsilon` to be/,
  });
  await t.rejects(trainEnsemble(twoClasses, { adversarialEpsilon: 0.1, cleanShare: 1 }), {
    code: 'ERR_OPTION',
  });
  await t.rejects(trainEnsemble(twoClasses, { adversarialEpsilon: 0.1, adversarialBounds: [2, 1] }), {
    code: 'ERR_OPTION',
    message: /Expected `adversarialBounds` to be/,
  });
  await t.rejects(trainEnsemble(twoClasses, { tangentStrength: 1, tangents: ['given'] }), {
    code: 'ERR_OPTION',
    message: /Expected `tangents` to be/,
  });
  await t.rejects(trainEnsemble(twoClasses, { tangentStrength: 1 }), {
    code: 'ERR_OPTION',
    message: /Expected `image` to be/,
  });
  const { x, rows, features, labels } = twoClasses;
  t.throws(
    () => Dataset.fromArrays({ x, rows, features, labels, tangents: new Float32Array(rows * features + 1) }),
    {
      code: 'ERR_SHAPE',
      message: /Expected `tangents` to be 150 rows × vectors × 5 features, got 751 numbers/,
    },
  );
});
