// The pull of tied weights toward their anchor, against its formula in double precision.
import t from 'tap';
import { EXECUTORS, numbers, ROUNDING, setUp } from './harness.js';

for (const executor of EXECUTORS) {
  t.test(`${executor.name}: w + share × (anchor − w)`, async (t) => {
    const { arena, kernels } = setUp(executor);
    for (const count of [4, 12, 100]) {
      for (const share of [0, 1e-9, 0.25, 2 / 3, 1]) {
        arena.reset();
        const [values, anchors] = [numbers(count, 1), numbers(count, 2)];
        anchors[1] = values[1]!;
        const [w, anchor] = [arena.put(values), arena.put(anchors)];
        kernels.pullToward(w, anchor, count, share);
        const got = arena.floats.subarray(w / 4, w / 4 + count);
        const single = Math.fround(share);
        got.forEach((value, i) => {
          const wanted = values[i]! + single * (anchors[i]! - values[i]!);
          const size = Math.abs(values[i]!) + Math.abs(anchors[i]!);
          t.ok(Math.abs(value - wanted) <= 3 * ROUNDING * size, `${value} for ${wanted}`);
        });
        t.equal(got[1], values[1], 'a weight at its anchor stays');
        t.ok(arena.guardsHold());
      }
    }
  });
}
