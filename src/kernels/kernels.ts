// The compute kernels as TypeScript sees them: what each reads and writes, with shapes.
// It knows WebAssembly modules and nothing of networks, members or layouts of memory; the wasm engine
// decides the addresses and the order of the calls. Every kernel works on raw byte addresses of one shared
// memory, keeps no state and never allocates.
//
// Formats
// - panels[rows]: f32[panels][rows][8], 8 examples beside each other. Panel p starts at base + p × panelStride
//   bytes, row r at + r × 32, one lane per example. Storage holds roundUp4(rows) rows. Lanes beyond the last
//   example are padding: gathers write them as zeros and give them row weight 0, so they never reach a
//   gradient. Rows beyond `rows` are padding as well: every kernel that writes panels writes them as zeros,
//   and the gradient kernels rely on that for dz.
// - weights: see weight-layout.ts; the biases follow the matrix.
// - Base addresses and panel strides are multiples of 16 bytes; addresses of 2 GiB and more are fine.
// - The first 1024 bytes of memory stay unused: the compiler relies on addresses being above them.
// - No argument may be the address 0 unless its description gives 0 a meaning.
import type { CompiledModule, SharedMemory } from '../memory/webassembly-types.js';
import { activationKind, type SmoothActivation } from './activation-kind.js';
import type { RegularizationKernels } from './regularization-kernels.js';
import { bindWindowKernels, type RawWindowKernels, type WindowKernels } from './window-kernels.js';

export interface Kernels extends WindowKernels, RegularizationKernels {
  /**
   * Gathers rows of a dataset into panels.
   * @param x f32[rows, features], row-major, 16-byte aligned.
   * @param strideBytes From row to row; a multiple of 16, the row zero-filled up to it.
   * @param indices u32[count] row numbers.
   * @param out panels[features], ceil(count / 8) of them; lanes ≥ count and padding rows become zero.
   */
  gatherRows(
    x: number,
    strideBytes: number,
    indices: number,
    count: number,
    features: number,
    out: number,
    outPanelStride: number,
  ): void;

  /** As {@link gatherRows}, of the columns listed in `columns` (u32[features]) only: a random subspace. */
  gatherColumns(
    x: number,
    strideBytes: number,
    indices: number,
    count: number,
    columns: number,
    features: number,
    out: number,
    outPanelStride: number,
  ): void;

  /** labels i32[rows], indices u32[count] → out i32[8 × ceil(count / 8)]; padding lanes get label 0. */
  gatherLabels(labels: number, indices: number, count: number, out: number): void;

  /**
   * Row weights of a batch: out[b] = scale × rowWeights[indices[b]], out f32[8 × ceil(count / 8)], padding 0.
   * @param rowWeights f32[rows], or 0 when all weights are 1 (`indices` is not read then).
   */
  gatherWeights(rowWeights: number, indices: number, count: number, scale: number, out: number): void;

  /**
   * h = activation(x W + b): out(o, b) = max(z, slope × z).
   * @param x panels[inputs].
   * @param w weights (inputs, units), the biases behind them.
   * @param out panels[units], not overlapping x.
   * @param slope In [0, 1]: 1 linear, 0 relu, else leaky.
   */
  forward(
    x: number,
    xPanelStride: number,
    panels: number,
    inputs: number,
    w: number,
    units: number,
    out: number,
    outPanelStride: number,
    slope: number,
  ): void;

  /**
   * As {@link forward}, bit by bit, for the one example in lane 0 of a panel.
   * @param x panels[inputs] and `out` panels[units], one panel each; lanes 1 to 7 are neither read nor written, but for
   * the padding rows of `out`.
   */
  forwardRow(x: number, inputs: number, w: number, units: number, out: number, slope: number): void;

  /**
   * out = x W, without biases and activation: what tangents become.
   * @param zeros f32[roundUp4(units)] of scratch, left full of zeros.
   */
  linear(
    x: number,
    xPanelStride: number,
    panels: number,
    inputs: number,
    w: number,
    units: number,
    out: number,
    outPanelStride: number,
    zeros: number,
  ): void;

