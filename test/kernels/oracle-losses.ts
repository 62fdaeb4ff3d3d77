// Losses, label smoothing and the tangent penalty as docs/ARITHMETIC.md defines them: a batch is whole octets, z and dz are
// row-major, and a loss is the chain of its examples' shares in double precision.
import type { Functions } from './oracle-functions.js';
import { chain, f32, type MultiplyAdd, pmax, pmin } from './oracle-rounding.js';

type Numbers = ArrayLike<number>;

export interface Loss {
  readonly loss: number;
  readonly dz: Float32Array;
}

/** Σ over examples ascending, in double precision, of what `example` gives of each; it writes its gradient. */
function overExamples(
  rowWeights: Numbers,
  width: number,
  example: (b: number, weight: number, dz: Float32Array) => number,
): Loss {
  const dz = new Float32Array(rowWeights.length * width);
  const loss = chain(rowWeights.length, 0, (sum, b) => {
    return sum + example(b, rowWeights[b]!, dz.subarray(b * width, (b + 1) * width));
  });
  return { loss, dz };
}

const rowOf = (z: Numbers, width: number, b: number) =>
  Array.from({ length: width }, (_, k) => z[b * width + k]!);

/** The largest by pmax from the first on, e^(z − largest), and their sum. */
function exponentials({ expNegative }: Functions, z: readonly number[]) {
  const highest = z.reduce((most, value) => pmax(most, value), z[0]!);
  const powers = z.map((value) => expNegative(f32(value - highest)));
  return { highest, powers, sum: chain(powers.length, 0, (sum, k) => f32(sum + powers[k]!)) };
}

export function softmaxCrossEntropy(
  functions: Functions,
  z: Numbers,
  classes: number,
  labels: Numbers,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, classes, (b, weight, dz) => {
    const row = rowOf(z, classes, b);
    const { highest, powers, sum } = exponentials(functions, row);
    const scale = f32(weight / sum);
    for (const [k, e] of powers.entries()) dz[k] = f32(e * scale) - (k === labels[b] ? weight : 0);
    const loss = f32(functions.logPositive(sum) + f32(highest - (row[labels[b]!] ?? 0)));
    return f32(weight * loss);
  });
}

export function binaryCrossEntropy(
  functions: Functions,
  z: Numbers,
  labels: Numbers,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, 1, (b, weight, dz) => {
    const sign = labels[b] === 1 ? -1 : 1;
    dz[0] = weight * (sign * functions.sigmoid(sign * z[b]!));
    return f32(weight * functions.softplus(sign * z[b]!));
  });
}

export function squaredError(
  madd: MultiplyAdd,
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, outputs, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / outputs));
    const residual = (r: number) => f32(z[b * outputs + r]! - targets[b * outputs + r]!);
    for (let r = 0; r < outputs; r++) dz[r] = f32(weight + weight) * residual(r);
    return f32(weight * chain(outputs, 0, (sum, r) => madd(residual(r), residual(r), sum)));
  });
}

export function varianceOf({ softplus }: Functions, raw: number): number {
  return f32(softplus(raw) + f32(1e-6));
}

export function gaussianNll(
  functions: Functions,
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, 2 * outputs, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / outputs));
    const sum = chain(outputs, 0, (total, r) => {
      const raw = z[2 * b * outputs + outputs + r]!;
      const residual = f32(z[2 * b * outputs + r]! - targets[b * outputs + r]!);
      const variance = varianceOf(functions, raw);
      const scaled = f32(residual / variance);
      const fit = f32(scaled * residual);
      const slope = f32(f32(f32(0.5 * f32(1 - fit)) * functions.sigmoid(raw)) / variance);
      dz[r] = weight * scaled;
      dz[outputs + r] = weight * slope;
      return f32(total + f32(functions.logPositive(variance) + fit));
    });
    return f32(f32(weight * 0.5) * sum);
  });
}

export function huber(
  madd: MultiplyAdd,
  z: Numbers,
  outputs: number,
  targets: Numbers,
  delta: number,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, outputs, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / outputs));
    const sum = chain(outputs, 0, (total, r) => {
      const residual = f32(z[b * outputs + r]! - targets[b * outputs + r]!);
      const held = pmin(pmax(residual, -delta), delta);
      dz[r] = weight * held;
      return madd(held, f32(residual - f32(0.5 * held)), total);
    });
    return f32(weight * sum);
  });
}

export function focalCrossEntropy(
  functions: Functions,
  z: Numbers,
  classes: number,
  labels: Numbers,
  focus: number,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, classes, (b, weight, dz) => {
    const row = rowOf(z, classes, b);
    const label = labels[b]!;
    const { highest, powers, sum } = exponentials(functions, row);
    const rest = chain(classes, 0, (total, k) => f32(total + (k === label ? 0 : powers[k]!)));
    const missing = pmax(f32(rest / sum), f32(1e-30));
    const entropy = f32(functions.logPositive(sum) + f32(highest - (row[label] ?? 0)));
    const power = functions.expNegative(f32(focus * functions.logPositive(missing)));
    const steep = f32(f32(focus * f32((powers[label] ?? 0) / sum)) * f32(entropy / missing));
    const factor = f32(weight * f32(power * f32(1 + steep)));
    const scale = f32(factor / sum);
    for (const [k, e] of powers.entries()) dz[k] = f32(e * scale) - (k === label ? factor : 0);
    return f32(weight * f32(power * entropy));
  });
}

