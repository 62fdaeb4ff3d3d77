// Muon's direction: the quintic of every singular value, as closed form has it, and to the bit what docs/ARITHMETIC.md says.

import t from 'tap';
import { orthogonaliseScratchBytes } from '../../src/kernels/weight-layout.js';
import { EXECUTORS, numbers, setUp } from './harness.js';
import { difference, oracleOf } from './oracle-cases.js';
import { orthogonal } from './oracle-techniques.js';

const SIZES = [
  [1, 1],
  [7, 5],
  [5, 7],
  [13, 100],
  [33, 17],
] as const;

/** The matrix that reflects at the plane across v: symmetric and orthogonal. */
function reflection(v: readonly number[]): number[][] {
  const square = v.reduce((sum, value) => sum + value * value, 0);
  return v.map((a, i) => v.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / square));
}

const quintic = (s: number) => 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;

for (const executor of EXECUTORS) {
  t.test(`${executor.name}: singular values go through the quintic five times, vectors stay`, async (t) => {
    for (const [inputs, units] of SIZES) {
      const { arena, kernels } = setUp(executor);
      const rank = Math.min(inputs, units);
      const singular = Array.from({ length: rank }, (_, i) => 0.2 + i / rank);
      const left = reflection(Array.from(numbers(inputs, 3)));
      const right = reflection(Array.from(numbers(units, 4)));
      const matrix = (values: readonly number[]) =>
        Float32Array.from({ length: inputs * units }, (_, place) => {
          const [i, o] = [Math.floor(place / units), place % units];
          return values.reduce((sum, value, r) => sum + left[i]![r]! * value * right[o]![r]!, 0);
        });
      const weights = matrix(singular);
      const w = arena.putWeights(inputs, units, weights, new Float32Array(units));
      const scratch = arena.alloc(orthogonaliseScratchBytes(inputs, units));
      kernels.orthogonalise(w, inputs, units, scratch);
      const got = arena.takeWeights(w, inputs, units).weights;
      const norm = Math.hypot(...singular);
      const scale = Math.sqrt(Math.max(1, units / inputs));
      const expected = matrix(
        singular.map((value) => {
          let s = value / norm;
          for (let i = 0; i < 5; i++) s = quintic(s);
          return s * scale;
        }),
      );
      const off = Math.hypot(...expected.map((value, i) => value - got[i]!)) / Math.hypot(...expected);
      t.ok(off < 1e-4, `${inputs} × ${units}: off by ${off}`);
      const { madd } = oracleOf(executor.arithmetic);
      const wanted = orthogonal(madd, weights, inputs, units);
      t.equal(difference(got, wanted), '', `${inputs} × ${units}: to the bit`);
    }
  });
}