  /**
   * Applies an activation in place to a contiguous run of panels.
   * @param derivative f32[count], receives dh/dz, or 0 when not wanted.
   * @param count Floats; a multiple of 4.
   */
  activate(kind: SmoothActivation, h: number, derivative: number, count: number): void;

  /**
   * dx(i, b) = Σ_o W(i, o) dz(o, b), times the slope of the activation that made the layer's input.
   * Call it before `weightGradient` of the same layer when that updates w.
   * @param dz panels[units], padding rows zero.
   * @param h panels[inputs], the layer's input, with dx's panel stride: the result is multiplied by
   *   (h > 0 ? 1 : slope). Not read when slope is 1 (pass 0).
   * @param dx panels[inputs], overlapping neither h nor dz.
   */
  inputGradient(
    dz: number,
    dzPanelStride: number,
    panels: number,
    units: number,
    w: number,
    inputs: number,
    h: number,
    slope: number,
    dx: number,
    dxPanelStride: number,
  ): void;

  /** a[i] *= b[i], i < count; count a multiple of 4. */
  multiply(a: number, b: number, count: number): void;

  /**
   * dW(i, o) = Σ_b x(i, b) dz(o, b) and db(o) = Σ_b dz(o, b), handed at once to the update of the block:
   * stored, accumulated, or applied to w. The gradient of a tile lives only in `scratch`.
   * @param x panels[inputs]. @param dz panels[units], padding rows zero.
   * @param scratch weightGradientScratchBytes(panels) bytes, contents irrelevant.
   * @param updateBlock See update-block.ts.
   */
  weightGradient(
    x: number,
    xPanelStride: number,
    panels: number,
    inputs: number,
    dz: number,
    dzPanelStride: number,
    units: number,
    w: number,
    scratch: number,
    updateBlock: number,
  ): void;

  /**
   * The update of a block on a flat gradient, for gradients accumulated over several backward passes.
   * One layer: count = weightCount + biasCount, the weights first; l1, l2 and weight decay spare the biases.
   * @param w f32[count], with optimizer state at the block's offsets from it.
   * @param gradient f32[count], same layout as w, not changed (unless it is where the block stores to).
   * @param weightCount, biasCount Floats; multiples of 4 (weightLengthFloats, biasLengthFloats).
   */
  applyUpdate(w: number, gradient: number, weightCount: number, biasCount: number, updateBlock: number): void;

  /**
   * Returns Σ_b weight_b × (−log softmax(z)_label) and writes dz = weight × (softmax(z) − onehot(label)).
   * @param z panels[classes]. @param labels i32[8 × panels]. @param rowWeights f32[8 × panels].
   * @param dz panels[classes] with z's panel stride, may be z; 0 only evaluates.
   */
  softmaxCrossEntropy(
    z: number,
    panelStride: number,
    panels: number,
    classes: number,
    labels: number,
    rowWeights: number,
    dz: number,
  ): number;

  /** As {@link softmaxCrossEntropy} for one logit (panels[1]) and labels 0 or 1. */
  binaryCrossEntropy(
    z: number,
    panelStride: number,
    panels: number,
    labels: number,
    rowWeights: number,
    dz: number,
  ): number;

  /**
   * Returns Σ_b weight_b × mean over outputs of (z − y)²; dz its gradient.
   * @param targets panels[outputs] with panel stride targetsPanelStride.
   */
  squaredError(
    z: number,
    panelStride: number,
    panels: number,
    outputs: number,
    targets: number,
    targetsPanelStride: number,
    rowWeights: number,
    dz: number,
  ): number;

