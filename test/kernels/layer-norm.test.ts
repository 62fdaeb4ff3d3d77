// Layer normalisation against docs/ARITHMETIC.md, bit by bit, and against its gradient by finite differences.
import t from 'tap';
import { UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats, layerNormScratchBytes } from '../../src/kernels/weight-layout.js';
import { EXECUTORS, numbers, setUp } from './harness.js';
import { difference, hard, oracleOf, padded, sizes } from './oracle-cases.js';
import * as oracle from './oracle-layer-norm.js';

const EPSILON = Math.fround(1e-5);
const SLOPES = [0, 1, Math.fround(0.01)];

for (const executor of EXECUTORS) {
  const { madd } = oracleOf(executor.arithmetic);

  t.test(`${executor.name}: layer normalisation is as it is defined`, async (t) => {
    const { arena, kernels } = setUp(executor);
    let seed = 0;
    for (const [rows, batch] of sizes(30, [120, 60], 3_000, 5) as Generator<[number, number]>) {
      arena.reset();
      seed += 10;
      const examples = padded(batch);
      const slope = SLOPES[seed % 3]!;
      const x = numbers(rows * examples, seed).map((v) => 3 * v + 1);
      const dz = hard(rows * examples, seed + 1);
      const [gains, shifts] = [numbers(rows, seed + 2), numbers(rows, seed + 3)];
      const [from, gradient] = [arena.putPanels(x, rows), arena.putPanels(dz, rows)];
      const w = arena.putWeights(1, rows, gains, shifts);
      const [out, dx] = [arena.allocPanels(examples, rows), arena.allocPanels(examples, rows)];
      const kept = arena.alloc(from.count * 64);
      const place = [from.address, from.stride, from.count, rows] as const;
      kernels.layerNorm(...place, w, EPSILON, out.address, out.stride, slope, kept);
      const back = [gradient.address, gradient.stride, gradient.count, rows, w] as const;
      const to = [dx.address, dx.stride] as const;
      kernels.layerNormInputGradient(...back, from.address, from.stride, kept, slope, ...to);
      const stored = arena.alloc(layerLengthFloats(1, rows) * 4);
      const block = arena.alloc(UPDATE_BLOCK_BYTES);
      writeUpdate(arena.memory, block, { kind: 'store', gradientOffset: stored - w });
      const scratch = arena.alloc(layerNormScratchBytes(rows));
      kernels.layerNormWeightGradient(...place, gradient.address, gradient.stride, kept, w, scratch, block);

      const each = Array.from({ length: examples }, (_, b) => {
        const [own, dOwn] = [x, dz].map((all) => all.subarray(b * rows, (b + 1) * rows)) as [
          Float32Array,
          Float32Array,
        ];
        const statistics = oracle.statisticsOf(madd, own, EPSILON);
        return {
          h: oracle.forward(madd, own, gains, shifts, statistics, slope),
          dx: oracle.inputGradient(madd, dOwn, own, gains, statistics, slope),
          z: Array.from(own, (value) => oracle.normalised(value, statistics)),
        };
      });
      const sums = Array.from({ length: rows }, (_, r) => {
        const ofUnit = each.map(({ z }) => z[r]!);
        return oracle.weightGradient(
          madd,
          ofUnit,
          each.map((_, b) => dz[b * rows + r]!),
        );
      });
      const flat = (take: (example: (typeof each)[number]) => number[]) =>
        Float32Array.from(each.flatMap(take));
      const name = `${rows} × ${batch}`;
      t.equal(
        difference(
          Float32Array.from(arena.takePanels(out)),
          flat(({ h }) => h),
        ),
        '',
        `${name}: forward`,
      );
      t.equal(
        difference(
          Float32Array.from(arena.takePanels(dx)),
          flat(({ dx }) => dx),
        ),
        '',
        `${name}: back`,
      );
      const { weights, bias } = arena.takeWeights(stored, 1, rows);
      t.equal(
        difference(
          weights,
          Float32Array.from(sums, ([gain]) => gain),
        ),
        '',
        `${name}: gains`,
      );
      t.equal(
        difference(
          bias,
          Float32Array.from(sums, ([, shift]) => shift),
        ),
        '',
        `${name}: shifts`,
      );
      t.ok(arena.paddingRowsAreZero(out) && arena.paddingRowsAreZero(dx) && arena.guardsHold());
    }
  });
}

t.test('what is defined is layer normalisation and its gradient', async (t) => {
  const { madd } = oracleOf('strict');
  const [x, gains, shifts, dz] = [1, 2, 3, 4].map((seed) => Float64Array.from(numbers(7, seed)));
  const exact = (at: Float64Array) => {
    const mean = at.reduce((sum, v) => sum + v, 0) / 7;
    const variance = at.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7;
    return at.map((v, r) => (gains![r]! * (v - mean)) / Math.sqrt(variance + EPSILON) + shifts![r]!);
  };
  const statistics = oracle.statisticsOf(madd, x!, EPSILON);
  const h = oracle.forward(madd, x!, gains!, shifts!, statistics, 1);
  const dx = oracle.inputGradient(madd, dz!, x!, gains!, statistics, 1);
  const value = (at: Float64Array) => exact(at).reduce((sum, v, r) => sum + v * dz![r]!, 0);
  for (let r = 0; r < 7; r++) {
    t.ok(Math.abs(h[r]! - exact(x!)[r]!) < 1e-6);
    const moved = (by: number) => value(x!.map((v, at) => (at === r ? v + by : v)));
    t.ok(Math.abs(dx[r]! - (moved(1e-5) - moved(-1e-5)) / 2e-5) < 2e-6, `∂/∂x(${r})`);
  }
});
