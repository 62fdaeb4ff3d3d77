// The kernels of adversarial training and tangent propagation as TypeScript sees them, in the formats of
// kernels.ts. The wasm engine decides the order: src/engines/wasm/training-step.ts.

import type { Activation } from '../model/spec.js';

/** A step of an attack; see {@link RegularizationKernels.perturbMax}. */
type Perturb = (
  x: number,
  origin: number,
  gradient: number,
  panelStride: number,
  panels: number,
  rows: number,
  radius: number,
  low: number,
  high: number,
  step: number,
) => void;

export interface RegularizationKernels {
  /**
   * One step of an attack in the L∞ norm: x ← x + step · radius ⊙ sign(gradient), then back within
   * [origin − radius, origin + radius] and within [low, high], but where the origin is beyond those already.
   * @param x panels[rows], changed in place; origin and gradient panels[rows] with the same panel stride.
   * @param radius, low, high f32[rows], one per feature; a feature of radius 0 stays as it is.
   * @param step In (0, 1], a share of the radius.
   * **Source:** Goodfellow, Shlens, Szegedy (2015), section 4; Madry et al. (2018), section 2.1 for several steps.
   */
  perturbMax: Perturb;

  /**
   * The same in the L2 norm scaled by the radii, ‖δ ⊘ radius‖₂ ≤ 1: a step along radius² ⊙ gradient, the
   * steepest ascent in that norm, then back into the ball and the bounds. A zero gradient moves nothing.
   */
  perturbEuclidean: Perturb;

  /** a[i] ×= (h[i] > 0 ? 1 : slope), i < count; count a multiple of 4. */
  multiplySlope(a: number, h: number, slope: number, count: number): void;

  /** out[i] = a[i] × b[i], i < count; out may be a or b. count a multiple of 4. */
  product(a: number, b: number, out: number, count: number): void;

  /** sum[i] += a[i] × b[i] × c[i], i < count; count a multiple of 4. */
  addProduct(sum: number, a: number, b: number, c: number, count: number): void;

  /** a[i] += b[i], i < count; count a multiple of 4. */
  add(a: number, b: number, count: number): void;

  /** out[i] = d²h/dz² at z[i], i < count, before `activate` overwrites z; count a multiple of 4. */
  secondDerivative(
    kind: Extract<Activation, 'tanh' | 'sigmoid' | 'gelu' | 'softplus'>,
    z: number,
    out: number,
    count: number,
  ): void;

  /**
   * Returns strength × Σ_b weight_b Σ_r u(r, b)² and writes du = 2 × strength × weight × u.
   * @param u panels[rows]. @param du panels[rows] with u's panel stride. @param rowWeights f32[8 × panels].
   */
  tangentPenalty(
    u: number,
    panelStride: number,
    panels: number,
    rows: number,
    rowWeights: number,
    strength: number,
    du: number,
  ): number;
}