  /**
   * Gaussian negative log likelihood, heteroscedastic: z rows 0 … outputs−1 are the means μ, the next
   * `outputs` rows raw variances, σ² = softplus(raw) + 1e-6.
   * Returns Σ_b weight_b × mean over outputs of ½ (log σ² + (y − μ)² / σ²), without the constant of 2π.
   * @param z panels[2 × outputs]. @param targets panels[outputs].
   * **Source:** Nix and Weigend (1994), Estimating the mean and variance of the target distribution.
   */
  gaussianNll(
    z: number,
    panelStride: number,
    panels: number,
    outputs: number,
    targets: number,
    targetsPanelStride: number,
    rowWeights: number,
    dz: number,
  ): number;

  /** z ← log softmax(z) in place; z panels[classes]. */
  logSoftmax(z: number, panelStride: number, panels: number, classes: number): void;

  /** One logit per example to (log p₀, log p₁): z panels[1] → out panels[2], not overlapping. */
  binaryLogProbabilities(
    z: number,
    panelStride: number,
    panels: number,
    out: number,
    outPanelStride: number,
  ): void;

  /** Raw variances → σ² = softplus(raw) + 1e-6 in place; z panels[2 × outputs], the means stay. */
  gaussianMoments(z: number, panelStride: number, panels: number, outputs: number): void;

  /** panels[rows] → row-major: out[b × outStrideBytes / 4 + r] = z(r, b), b < count. Writes nothing else. */
  unpanel(
    z: number,
    panelStride: number,
    rows: number,
    count: number,
    out: number,
    outStrideBytes: number,
  ): void;

  /** out[i] = exp(in[i]), i < count, any count; results below 2⁻¹²⁶ become 0. May work in place. */
  exp(input: number, out: number, count: number): void;

  /**
   * Shuffles u32[n] in place (Fisher–Yates) with the stream of the key; the same as math/random.ts.
   * i runs from n−1 down to 1 and swaps with j = ⌊word × (i + 1) / 2³²⌋, word number n−1−i of the stream.
   */
  shuffle(indices: number, n: number, key0: number, key1: number): void;

  /**
   * w[i] += share × (anchor[i] − w[i]), i < count: parameter tying. A weight that equals its anchor keeps its bits.
   * @param w, anchor f32[count], not overlapping. @param count A multiple of 4. @param share In [0, 1].
   */
  pullToward(w: number, anchor: number, count: number, share: number): void;

  /**
   * Zeroes every value with magnitude below `threshold`. WebAssembly has no flush-to-zero mode, and moments
   * that decay for long become denormal, which processors handle very slowly: call it on the optimizer's
   * state every hundred steps or so.
   * @param count Floats; a multiple of 4.
   */
  flushDenormals(values: number, count: number, threshold: number): void;

  /**
   * Draws a dropout mask: mask i8[count], −1 (kept) where the 16-bit number of a float is below `threshold`,
   * else 0. Float e = 16q + 8s + 2j + h takes half h (0 the lower) of word s of the cipher's block
   * (4q + j, layer), so layers of one key never share numbers.
   * @param count Floats of the panels; a multiple of 16. @param threshold round(65536 × keep), 1 … 65535.
   */
  drawMask(mask: number, count: number, threshold: number, key0: number, key1: number, layer: number): void;

  /** out[i] = mask[i] ? scale × input[i] : 0, i < count; out may be input. count a multiple of 16. */
  applyMask(input: number, mask: number, scale: number, out: number, count: number): void;

  /** out(r, b) = factors[r] × input(r, b); panels[rows] both, out may be input. factors f32[rows]. */
  scaleRows(
    input: number,
    out: number,
    panelStride: number,
    panels: number,
    rows: number,
    factors: number,
  ): void;

  /**
   * dh(r, b) += strength × rowWeights[b] × sign(h(r, b)) × (h > 0 ? 1 : slope): the gradient of
   * strength·‖h‖₁ through an activation of the leaky family (slope 1: before any other derivative).
   * @param dh panels[rows], with h's panel stride. @param rowWeights f32[8 × panels].
   */
  addActivityGradient(
    dh: number,
    h: number,
    panelStride: number,
    panels: number,
    rows: number,
    rowWeights: number,
    strength: number,
    slope: number,
  ): void;

