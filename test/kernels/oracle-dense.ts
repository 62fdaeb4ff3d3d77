// Dense layers and what becomes of a gradient, as docs/ARITHMETIC.md defines them. Matrices are row-major: examples ×
// features, inputs × units. A batch is whole octets: the examples that pad it count like any other.
import { chain, f32, type MultiplyAdd, pmax, table } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

/** max(z·slope, z). */
export function leaky(z: number, slope: number): number {
  return slope === 1 ? z : pmax(f32(z * slope), z);
}

/** What a gradient is multiplied by where the layer's input is h. */
export function slopeAt(h: number, slope: number): number {
  return h > 0 ? 1 : slope;
}

export interface Dense {
  readonly inputs: number;
  readonly units: number;
  readonly examples: number;
}

export function forward(
  madd: MultiplyAdd,
  { inputs, units, examples }: Dense,
  x: Numbers,
  weights: Numbers,
  bias: Numbers | null,
  slope: number,
): Float32Array {
  return table(examples, units, (b, o) => {
    const add = (z: number, i: number) => madd(weights[i * units + o]!, x[b * inputs + i]!, z);
    return leaky(chain(inputs, bias?.[o] ?? 0, add), slope);
  });
}

export function inputGradient(
  madd: MultiplyAdd,
  { inputs, units, examples }: Dense,
  dz: Numbers,
  weights: Numbers,
  h: Numbers,
  slope: number,
): Float32Array {
  return table(examples, inputs, (b, i) => {
    const add = (sum: number, o: number) => madd(weights[i * units + o]!, dz[b * units + o]!, sum);
    const dx = chain(units, 0, add);
    return slope === 1 ? dx : f32(dx * slopeAt(h[b * inputs + i]!, slope));
  });
}

export interface Gradient {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export function weightGradient(
  madd: MultiplyAdd,
  { inputs, units, examples }: Dense,
  x: Numbers,
  dz: Numbers,
): Gradient {
  const weights = table(inputs, units, (i, o) =>
    chain(examples, 0, (sum, b) => madd(x[b * inputs + i]!, dz[b * units + o]!, sum)),
  );
  const bias = table(1, units, (_, o) => chain(examples, 0, (sum, b) => f32(sum + dz[b * units + o]!)));
  return { weights, bias };
}

/** The fields of an update block as single-precision numbers. */
export interface Update {
  readonly mode: 'store' | 'accumulate' | 'sgd' | 'adam';
  readonly nesterov: boolean;
  readonly stepSize: number;
  readonly beta1: number;
  readonly oneMinusBeta1: number;
  readonly beta2: number;
  readonly oneMinusBeta2: number;
  readonly tolerance: number;
  readonly keep: number;
  readonly l1: number;
  readonly l2: number;
  readonly biasStepSize: number;
}

/** A parameter with what its optimizer remembers of it; `first` is also where gradients are stored. */
export interface Parameter {
  readonly w: number;
  readonly first: number;
  readonly second: number;
}

export function update(
  madd: MultiplyAdd,
  block: Update,
  { w, first, second }: Parameter,
  gradient: number,
  isWeight: boolean,
): Parameter {
  if (block.mode === 'store') return { w, first: gradient, second };
  if (block.mode === 'accumulate') return { w, first: f32(first + gradient), second };
  const g = isWeight ? penalised(madd, block, w, gradient) : gradient;
  const { beta1, beta2, oneMinusBeta1, oneMinusBeta2, tolerance } = block;
  const stepSize = isWeight ? block.stepSize : block.biasStepSize;
  if (block.mode === 'sgd') {
    if (beta1 === 0) return { w: madd(-stepSize, g, w), first, second };
    const buffer = madd(beta1, first, g);
    return { w: madd(-stepSize, block.nesterov ? madd(beta1, buffer, g) : buffer, w), first: buffer, second };
  }
  const m = madd(beta1, first, f32(oneMinusBeta1 * g));
  const v = madd(beta2, second, f32(f32(oneMinusBeta2 * g) * g));
  const direction = f32(m / f32(f32(Math.sqrt(v)) + tolerance));
  return { w: madd(-stepSize, direction, isWeight ? f32(block.keep * w) : w), first: m, second: v };
}

function penalised(madd: MultiplyAdd, { l1, l2 }: Update, w: number, gradient: number): number {
  if (l1 === 0 && l2 === 0) return gradient;
  const pull = w === 0 ? 0 : w < 0 ? -l1 : l1;
  return f32(madd(l2, w, gradient) + pull);
}