/** @param factors [2 × outputs]: what makes counts of targets. */
export function poissonNll(
  { functions, madd }: { readonly functions: Functions; readonly madd: MultiplyAdd },
  z: Numbers,
  outputs: number,
  targets: Numbers,
  factors: Numbers,
  rowWeights: Numbers,
): Loss {
  return overExamples(rowWeights, outputs, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / outputs));
    const sum = chain(outputs, 0, (total, r) => {
      const value = z[b * outputs + r]!;
      const rate = functions.exp(value);
      const count = madd(factors[r]!, targets[b * outputs + r]!, factors[outputs + r]!);
      dz[r] = weight * f32(rate - count);
      return f32(total + f32(rate - f32(count * value)));
    });
    return f32(weight * sum);
  });
}

export function pinball(
  functions: Functions,
  z: Numbers,
  outputs: number,
  targets: Numbers,
  levels: readonly number[],
  rowWeights: Numbers,
): Loss {
  const width = outputs * levels.length;
  return overExamples(rowWeights, width, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / width));
    const sum = chain(outputs, 0, (total, r) => {
      const raw = levels.map((_, l) => z[b * width + l * outputs + r]!);
      const residuals: number[] = [];
      let quantile = 0;
      for (const [l, value] of raw.entries()) {
        quantile = l === 0 ? value : f32(quantile + functions.softplus(value));
        residuals.push(f32(targets[b * outputs + r]! - quantile));
      }
      const pull = (l: number) => (residuals[l]! > 0 ? levels[l]! : f32(levels[l]! - 1));
      let pulls = chain(levels.length, 0, (all, l) => f32(all + pull(l)));
      for (const [l, value] of raw.entries()) {
        const slope = l === 0 ? weight : f32(weight * functions.sigmoid(value));
        dz[l * outputs + r] = -f32(slope * pulls);
        pulls = f32(pulls - pull(l));
      }
      const own = chain(levels.length, 0, (all, l) => {
        return f32(all + pmax(f32(levels[l]! * residuals[l]!), f32(f32(levels[l]! - 1) * residuals[l]!)));
      });
      return f32(total + own);
    });
    return f32(weight * sum);
  });
}

export function binaryCrossEntropies(
  { functions, madd }: { readonly functions: Functions; readonly madd: MultiplyAdd },
  z: Numbers,
  outputs: number,
  targets: Numbers,
  rowWeights: Numbers,
): Loss {
  const { softplus, sigmoid } = functions;
  return overExamples(rowWeights, outputs, (b, rowWeight, dz) => {
    const weight = f32(rowWeight * f32(1 / outputs));
    const sum = chain(outputs, 0, (total, r) => {
      const [value, yes] = [z[b * outputs + r]!, targets[b * outputs + r]!];
      const no = f32(1 - yes);
      dz[r] = weight * f32(f32(no * sigmoid(value)) - f32(yes * sigmoid(-value)));
      return f32(total + madd(no, softplus(value), f32(yes * softplus(-value))));
    });
    return f32(weight * sum);
  });
}

/** What the loss grows by; `dz` is what the loss left, and what is returned has the correction in it. */
export function smoothLabels(
  madd: MultiplyAdd,
  z: Numbers,
  width: number,
  labels: Numbers,
  rowWeights: Numbers,
  smoothing: number,
  dz: Numbers,
): Loss {
  return overExamples(rowWeights, width, (b, weight, out) => {
    const row = rowOf(z, width, b);
    if (width === 1) {
      const change = f32(labels[b] === 1 ? 0.5 * smoothing : -0.5 * smoothing);
      out[0] = madd(weight, change, dz[b]!);
      return f32(weight * f32(change * row[0]!));
    }
    const share = f32(smoothing / width);
    for (let k = 0; k < width; k++) {
      const change = f32((k === labels[b] ? smoothing : 0) - share);
      out[k] = madd(weight, change, dz[b * width + k]!);
    }
    const sum = chain(width, 0, (total, k) => f32(total + row[k]!));
    return f32(weight * f32(f32(smoothing * (row[labels[b]!] ?? 0)) - f32(share * sum)));
  });
}

export function tangentPenalty(
  madd: MultiplyAdd,
  u: Numbers,
  width: number,
  rowWeights: Numbers,
  strength: number,
): Loss {
  return overExamples(rowWeights, width, (b, rowWeight, du) => {
    const weight = f32(strength * rowWeight);
    const row = rowOf(u, width, b);
    for (const [r, value] of row.entries()) du[r] = f32(weight + weight) * value;
    return f32(weight * chain(width, 0, (sum, r) => madd(row[r]!, row[r]!, sum)));
  });
}

export function logSoftmax(functions: Functions, z: Numbers, classes: number): Float32Array {
  const rows = Array.from({ length: z.length / classes }, (_, b) => {
    const row = rowOf(z, classes, b);
    const { highest, sum } = exponentials(functions, row);
    return row.map((value) => f32(f32(value - highest) - functions.logPositive(sum)));
  });
  return Float32Array.from(rows.flat());
}
