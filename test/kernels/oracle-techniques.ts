// The kernels of techniques as docs/ARITHMETIC.md defines them, a number or an example at a time.
import { threefry2x32 } from '../../src/math/threefry.js';
import { slopeAt } from './oracle-dense.js';
import type { Functions } from './oracle-functions.js';
import { chain, f32, type MultiplyAdd } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

/** dh + weight·strength·sign(h)·(h > 0 ? 1 : slope). */
export function withActivityGradient(
  dh: number,
  h: number,
  rowWeight: number,
  strength: number,
  slope: number,
): number {
  const sign = h > 0 ? 1 : h < 0 ? -slope : 0;
  return f32(dh + f32(f32(rowWeight * strength) * sign));
}

/** Whether a float of a mask is kept: the 16-bit number of float e is half h of word s of block (4q + j, layer). */
export function isKept(e: number, threshold: number, key: readonly [number, number], layer: number): boolean {
  const [q, s, j, h] = [e >> 4, (e >> 3) & 1, (e >> 1) & 3, e & 1];
  const words = new Uint32Array(2);
  threefry2x32(key[0], key[1], 4 * q + j, layer, words);
  return ((words[s]! >>> (16 * h)) & 0xffff) < threshold;
}

/** The deviates of row `row` of the panels, counted through all panels: four pairs, lanes l and l + 4. */
export function noiseOfRow(
  { logPositive, sine, cosine }: Functions,
  row: number,
  deviation: number,
  key: readonly [number, number],
): number[] {
  const scale = f32(f32(-2 * deviation) * deviation);
  const deviates = new Array<number>(8);
  for (let lane = 0; lane < 4; lane++) {
    const words = new Uint32Array(2);
    threefry2x32(key[0], key[1], 4 * row + lane, 0, words);
    const u = f32(((words[0]! >>> 8) + 1) * 2 ** -24);
    const radius = f32(Math.sqrt(f32(scale * logPositive(u))));
    const angle = f32((((words[1]! >>> 8) & 0x3fffff) - 0x200000) * f32(3.7450702829239e-7));
    const [s, k] = [f32(radius * sine(angle)), f32(radius * cosine(angle))];
    // Turned by q right angles.
    const q = words[1]! >>> 30;
    const [a, b] = (q & 1) === 1 ? [-s, k] : [k, s];
    deviates[lane] = q >= 2 ? -a : a;
    deviates[lane + 4] = q >= 2 ? -b : b;
  }
  return deviates;
}

/** The ball and the bounds of one feature. */
export interface Bounds {
  readonly radius: number;
  readonly low: number;
  readonly high: number;
}

function confine(x: number, origin: number, { radius, low, high }: Bounds): number {
  const from = Math.max(f32(origin - radius), Math.min(low, origin));
  const to = Math.min(f32(origin + radius), Math.max(high, origin));
  return Math.min(Math.max(x, from), to);
}

export function perturbMax(
  x: number,
  origin: number,
  gradient: number,
  bounds: Bounds,
  step: number,
): number {
  const sign = gradient > 0 ? 1 : gradient < 0 ? -1 : 0;
  return confine(f32(x + f32(f32(bounds.radius * step) * sign)), origin, bounds);
}

const quotient = (a: number, b: number) => (b === 0 ? 0 : f32(a / b));

/** The features of one example. */
export function perturbEuclidean(
  x: readonly number[],
  origin: readonly number[],
  gradient: readonly number[],
  bounds: readonly Bounds[],
  step: number,
): number[] {
  const slopes = gradient.map((g, r) => f32(g * bounds[r]!.radius));
  const largest = slopes.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  const shares = slopes.map((slope) => quotient(slope, largest));
  const pace = quotient(step, f32(Math.sqrt(sumOfSquares(shares))));
  const climbed = x.map((value, r) => f32(value + f32(bounds[r]!.radius * f32(pace * shares[r]!))));
  const away = climbed.map((value, r) => f32(value - origin[r]!));
  const length = f32(Math.sqrt(sumOfSquares(away.map((value, r) => quotient(value, bounds[r]!.radius)))));
  const shrink = f32(1 / Math.max(1, length));
  return away.map((value, r) => confine(f32(origin[r]! + f32(shrink * value)), origin[r]!, bounds[r]!));
}

function sumOfSquares(values: Numbers): number {
  return chain(values.length, 0, (sum, r) => f32(sum + f32(values[r]! * values[r]!)));
}

export function pulled(madd: MultiplyAdd, w: number, anchor: number, share: number): number {
  return madd(share, f32(anchor - w), w);
}

/** values × min(1, limit / their norm). */
export function limited(values: Numbers, limit: number): number[] {
  const norm = Math.sqrt(squaresInOctets(values));
  const factor = norm > limit ? f32(limit / norm) : 1;
  return Array.from(values, (value) => f32(value * factor));
}

/** In double precision, eight sums of every eighth number. */
function squaresInOctets(values: Numbers): number {
  const s = new Float64Array(8);
  for (let i = 0; i < values.length; i++) s[i % 8]! += values[i]! * values[i]!;
  return s[0]! + s[4]! + (s[2]! + s[6]!) + (s[1]! + s[5]! + (s[3]! + s[7]!));
}

/** W (inputs, units), row-major; rows of the short side, so that sums run along the long one. */
export function orthogonal(madd: MultiplyAdd, weights: Numbers, inputs: number, units: number): number[] {
  const [a, b, c] = [f32(3.4445), f32(-4.775), f32(2.0315)];
  const isWide = inputs <= units;
  const [short, long] = isWide ? [inputs, units] : [units, inputs];
  const at = (row: number, column: number) => (isWide ? row * units + column : column * units + row);
  let x = Array.from({ length: short }, (_, row) =>
    Array.from({ length: long }, (_, column) => weights[at(row, column)]!),
  );
  // Rows are filled up to sixteen, which places numbers in their octets.
  const padded = x.flatMap((row) => [...row, ...Array<number>(Math.ceil(long / 16) * 16 - long).fill(0)]);
  const factor = f32(1 / (Math.sqrt(squaresInOctets(padded)) + 1e-7));
  x = x.map((row) => row.map((value) => f32(value * factor)));
  const times = (p: number[][], q: number[][]) =>
    p.map((row) =>
      q[0]!.map((_, column) => chain(q.length, 0, (sum, k) => madd(row[k]!, q[k]![column]!, sum))),
    );
  for (let iteration = 0; iteration < 5; iteration++) {
    const gram = times(
      x,
      x[0]!.map((_, column) => x.map((row) => row[column]!)),
    );
    const power = times(gram, gram).map((row, i) =>
      row.map((value, j) => madd(c, value, f32(b * gram[i]![j]!))),
    );
    const y = times(power, x);
    x = x.map((row, i) => row.map((value, j) => madd(a, value, y[i]![j]!)));
  }
  const shape = f32(Math.sqrt(Math.max(1, units / inputs)));
  return Array.from({ length: inputs * units }, (_, place) => {
    const [i, o] = [Math.floor(place / units), place % units];
    return f32((isWide ? x[i]![o]! : x[o]![i]!) * shape);
  });
}

/** What a tangent becomes at a unit of the leaky family. */
export function throughSlope(tangent: number, h: number, slope: number): number {
  return f32(tangent * slopeAt(h, slope));
}

/** sum + a·b·c. */
export function withProduct(madd: MultiplyAdd, sum: number, a: number, b: number, c: number): number {
  return madd(f32(a * b), c, sum);
}