  /** How many of the first `count` examples' h(r, b) have |h| > threshold, over all rows. */
  countActive(h: number, panelStride: number, rows: number, count: number, threshold: number): number;

  /**
   * Turns a cross-entropy into that of smoothed labels, (1 − smoothing)·onehot + smoothing / K: returns what
   * the loss grows by and adds to dz (0: evaluates only). Call it right after the loss.
   * @param rows K ≥ 2 logits, or 1 for binary cross-entropy. @param dz panels[rows] with z's panel stride, not z.
   * **Source:** Szegedy et al. (2016), Rethinking the Inception architecture, section 7.
   */
  smoothLabels(
    z: number,
    panelStride: number,
    panels: number,
    rows: number,
    labels: number,
    rowWeights: number,
    smoothing: number,
    dz: number,
  ): number;

  /**
   * x(r, b) += deviation × normal deviates of the key's stream, eight (one row of a panel) per four blocks.
   * Lanes beyond the last example get noise as well; their row weight is 0.
   * **Source:** Box and Muller (1958), A note on the generation of random normal deviates.
   */
  addNoise(
    x: number,
    panelStride: number,
    panels: number,
    rows: number,
    deviation: number,
    key0: number,
    key1: number,
  ): void;

  /**
   * Copies the fields of the step block to the arguments that read them, then makes the calls of a program's segment in
   * order and returns the sum of their losses; one that is not finite ends the run.
   * @param program 16-byte aligned; its first word is OPERATIONS_FINGERPRINT, or the run traps.
   */
  run(program: number, segment: number, stepBlock: number): number;
}

/** Operations that take a stride and a number of panels where {@link Kernels} have a count of floats. */
type Elementwise =
  | 'activate'
  | 'multiply'
  | 'applyMask'
  | 'drawMask'
  | 'multiplySlope'
  | 'product'
  | 'addProduct'
  | 'add'
  | 'secondDerivative';

/** As exported by WebAssembly; see operations.ts. */
type RawKernels = Omit<Kernels, Elementwise | 'exp' | keyof WindowKernels> &
  RawWindowKernels &
  Readonly<Record<Elementwise | 'exp', (...numbers: number[]) => void>>;

const bound = new WeakMap<SharedMemory, Map<CompiledModule, Kernels>>();

/** The kernels of a memory that is used again and again: an instance is slow for its first thousand calls. */
export function kernelsOf(module: CompiledModule, memory: SharedMemory): Kernels {
  const own = bound.get(memory) ?? new Map<CompiledModule, Kernels>();
  const kernels = own.get(module) ?? instantiateKernels(module, memory);
  bound.set(memory, own.set(module, kernels));
  return kernels;
}

/** Binds the kernels to one shared memory. */
export function instantiateKernels(module: CompiledModule, memory: SharedMemory): Kernels {
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as RawKernels;
  return { ...exports, ...bindWindowKernels(exports, memory), ...bindElementwise(exports) };
}

function bindElementwise(exports: RawKernels): Pick<Kernels, Elementwise | 'exp'> {
  return {
    activate: (kind, h, derivative, count) =>
      exports.activate(activationKind(kind), h, derivative, count * 4, 1),
    secondDerivative: (kind, z, out, count) =>
      exports.secondDerivative(activationKind(kind), z, out, count * 4, 1),
    multiply: (a, b, count) => exports.multiply(a, b, count * 4, 1),
    multiplySlope: (a, h, slope, count) => exports.multiplySlope(a, h, slope, count * 4, 1),
    product: (a, b, out, count) => exports.product(a, b, out, count * 4, 1),
    addProduct: (sum, a, b, c, count) => exports.addProduct(sum, a, b, c, count * 4, 1),
    add: (a, b, count) => exports.add(a, b, count * 4, 1),
    applyMask: (input, mask, scale, out, count) => exports.applyMask(input, mask, scale, out, count * 4, 1),
    drawMask: (mask, count, ...rest) => exports.drawMask(mask, count * 4, 1, ...rest),
    exp: (input, out, count) => exports.exp(input, out, count, 1),
  };
}
