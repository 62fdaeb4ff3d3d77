// v, c and the error of the mean from sums that members are added to one by one, against sums over all members at once.

import t from 'tap';
import { ErrorSums } from '../../src/live/error-sums.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { createErrorAccumulator } from '../../src/measure/correlation/error-accumulator.js';

const ROWS = 60;
const MEMBERS = 7;

const random = new RandomStream(streamKey(3, 'init', 0));

/** Each member's predictions of all rows, and which rows count for it. */
function drawn(outputs: number, isClasses: boolean) {
  const labels = Int32Array.from({ length: ROWS }, () => Math.floor(random.uniform() * outputs));
  const targets = Float64Array.from({ length: ROWS * outputs }, () => 4 * random.uniform() - 2);
  const block = isClasses
    ? { rows: ROWS, labels, targets: new Float64Array(0) }
    : { rows: ROWS, labels: new Int32Array(0), targets };
  const members = Array.from({ length: MEMBERS }, () => ({
    predictions: Float64Array.from({ length: ROWS * outputs }, () => random.uniform()),
    rows: Uint32Array.from({ length: ROWS }, (_, row) => row).filter(() => random.uniform() < 0.4),
  }));
  return { block, members, labels };
}

/** The mean over rows of the mean of εᵢ εⱼ over their pairs, by enumeration. */
function pairwise(
  members: ReturnType<typeof drawn>['members'],
  mask: Uint8Array,
  { labels, targets }: ReturnType<typeof drawn>['block'],
  outputs: number,
): number {
  const means: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const errors = members
      .filter((_own, member) => mask[member * ROWS + row] === 1)
      .map(({ predictions }) =>
        Array.from({ length: outputs }, (_, output) => {
          const truth = labels.length > 0 ? Number(labels[row] === output) : targets[row * outputs + output]!;
          return predictions[row * outputs + output]! - truth;
        }),
      );
    const products = errors.flatMap((one, i) =>
      errors.slice(i + 1).map((other) => one.reduce((sum, error, at) => sum + error * other[at]!, 0)),
    );
    if (products.length > 0) means.push(products.reduce((sum, product) => sum + product) / products.length);
  }
  return means.reduce((sum, value) => sum + value) / means.length;
}

for (const [name, outputs, isClasses] of [
  ['classes', 3, true],
  ['numbers', 2, false],
] as const) {
  t.test(`${name}: as error correlation has them, whatever the order`, async (t) => {
    const { block, members, labels } = drawn(outputs, isClasses);
    const task = isClasses
      ? { kind: 'classification' as const, classes: ['a', 'b', 'c'] }
      : { kind: 'regression' as const, targets: ['a', 'b'] };
    const whole = createErrorAccumulator({ memberCount: MEMBERS, task, outOfBag: true, replicates: 0 });
    const mask = new Uint8Array(MEMBERS * ROWS);
    for (const [member, { rows }] of members.entries()) for (const row of rows) mask[member * ROWS + row] = 1;
    whole.addBlock(
      members.map(({ predictions }) => predictions),
      block,
      mask,
    );
    const expected = whole.finish();
    const sums = new ErrorSums(block, outputs);
    for (const { predictions, rows } of [...members].reverse()) {
      const own = Float64Array.from(
        [...rows].flatMap((row) => [...predictions.subarray(row * outputs, (row + 1) * outputs)]),
      );
      sums.add(rows, own);
      sums.arrived++;
    }
    const near = (got: number | null, wanted: number | null, what: string) =>
      t.ok(Math.abs(got! - wanted!) < 1e-12, `${what}: ${got} and ${wanted}`);
    const { v, c } = sums.moments();
    near(v, expected.meanMember, 'v');
    near(c, pairwise(members, mask, block, outputs), 'c');
    const point = sums.point();
    near(point.squaredError, expected.measured, 'measured');
    t.equal(point.arrived, MEMBERS);
    t.equal(point.coverage, expected.outOfBag!.coverage);
    t.equal(point.rmse, null, 'of one target alone');
    const counts = Array.from({ length: ROWS }, (_, row) =>
      members.reduce((sum, _own, member) => sum + mask[member * ROWS + row]!, 0),
    ).filter((count) => count > 0);
    near(point.averaged, counts.length / counts.reduce((sum, count) => sum + 1 / count, 0), 'averaged');
    if (!isClasses) return t.equal(point.errorRate, null);
    let wrong = 0;
    for (let row = 0; row < ROWS; row++) {
      const scores = new Float64Array(outputs);
      for (const [member, { predictions }] of members.entries())
        for (let output = 0; output < outputs; output++)
          scores[output]! += mask[member * ROWS + row]! * predictions[row * outputs + output]!;
      if (Math.max(...scores) > 0 && scores.indexOf(Math.max(...scores)) !== labels[row]) wrong++;
    }
    near(point.errorRate, wrong / counts.length, 'error rate');
  });
}

t.test('one member has no pairs', async (t) => {
  const { block, members } = drawn(3, true);
  const sums = new ErrorSums(block, 3);
  sums.add(Uint32Array.of(4), members[0]!.predictions.subarray(12, 15));
  t.equal(sums.moments().c, null);
  t.equal(sums.point().averaged, 1);
});
