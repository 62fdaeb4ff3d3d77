// Adversarial perturbations of inputs as plain numbers, one example per row: the ball an attack may use, and
// one step of it. Attacks on trained ensembles use this; training has the same as kernels (perturb.ts there).
// It knows no networks: the gradient is given.

import type { AttackNorm, AttackScale } from '../model/spec.js';

/** What is known of each feature: its range over the training rows and its scale, f32 or numbers [features]. */
export interface FeatureRanges {
  /** In the units of the networks' input. */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** What a unit of the input is in the user's own, where that is the same at every value. */
  readonly std: ArrayLike<number>;
  /** A value of a feature in the user's units, as the networks see it. */
  encode(value: number, feature: number): number;
}

/** How far an attack may go. */
export interface AttackRadius {
  /** ≥ 0, in the unit `scale` names. */
  readonly epsilon: number;
  /** `range`: shares of each feature's range. `absolute`: the user's own units. */
  readonly scale: AttackScale;
  /** Least and largest value of every feature in the user's units; null: each feature's range. */
  readonly bounds: readonly [low: number, high: number] | null;
}

/** The ball around an example in the units of the networks' input, f32[features] each. */
export interface AttackBall {
  readonly radius: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/**
 * Radius and bounds of each feature. Under a soft clip shares of the range are those of the range as members see
 * it; a radius in the user's own units has no one size there, so that ranges come without one.
 * @param columns the features that a member sees; null for all.
 * **Source:** Lakshminarayanan, Pritzel, Blundell (2017), 2.3: epsilon as a share of each input's range.
 */
export function attackBall(
  { epsilon, scale, bounds }: AttackRadius,
  ranges: FeatureRanges,
  columns: ArrayLike<number> | null,
): AttackBall {
  const { low, high, std } = ranges;
  const each = (of: (feature: number) => number) =>
    Float32Array.from({ length: columns?.length ?? low.length }, (_, i) => of(columns?.[i] ?? i));
  return {
    radius: each((i) => (scale === 'range' ? epsilon * (high[i]! - low[i]!) : epsilon / std[i]!)),
    low: each((i) => (bounds === null ? low[i]! : ranges.encode(bounds[0], i))),
    high: each((i) => (bounds === null ? high[i]! : ranges.encode(bounds[1], i))),
  };
}

/**
 * Size of each step, as a share of the radius: the whole radius for one step, 2.5 / steps for several, so that
 * the edge of the ball can be reached and followed.
 * **Source:** Madry et al. (2018), Towards deep learning models resistant to adversarial attacks.
 */
export function attackStep(steps: number): number {
  return steps === 1 ? 1 : Math.min(1, 2.5 / steps);
}

/**
 * One step up the gradient and back into the ball and the bounds, in place. Bounds give way to an original
 * value beyond them. A zero gradient moves nothing.
 * linf: x + step · radius ⊙ sign(g). l2: x + step · radius² ⊙ g / ‖radius ⊙ g‖₂, the steepest ascent within
 * ‖(x − origin) ⊘ radius‖₂ ≤ 1.
 * @param x, origin, gradient f32[rows, features]
 * **Source:** Goodfellow, Shlens, Szegedy (2015), Explaining and harnessing adversarial examples, section 4;
 * Goodfellow, Bengio, Courville, Deep Learning, 7.13.
 */
export function perturb(
  norm: AttackNorm,
  x: Float32Array,
  origin: Float32Array,
  gradient: Float32Array,
  ball: AttackBall,
  step: number,
): void {
  const features = ball.radius.length;
  for (let start = 0; start < x.length; start += features) {
    const part = (array: Float32Array) => array.subarray(start, start + features);
    const moved = norm === 'linf' ? stepMax : stepEuclidean;
    const row = part(x);
    moved(row, part(origin), part(gradient), ball.radius, step);
    confine(row, part(origin), ball);
  }
}

function stepMax(
  x: Float32Array,
  _origin: Float32Array,
  g: Float32Array,
  radius: Float32Array,
  step: number,
): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + step * radius[i]! * Math.sign(g[i]!);
}

function stepEuclidean(
  x: Float32Array,
  origin: Float32Array,
  g: Float32Array,
  radius: Float32Array,
  step: number,
): void {
  let slopes = 0;
  for (let i = 0; i < x.length; i++) slopes += (radius[i]! * g[i]!) ** 2;
  const pace = slopes === 0 ? 0 : step / Math.sqrt(slopes);
  let squares = 0;
  const away = Float64Array.from(x, (value, i) => {
    const moved = value - origin[i]! + pace * radius[i]! ** 2 * g[i]!;
    if (radius[i]! > 0) squares += (moved / radius[i]!) ** 2;
    return moved;
  });
  const shrink = 1 / Math.max(1, Math.sqrt(squares));
  for (let i = 0; i < x.length; i++) x[i] = origin[i]! + shrink * away[i]!;
}

function confine(x: Float32Array, origin: Float32Array, { radius, low, high }: AttackBall): void {
  for (let i = 0; i < x.length; i++) {
    const from = Math.max(origin[i]! - radius[i]!, Math.min(low[i]!, origin[i]!));
    const to = Math.min(origin[i]! + radius[i]!, Math.max(high[i]!, origin[i]!));
    x[i] = Math.min(Math.max(x[i]!, from), to);
  }
}
