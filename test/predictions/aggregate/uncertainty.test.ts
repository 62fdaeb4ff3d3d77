import t from 'tap';
import { aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import { uncertaintyOf } from '../../../src/predictions/aggregate/uncertainty.js';
import type { Predictions } from '../../../src/predictions/predictions.js';
import { close, randomProbabilities, randomStream } from '../../measure/synthetic.js';

const classes = { kind: 'classification', classes: ['a', 'b', 'c', 'd'] } as const;
const two = { kind: 'classification', classes: ['a', 'b'] } as const;
const values = { kind: 'regression', targets: ['y', 'z'] } as const;

function member(
  mean: ArrayLike<number>,
  outputs: number,
  variance: ArrayLike<number> | null = null,
): Predictions {
  return {
    ...{ rows: mean.length / outputs, outputs, mean: Float64Array.from(mean), logProbabilities: null },
    variance: variance && Float64Array.from(variance),
  };
}

t.test(
  'of classes: the entropies and the mutual information of a joint distribution, by enumeration',
  async (t) => {
    const stream = randomStream(3);
    const rows = 50;
    const weights = [3, 1, 0, 2];
    const members = weights.map(() => member(randomProbabilities(rows, 4, stream), 4));
    const found = uncertaintyOf(members, classes, { weights });
    t.same([found.kind, found.rows, found.columns], ['entropy', rows, 1]);
    for (let row = 0; row < rows; row++) {
      // The joint distribution of member and class, and its two marginals.
      const joint = members.map(({ mean }, i) => {
        const own = [...mean.subarray(row * 4, row * 4 + 4)];
        const all = own.reduce((sum, p) => sum + p, 0);
        return own.map((p) => (weights[i]! / 6) * (p / all));
      });
      const marginal = [0, 1, 2, 3].map((c) => joint.reduce((sum, own) => sum + own[c]!, 0));
      const entropy = -marginal.reduce((sum, p) => sum + p * Math.log(p), 0);
      const information = joint
        .flatMap((own, i) =>
          own.map((p, c) => (p === 0 ? 0 : p * Math.log(p / ((weights[i]! / 6) * marginal[c]!)))),
        )
        .reduce((sum, term) => sum + term, 0);
      t.ok(close(found.total![row]!, entropy, 1e-6), `total of row ${row}`);
      t.ok(close(found.epistemic[row]!, information, 1e-5), `epistemic of row ${row}`);
      t.ok(close(found.aleatoric![row]!, entropy - information, 1e-6), `aleatoric of row ${row}`);
      t.ok(close(found.total![row]!, found.aleatoric![row]! + found.epistemic[row]!, 1e-15));
    }
  },
);

t.test(
  'of classes: members that agree leave noise alone; certain ones that differ leave nothing else',
  async (t) => {
    const alike = [member([0.5, 0.5, 0.1, 0.9], 2), member([0.5, 0.5, 0.1, 0.9], 2)];
    const noise = uncertaintyOf(alike, two);
    t.ok(close(noise.aleatoric![0]!, Math.LN2), 'a fair coin has ln 2 nats');
    t.same([...noise.epistemic], [0, 0]);
    const certain = uncertaintyOf([member([1, 0, 1, 0], 2), member([0, 1, 1, 0], 2)], two);
    t.same([...certain.aleatoric!], [0, 0]);
    t.ok(close(certain.epistemic[0]!, Math.LN2));
    t.ok(Object.is(certain.epistemic[1], 0) && Object.is(certain.total![1], 0), 'no −0 and no −∞');
  },
);

t.test('of classes: epistemic is never negative, and none of one member', async (t) => {
  const stream = randomStream(5);
  const own = member(randomProbabilities(2000, 4, stream), 4);
  const found = uncertaintyOf([own, own, own], classes);
  t.ok(found.epistemic.every((value) => value >= 0 && value < 1e-14));
  t.ok(uncertaintyOf([own], classes).epistemic.every((value) => value === 0));
});

t.test('of numbers: the law of total variance, target by target', async (t) => {
  const weights = [1, 3];
  const first = member([1, 10, 0, 0], 2, [4, 1, 1, 1]);
  const second = member([5, 10, 0, 8], 2, [1, 9, 1, 3]);
  const found = uncertaintyOf([first, second], values, { weights });
  t.same([found.kind, found.rows, found.columns], ['variance', 2, 2]);
  const direct = [0, 1, 2, 3].map((at) => {
    const moment = (power: number, of: Predictions) =>
      power === 1 ? of.mean[at]! : of.variance![at]! + of.mean[at]! ** 2;
    const mixed = (power: number) => 0.25 * moment(power, first) + 0.75 * moment(power, second);
    return mixed(2) - mixed(1) ** 2;
  });
  t.same([...found.total!], direct, 'the second moment of the mixture about its mean');
  t.same([...found.aleatoric!], [1.75, 7, 1, 2.5]);
  t.same([...found.epistemic], [3, 0, 0, 12]);
  t.same([...aggregate('arithmeticMean', [first, second], values, { weights }).variance!], [...found.total!]);
});

t.test('of numbers without Gaussian heads nobody says how noisy the data are', async (t) => {
  const one = { kind: 'regression', targets: ['y'] } as const;
  const found = uncertaintyOf([member([1], 1), member([5], 1)], one);
  t.same([found.total, found.aleatoric, [...found.epistemic]], [null, null, [4]]);
  const mixed = uncertaintyOf([member([1], 1, [2]), member([5], 1)], one);
  t.same([mixed.total, mixed.aleatoric], [null, null], 'one without a head is enough');
});

t.test('far from 0 the variance of the means loses no digits', async (t) => {
  const one = { kind: 'regression', targets: ['y'] } as const;
  t.same([...uncertaintyOf([member([1e9], 1), member([1e9 + 2], 1)], one).epistemic], [1]);
});

t.test('out of bag: members that saw a row are not read, and a row without any is NaN', async (t) => {
  const mask = Uint8Array.from([1, 1, 0, 1, 0, 0]);
  const anything = Number.NaN;
  const found = uncertaintyOf(
    [member([0.2, 0.8, 0.4, 0.6, anything, anything], 2), member([0.6, 0.4, anything, anything, 0, 1], 2)],
    two,
    { mask: Uint8Array.from([1, 1, 0, 1, 0, 0]) },
  );
  const both = uncertaintyOf([member([0.2, 0.8], 2), member([0.6, 0.4], 2)], two);
  t.equal(mask.length, 6);
  t.equal(found.epistemic[0], both.epistemic[0]);
  t.equal(found.epistemic[1], 0, 'one member left it out');
  t.ok(Number.isNaN(found.total![2]!) && Number.isNaN(found.epistemic[2]!));
});

t.test('what does not fit is refused by name', async (t) => {
  const own = member([0.5, 0.5], 2);
  t.throws(() => uncertaintyOf([], two), { code: 'ERR_SHAPE' });
  t.throws(() => uncertaintyOf([own, member([1, 0, 1, 0], 2)], two), {
    code: 'ERR_SHAPE',
    message: 'Expected member 1 to predict 1 rows × 2 outputs, got 2 × 2',
  });
  t.throws(() => uncertaintyOf([own], two, { weights: [1, 2] }), { code: 'ERR_OPTION' });
});
