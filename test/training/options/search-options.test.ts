// Options given as ranges: what is refused, and what members draw from them.

import t from 'tap';
import { networkSpecs } from '../../../src/model/network-members.js';
import type { TrainingOptions } from '../../../src/model/options/training-options.js';
import { memberChoices, resolvePlan } from '../../../src/training/options/options.js';
import { parseTrainingOptions } from '../../../src/training/options/training-schema.js';

const task = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const CONTEXT = { task, features: 4, seed: 9, arithmetic: 'strict' } as const;

function specsOf(options: TrainingOptions, seed = 9) {
  return networkSpecs(resolvePlan(options, { ...CONTEXT, seed }));
}

function ratesOf(options: TrainingOptions, seed = 9): number[] {
  return specsOf(options, seed).map(({ optimizer }) => optimizer.learningRate);
}

t.test('a wrong range is named with what was expected and what came', async (t) => {
  const refused: readonly [options: unknown, message: RegExp][] = [
    [
      { learningRate: { log: [0, 1] } },
      /^Expected `learningRate\.log` to be two numbers above 0, .*got \[0,1\]$/,
    ],
    [
      { learningRate: { log: [0.1, 0.01] } },
      /`learningRate\.log` to be two numbers above 0, the smaller first/,
    ],
    [{ learningRate: { uniform: [0, 1] } }, /^Expected `learningRate` to be a number > 0, got 0$/],
    [{ epochs: { integer: [1, 2.5] } }, /^Expected `epochs\.integer` to be two integers, the smaller first/],
    [{ epochs: { uniform: [1, 2.5] } }, /^Expected `epochs` to be an integer, got 2\.5$/],
    [{ activation: { choice: [] } }, /^Expected `activation\.choice` to be a non-empty list, got \[\]$/],
    [
      { activation: { choice: ['relu', 'swish'] } },
      /^Expected `activation` to be one of .*, got "swish" .did you mean "mish"\?.$/,
    ],
    [
      { inputKeep: { choice: [1, { uniform: [0.5, 2] }] } },
      /^Expected `inputKeep` to be a number ≤ 1, got 2$/,
    ],
    [
      { members: [{}, { epochs: { integer: [2, 1] } }] },
      /^Expected `members\[1\]\.epochs\.integer` to be two/,
    ],
    [
      { loss: { choice: ['squaredError', 'gaussianNll'] } },
      /^Expected `loss` to be one value, since members/,
    ],
    [{ learningRate: { logs: [1, 2] } }, /^Expected `learningRate` to be a number, got/],
  ];
  for (const [options, message] of refused) {
    t.throws(() => parseTrainingOptions(options), { code: 'ERR_OPTION', message }, JSON.stringify(options));
  }
});

t.test(
  'ranges come through the check as they are, beside plain options and in lists of members',
  async (t) => {
    const options = {
      learningRate: { log: [1e-4, 1e-2] },
      members: [{ epochs: 3 }, { activation: { choice: ['relu', 'gelu'] } }],
    };
    t.strictSame(parseTrainingOptions(options), options);
  },
);

t.test('each member draws its own values within the range, the same for the same seed', async (t) => {
  const options: TrainingOptions = { members: 400, learningRate: { log: [1e-4, 1e-2] } };
  const rates = ratesOf(options);
  t.strictSame(rates, ratesOf(options));
  t.notSame(rates, ratesOf(options, 10));
  t.ok(new Set(rates).size > 350);
  t.ok(rates.every((rate) => rate >= 1e-4 && rate <= 1e-2));
  // Kolmogorov and Smirnov's distance from the uniform distribution of the logarithm; 1.63/√n is passed in one of a hundred.
  const ranks = rates.map((rate) => Math.log(rate / 1e-4) / Math.log(100)).sort((a, b) => a - b);
  const distance = ranks.reduce((most, at, i) => Math.max(most, Math.abs(at - (i + 0.5) / 400)), 0);
  t.ok(distance < 1.63 / 20, `distance ${distance}`);
  t.strictSame(ratesOf({ ...options, members: 5 }), rates.slice(0, 5), 'fewer members are the first of them');
});

t.test('another range changes no draw of this one', async (t) => {
  const options: TrainingOptions = { members: 20, learningRate: { uniform: [0.001, 0.01] } };
  const more: TrainingOptions = {
    ...options,
    epochs: { integer: [5, 9] },
    hidden: { choice: [[8], [4, 4]] },
  };
  t.strictSame(ratesOf(more), ratesOf(options));
  const drawn = specsOf(more);
  t.strictSame(new Set(drawn.map(({ epochs }) => epochs)), new Set([5, 6, 7, 8, 9]));
  t.strictSame(new Set(drawn.map(({ network }) => network.layers.length)), new Set([1, 2]));
});

t.test('a range within a choice is drawn from; booleans and words are chosen', async (t) => {
  const drawn = specsOf({
    members: 60,
    optimizer: 'sgd',
    momentum: { choice: [0.5, { uniform: [0.8, 0.9] }] },
    activation: { choice: ['relu', 'tanh'] },
  });
  const momenta = drawn.map(({ optimizer }) => (optimizer.kind === 'sgd' ? optimizer.momentum : -1));
  t.ok(momenta.every((value) => value === 0.5 || (value >= 0.8 && value <= 0.9)));
  t.ok(momenta.filter((value) => value === 0.5).length > 15);
  t.ok(new Set(momenta).size > 15);
});

t.test(
  'what means nothing beside a member’s other draws is left out; what no draw could use is refused',
  async (t) => {
    const drawn = specsOf({ members: 20, optimizer: { choice: ['adam', 'sgd'] }, momentum: 0.5 });
    t.strictSame(new Set(drawn.map(({ optimizer }) => optimizer.kind)), new Set(['adam', 'sgd']));
    for (const { optimizer } of drawn) if (optimizer.kind === 'sgd') t.equal(optimizer.momentum, 0.5);
    t.throws(() => specsOf({ members: 2, optimizer: { choice: ['adam', 'adamW'] }, momentum: 0.5 }), {
      message: /^Expected `momentum` to be absent unless `optimizer` is sgd, got 0\.5$/,
    });
    t.throws(() => specsOf({ epochs: { integer: [1, 2] }, grid: { l2: [0, 1] } }), {
      message: /^Expected `grid` to be absent beside ranges/,
    });
  },
);

t.test('the members of a list draw where they, or what they share, have ranges', async (t) => {
  const options: TrainingOptions = {
    learningRate: { log: [1e-4, 1e-2] },
    members: [{ epochs: 3 }, { epochs: { integer: [7, 9] } }, { learningRate: 0.5 }],
  };
  const [first, second, third] = specsOf(options);
  t.equal(first!.epochs, 3);
  t.ok(second!.epochs >= 7 && second!.epochs <= 9);
  t.equal(third!.optimizer.learningRate, 0.5);
  t.not(first!.optimizer.learningRate, second!.optimizer.learningRate);
  t.equal(memberChoices(options, CONTEXT).total, 3);
});
