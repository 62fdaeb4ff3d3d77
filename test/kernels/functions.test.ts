// Our transcendental functions over dense sweeps, in units of the last place of the true value.
import t from 'tap';
import { activationKind, type SmoothActivation } from '../../src/kernels/activation-kind.js';
import { type Arena, EXECUTORS, setUp } from './harness.js';
import { oracleOf } from './oracle-cases.js';
import * as reference from './reference.js';

const POINTS = 1 << 16;
const f32 = Math.fround;
const SELU_SCALE = f32(1.0507009873554805);
const SELU_DEPTH = f32(1.0507009873554805 * 1.6732632423543772);

/** The gap between floats at |value|, that of the normal range below 2⁻¹²⁶. */
function ulp(value: number): number {
  return 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(value) || 2 ** -126))) - 23);
}

/** The largest error over floats spread evenly over [from, to], in ulps, or absolute where `absolute` is given. */
function sweep(
  arena: Arena,
  run: (at: number, count: number) => void,
  truth: (x: number) => number,
  [from, to]: readonly [number, number],
  absolute?: number,
): number {
  arena.reset();
  const xs = Float32Array.from({ length: POINTS }, (_, n) => from + ((to - from) * n) / (POINTS - 1));
  const at = arena.put(xs);
  run(at, POINTS);
  let worst = 0;
  for (let n = 0; n < POINTS; n++) {
    const expected = truth(xs[n]!);
    const error = Math.abs(arena.floats[at / 4 + n]! - expected) / (absolute ?? ulp(expected));
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}

for (const executor of EXECUTORS) {
  const { arithmetic } = executor;
  t.test(`${executor.name}: exp is within 2 ulp, and 0 or ∞ outside the floats`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const run = (at: number, count: number) => kernels.exp(at, at, count, 1);
    for (const range of [
      [-87.3, 88.7],
      [-1, 1],
      [-1e-3, 1e-3],
    ] as const) {
      const worst = sweep(arena, run, Math.exp, range);
      t.ok(worst <= 2, `${range}: ${worst.toFixed(2)} ulp`);
    }
    arena.reset();
    const at = arena.put([0, -88, -1e30, Number.NEGATIVE_INFINITY, 89, Number.POSITIVE_INFINITY, Number.NaN]);
    kernels.exp(at, at, 7, 1);
    t.same(
      [...arena.take(at, 7)],
      [1, 0, 0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN],
    );
    t.ok(arena.guardsHold(), 'counts that are no multiple of 4 write nothing more');
  });

  t.test(`${executor.name}: ln, which the kernels have in common, is within 2 ulp`, async (t) => {
    const { arena } = setUp(executor);
    const { functions } = oracleOf(arithmetic);
    const run = (at: number, count: number) => {
      for (let n = at / 4; n < at / 4 + count; n++) arena.floats[n] = functions.logPositive(arena.floats[n]!);
    };
    for (const range of [
      [1e-6, 0.7],
      [0.7, 1.5],
      [1.5, 100],
      [1e20, 3e38],
      [1.2e-38, 1e-37],
    ] as const) {
      const worst = sweep(arena, run, Math.log, range);
      t.ok(worst <= 2, `${range}: ${worst.toFixed(2)} ulp`);
    }
  });

  const BOUNDS: readonly [SmoothActivation, readonly [number, number], number, number | undefined][] = [
    ['tanh', [-12, 12], 3, undefined],
    ['tanh', [-0.01, 0.01], 2, undefined],
    ['sigmoid', [-27, 27], 4, undefined],
    ['softplus', [-27, 27], 5, undefined],
    ['gelu', [-6, 6], 3, 2 ** -21],
    ['selu', [-27, 9], 4, undefined],
    ['silu', [-27, 27], 5, undefined],
    ['mish', [-27, 27], 6, undefined],
  ];
  for (const [kind, range, bound, absolute] of BOUNDS) {
    const unit = absolute === undefined ? 'ulp' : `× ${absolute}`;
    t.test(
      `${executor.name}: ${kind} on ${range} errs by at most ${bound} ${unit}, its derivative by 2⁻¹⁹`,
      async (t) => {
        const { arena, kernels } = setUp(executor);
        const run = (at: number, count: number) =>
          kernels.activate(activationKind(kind), at, 0, count * 4, 1);
        const worst = sweep(arena, run, (x) => reference.activation(kind, x).value, range, absolute);
        t.ok(worst <= bound, `value: ${worst.toFixed(2)}`);
        const derive = (at: number, count: number) => {
          const copy = arena.put(arena.take(at, count));
          kernels.activate(activationKind(kind), copy, at, count * 4, 1);
        };
        const slope = sweep(arena, derive, (x) => reference.activation(kind, x).derivative, range, 2 ** -19);
        t.ok(slope <= 1, `derivative: ${slope.toFixed(2)}`);
        t.ok(arena.guardsHold());
      },
    );
  }

  t.test(
    `${executor.name}: activations far out are exact limits, never denormal, and NaN stays NaN`,
    async (t) => {
      const { arena, kernels } = setUp(executor);
      const limits: readonly [SmoothActivation, readonly number[]][] = [
        ['tanh', [-1, -1, 1, 1]],
        ['sigmoid', [0, 0, 1, 1]],
        ['softplus', [0, 0, 100, 1e30]],
        ['gelu', [0, 0, 100, 1e30]],
        ['selu', [-SELU_DEPTH, -SELU_DEPTH, f32(100 * SELU_SCALE), f32(1e30 * SELU_SCALE)]],
        ['silu', [0, 0, 100, 1e30]],
        ['mish', [0, 0, 100, 1e30]],
      ];
      for (const [kind, expected] of limits) {
        const at = arena.put([-1e30, -100, 100, 1e30, Number.NaN, 0, 0, 0]);
        const derivative = arena.alloc(32);
        kernels.activate(activationKind(kind), at, derivative, 32, 1);
        const got = arena.take(at, 8);
        t.same(
          [...got.subarray(0, 4)].map((value) => value + 0),
          [...Float32Array.from(expected)],
          kind,
        );
        t.ok(Number.isNaN(got[4]!));
        t.ok(arena.take(derivative, 4).every((slope) => slope === 0 || Math.abs(slope) > 2 ** -60));
      }
      t.ok(arena.guardsHold());
    },
  );

  t.test(`${executor.name}: tanh is odd, and the derivative can be skipped`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const at = arena.put([0.1, -0.1, 0.9, -0.9, 5, -5, 20, -20]);
    kernels.activate(activationKind('tanh'), at, 0, 32, 1);
    const got = arena.take(at, 8);
    for (let n = 0; n < 8; n += 2) t.equal(got[n], -got[n + 1]!);
  });

  t.test(`${executor.name}: multiply is elementwise`, async (t) => {
    const { arena, kernels } = setUp(executor);
    const a = arena.put([1, 2, 3, 4, 5, 6, 7, 8]);
    const b = arena.put([2, 2, 2, 2, 0.5, 0.5, 0.5, -1]);
    kernels.multiply(a, b, 32, 1);
    t.same(arena.take(a, 8), Float32Array.of(2, 4, 6, 8, 2.5, 3, 3.5, -8));
    t.ok(arena.guardsHold());
  });
}
