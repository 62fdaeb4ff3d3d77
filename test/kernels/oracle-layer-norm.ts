// Layer normalisation as docs/ARITHMETIC.md defines it, an example at a time. Not a test itself.
import { leaky, slopeAt } from './oracle-dense.js';
import { chain, f32, type MultiplyAdd } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

/** Mean and 1 / √(variance + epsilon) of one example. */
export function statisticsOf(madd: MultiplyAdd, x: Numbers, epsilon: number) {
  const share = f32(1 / x.length);
  const mean = f32(chain(x.length, 0, (sum, r) => f32(sum + x[r]!)) * share);
  const squares = chain(x.length, 0, (sum, r) => {
    const d = f32(x[r]! - mean);
    return madd(d, d, sum);
  });
  return { mean, root: f32(1 / f32(Math.sqrt(f32(f32(squares * share) + epsilon)))) };
}

export type Statistics = ReturnType<typeof statisticsOf>;

function normalised(x: number, { mean, root }: Statistics): number {
  return f32(f32(x - mean) * root);
}

export function forward(
  madd: MultiplyAdd,
  x: Numbers,
  gains: Numbers,
  shifts: Numbers,
  statistics: Statistics,
  slope: number,
): number[] {
  return Array.from(x, (value, r) =>
    leaky(madd(gains[r]!, normalised(value, statistics), shifts[r]!), slope),
  );
}

export function inputGradient(
  madd: MultiplyAdd,
  dz: Numbers,
  x: Numbers,
  gains: Numbers,
  statistics: Statistics,
  slope: number,
): number[] {
  const share = f32(1 / x.length);
  const z = Array.from(x, (value) => normalised(value, statistics));
  const a = Array.from(dz, (value, r) => f32(value * gains[r]!));
  const sum = f32(chain(x.length, 0, (s, r) => f32(s + a[r]!)) * share);
  const along = f32(chain(x.length, 0, (s, r) => madd(a[r]!, z[r]!, s)) * share);
  return a.map((value, r) => {
    const d = f32(statistics.root * f32(f32(value - sum) - f32(z[r]! * along)));
    return f32(d * slopeAt(x[r]!, slope));
  });
}

/** Of one unit: from the normalised values and the gradients of all examples, whole octets, to those of gain and shift. */
export function weightGradient(madd: MultiplyAdd, z: Numbers, dz: Numbers): [gain: number, shift: number] {
  const octet = (add: (sum: number, b: number) => number) =>
    octetTree(
      Array.from({ length: 8 }, (_, lane) => chain(dz.length / 8, 0, (sum, at) => add(sum, 8 * at + lane))),
    );
  return [octet((sum, b) => madd(dz[b]!, z[b]!, sum)), octet((sum, b) => f32(sum + dz[b]!))];
}

function octetTree(c: readonly number[]): number {
  const t = [0, 1, 2, 3].map((lane) => f32(c[lane]! + c[lane + 4]!));
  return f32(f32(t[0]! + t[2]!) + f32(t[1]! + t[3]!));
}

export { normalised };
