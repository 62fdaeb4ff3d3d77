// Losses of all rows at once are those of the rows, one by one.

import t from 'tap';
import { termsOf } from '../../src/auto/terms.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const ROWS = 71;
const stream = new RandomStream(streamKey(1, 'split'));

for (const task of [
  { kind: 'classification', classes: ['a', 'b'] },
  { kind: 'regression', targets: ['y', 'z'] },
] as const) {
  t.test(`of ${task.kind}`, async (t) => {
    const { width, loss, total } = termsOf({ task } as never);
    const draw = (at: number) => (at === 3 ? 0 : stream.uniform());
    const sums = Float64Array.from({ length: ROWS * width }, (_, at) => 2 * draw(at));
    const added = Float32Array.from({ length: ROWS * width }, (_, at) => draw(at));
    const weights = Float32Array.from({ length: ROWS }, () => 1 + stream.below(3));
    const together = sums.map((value, at) => value + added[at]!);
    const each = Array.from({ length: ROWS }, (_, row) => loss(together, row * width, 3));
    const plain = each.reduce((sum, value) => sum + value, 0);
    const weighted = each.reduce((sum, value, row) => sum + weights[row]! * value, 0);
    t.ok(Math.abs(total(sums, added, 3, null) - plain) < 1e-12 * plain);
    t.ok(Math.abs(total(sums, added, 3, weights) - weighted) < 1e-12 * weighted);
  });
}
