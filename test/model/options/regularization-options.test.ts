// Options of dropout, the activity penalty, label smoothing and input noise: what is refused, what they mean.

import t from 'tap';
import { networkSpecs } from '../../../src/model/network-members.js';
import { resolvePlan } from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const classes = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const values = { kind: 'regression', targets: ['y'] } as const;

function resolve(options: object, task: typeof classes | typeof values = classes) {
  const context = { task, features: 6, seed: 1, arithmetic: 'strict' } as const;
  return networkSpecs(resolvePlan(parseTrainingOptions(options), context))[0]!;
}

const refused: readonly [options: object, message: RegExp][] = [
  [{ inputKeep: 0 }, /^Expected `inputKeep` to be a number > 0, got 0$/],
  [{ inputKeep: 1.1 }, /^Expected `inputKeep` to be a number ≤ 1, got 1\.1$/],
  [{ hiddenKeep: 0 }, /^Expected `hiddenKeep` to be a keep probability in \(0, 1\], got 0$/],
  [{ hiddenKeep: -0.5 }, /^Expected `hiddenKeep` to be a keep probability in \(0, 1\], got -0\.5$/],
  [{ hidden: [4, 4], hiddenKeep: [0.5, 2] }, /^Expected `hiddenKeep` to be a keep probability .*, got 2$/],
  [
    { hidden: [4, 4], hiddenKeep: [0.5, 0.5, 0.5] },
    /^Expected `hiddenKeep` to be one number, or one for each of the 2 hidden layers, got \[0\.5,0\.5,0\.5\]$/,
  ],
  [{ dropoutScaling: 'other' }, /^Expected `dropoutScaling` to be one of "inverted", "plain", got "other"$/],
  [{ activityPenalty: -1 }, /^Expected `activityPenalty` to be a number ≥ 0, got -1$/],
  [
    { hidden: [4, 4], activityPenalty: 1, activityLayers: [3] },
    /^Expected `activityLayers` to be numbers of the 2 hidden layers, counted from 1, got 3$/,
  ],
  [{ activityLayers: [0] }, /^Expected `activityLayers\[0\]` to be an integer ≥ 1, got 0$/],
  [
    { hidden: [], activityPenalty: 1 },
    /^Expected `activityPenalty` to be 0 for a network without hidden layers/,
  ],
  [{ labelSmoothing: 1 }, /^Expected `labelSmoothing` to be a number < 1, got 1$/],
  [{ inputNoise: -0.1 }, /^Expected `inputNoise` to be a number ≥ 0, got -0\.1$/],
];

t.test('each wrong option is named with what was expected and what came', async (t) => {
  for (const [options, message] of refused) {
    t.throws(() => resolve(options), { code: 'ERR_OPTION', message }, JSON.stringify(options));
  }
  const smoothed = { code: 'ERR_OPTION', message: /^Expected `labelSmoothing` to be 0 for a regression/ };
  t.throws(() => resolve({ labelSmoothing: 0.1 }, values), smoothed);
});

t.test('one keep probability is that of every hidden layer, a list has one for each', async (t) => {
  const keeps = (options: object) => resolve({ hidden: [4, 5], ...options }).dropout;
  const inverted = { inputKeep: 1, scaling: 'inverted' };
  t.same(keeps({ hiddenKeep: 0.5 }), { ...inverted, hiddenKeep: [0.5, 0.5] });
  t.same(keeps({ hiddenKeep: [0.5] }), { ...inverted, hiddenKeep: [0.5, 0.5] });
  t.same(keeps({ hiddenKeep: [0.5, 1] }), { ...inverted, hiddenKeep: [0.5, 1] });
  t.same(keeps({ inputKeep: 0.8, dropoutScaling: 'plain' }), {
    ...{ inputKeep: 0.8, hiddenKeep: [1, 1], scaling: 'plain' },
  });
});

t.test('what is off is null in the spec', async (t) => {
  const { dropout, activityPenalty, labelSmoothing, inputNoise } = resolve({ hiddenKeep: 1, inputKeep: 1 });
  t.same([dropout, activityPenalty, labelSmoothing, inputNoise], [null, null, 0, 0]);
});

t.test('the activity penalty is on all hidden layers, or those listed', async (t) => {
  const penalty = (activityLayers?: number[]) =>
    resolve({ hidden: [4, 5, 6], activityPenalty: 2, ...(activityLayers && { activityLayers }) });
  t.same(penalty().activityPenalty, { strength: 2, layers: [1, 2, 3] });
  t.same(penalty([3, 1]).activityPenalty, { strength: 2, layers: [1, 3] });
});
