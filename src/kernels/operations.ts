// Every operation that a program may call, with its arguments in order: the only place where they are named. From this
// table follow the dispatchers of both executors (assembly/dispatch.ts, native/dispatch.h), the methods of `Calls`
// (operation-calls.ts) and what a program is validated against. `node dist/scripts/operation-code.js` writes them anew.
// What an operation computes to the bit is in docs/ARITHMETIC.md; what it touches in extents.ts.
//
// Formats
// - panels[rows]: f32[panels][rows][8], 8 examples beside each other. Panel p starts at base + p × stride bytes, row r at
//   + r × 32, one lane per example. Storage holds roundUp4(rows) rows. Lanes beyond the last example are padding: gathers
//   write them as zeros and give them row weight 0, so they never reach a gradient. Rows beyond `rows` are padding as well:
//   whatever writes panels writes them as zeros, and gradients rely on that for dz. `rowWeights` and `labels` have 8 numbers
//   per panel.
// - What works element by element takes panels that lie without gaps: stride × panels bytes.
// - An image is panels[channels × height × width], rows ordered (channel, y, x), so that what a convolution puts out is the
//   next layer's input, dense layers included. Over windows, `scratch` has windowWorkBytes(geometry, filters) bytes.
// - Weights: weight-layout.ts; the biases follow the matrix. Window records: window-record.ts; updates: update-block.ts.
// - Base addresses and strides are multiples of 16 bytes, strides of panels of 128, addresses of u32[] of 4; those of 2 GiB
//   and more are fine. The first 1024 bytes of memory stay unused: the compiler relies on addresses being above them.
// - Contents of scratch do not matter, before or afterwards.

/**
 * What an argument is. Addresses are bytes from the start of the memory, with the type of what lies there; a `?` makes 0
 * stand for nothing. `stride` counts bytes, a multiple of 16; `count` and `kind` are i32, `key` u32, `f32` a number.
 */
export type ArgumentKind =
  | 'f32[]'
  | 'f32[]?'
  | 'u32[]'
  | 'i32[]'
  | 'i32[]?'
  | 'i8[]'
  | 'windows'
  | 'update'
  | 'stride'
  | 'count'
  | 'kind'
  | 'key'
  | 'f32';

/** An operation's arguments, in the order in which they are passed, and whether it returns a loss. */
export interface Operation {
  readonly args: readonly (readonly [name: string, kind: ArgumentKind])[];
  /** What it returns is added to what the run of a program returns; one that is not finite ends the run. */
  readonly returnsLoss?: true;
}

// biome-ignore format: as below
const POOL_INPUT = [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] as const;

// biome-ignore format: as below
const PERTURB = [['x', 'f32[]'], ['origin', 'f32[]'], ['gradient', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['radius', 'f32[]'], ['low', 'f32[]'], ['high', 'f32[]'], ['step', 'f32']] as const;

// biome-ignore format: as below
const NUMBERS = [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['numbers', 'count'], ['expansion', 'kind'], ['terms', 'count'], ['w', 'f32[]'], ['size', 'count'], ['projection', 'f32[]?']] as const;

// biome-ignore format: as below
const TARGETS = [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['outputs', 'count'], ['targets', 'f32[]'], ['targetsStride', 'stride']] as const;

const TARGETS_LOSS = [...TARGETS, ['rowWeights', 'f32[]'], ['dz', 'f32[]?']] as const;

/** In the order of their numbers, from 0. */
// biome-ignore format: a line each
export const OPERATIONS = {
  // Batches
  /**
   * Rows of a dataset as panels. x: f32[rows, features], row-major, each row filled up with zeros to `xStride`;
   * indices: u32[count] row numbers; out: panels[features], ceil(count / 8) of them; lanes from `count` on become
   * zero.
   */
  gatherRows: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['indices', 'u32[]'], ['count', 'count'], ['features', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** As gatherRows, of the columns listed in `columns`, u32[features], only: a random subspace. */
  gatherColumns: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['indices', 'u32[]'], ['count', 'count'], ['columns', 'u32[]'], ['features', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** labels i32[rows], indices u32[count] → out i32[8 × ceil(count / 8)]; padding lanes get label 0. */
  gatherLabels: { args: [['labels', 'i32[]'], ['indices', 'u32[]'], ['count', 'count'], ['out', 'i32[]']] },
  /** out[b] = scale × rowWeights[indices[b]], f32[8 × ceil(count / 8)], padding 0; rowWeights 0: all weights are 1. */
  gatherWeights: { args: [['rowWeights', 'f32[]?'], ['indices', 'u32[]'], ['count', 'count'], ['scale', 'f32'], ['out', 'f32[]']] },
  /**
   * u32[count] in place (Fisher–Yates) with the stream of the key; the same as math/random.ts: i runs from count − 1
   * down to 1 and swaps with j = ⌊word × (i + 1) / 2³²⌋, word number count − 1 − i of the stream.
   */
  shuffle: { args: [['indices', 'u32[]'], ['count', 'count'], ['key0', 'key'], ['key1', 'key']] },
  /** Panels as they are, not overlapping. */
  copy: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** Panels of zeros. */
  clear: { args: [['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },

  // Dense layers
  /**
   * h = activation(x W + b): out(o, b) = max(z, slope × z); x: panels[inputs], out: panels[units], not overlapping.
   * slope in [0, 1]: 1 linear, 0 relu, else leaky. w: weights (inputs, units), the biases behind them.
   */
  forward: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32']] },
  /**
   * As forward, bit by bit, for the one example in lane 0 of one panel; the other lanes are neither read nor
   * written, but for the padding rows of `out`.
   */
  forwardRow: { args: [['x', 'f32[]'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['slope', 'f32']] },
  /** out = x W, without biases and activation: what tangents become. scratch: f32[roundUp4(units)]. */
  linear: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['w', 'f32[]'], ['units', 'count'], ['out', 'f32[]'], ['outStride', 'stride'], ['scratch', 'f32[]']] },
  /**
   * dx(i, b) = Σ_o W(i, o) dz(o, b), × (h > 0 ? 1 : slope) with h, panels[inputs] of dx's stride, the layer's input;
   * h is not read when slope is 1. To be called before weightGradient of the same layer when that updates w.
   */
  inputGradient: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['units', 'count'], ['w', 'f32[]'], ['inputs', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  /**
   * dW(i, o) = Σ_b x(i, b) dz(o, b) and db(o) = Σ_b dz(o, b), handed at once to the update: stored, accumulated, or
   * applied to w. scratch: weightGradientScratchBytes(panels) bytes.
   */
  weightGradient: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['inputs', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['units', 'count'], ['w', 'f32[]'], ['scratch', 'f32[]'], ['update', 'update']] },

  // Layers over windows
  /**
   * out(f, y, x, b) = max(z, slope × z), z = bias(f) + Σ W(c, ky, kx; f) image(c, y·strideY + ky − top, …, b): a
   * cross-correlation. w: weights (channels × windowHeight × windowWidth, filters); hasBias 0: z without bias.
   * **Source:** Goodfellow, Bengio and Courville (2016), Deep Learning, eq. 9.6.
   */
  convolve: { args: [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['w', 'f32[]'], ['filters', 'count'], ['hasBias', 'kind'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32'], ['scratch', 'f32[]']] },
  /**
   * The transpose of convolve: dx = Σ W dz over the windows that see a pixel, × (h > 0 ? 1 : slope); h as for
   * inputGradient.
   */
  convolveInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['w', 'f32[]'], ['filters', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },
  /** dW and db of convolve, summed over windows and examples, handed to the update. */
  convolveWeightGradient: { args: [['windows', 'windows'], ['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['w', 'f32[]'], ['filters', 'count'], ['scratch', 'f32[]'], ['update', 'update']] },
  /**
   * The largest value of every window, channel by channel; among equals the first. choice: i32 laid out like `out`,
   * which tap was taken, the sign bit set where out ≤ 0.
   */
  maxPool: { args: [...POOL_INPUT, ['choice', 'i32[]?'], ['scratch', 'f32[]']] },
  /** The taps of x that `choice` names: the linear part of maxPool where it was last computed. */
  maxPoolChosen: { args: [...POOL_INPUT, ['choice', 'i32[]'], ['scratch', 'f32[]']] },
  /** dx = dz at the taps that `choice` names, × slope where the maximum was not positive, 0 elsewhere. */
  maxPoolInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['choice', 'i32[]'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },
  /** The mean of every window, channel by channel. */
  averagePool: { args: [...POOL_INPUT, ['scratch', 'f32[]']] },
  /** dx = an equal share of dz for every tap, × (h > 0 ? 1 : slope); h as for inputGradient. */
  averagePoolInputGradient: { args: [['windows', 'windows'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride'], ['scratch', 'f32[]']] },

  // Embedded inputs
  /**
   * Numbers beside what they are expanded into: out has 1 + (size or, where that is 0, terms) rows for each, the number
   * itself and then the terms, or z(e) = bias(e) + Σ_f W(f, e) term(f). expansion: the kinds of expansion-kind.ts. periodic: term(f)
   * = cos(2π c(f) x + b(f)). piecewise: min(max((x − low(f)) × perUnit(f), 0), 1). w: weights (2 × numbers, terms) without
   * biases, of each number a row of c or low and one of b or perUnit. projection: weights (numbers × (terms + 1), size)
   * without biases, of each number a row for each term and one of biases. terms and size: at most 96. scratch: f32[8 × terms].
   * Padding rows are not written: they are the caller's, who puts several of these beside each other.
   * **Source:** Gorishniy, Rubachev, Babenko (2022), On embeddings for numerical features in tabular deep learning; Holzmüller,
   * Grinsztajn, Steinwart (2024), Better by default, appendix A for the phases.
   */
  embedNumbers: { args: [...NUMBERS, ['scratch', 'f32[]'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** dx of embedNumbers: that of the number itself and what its terms add. At the ends of a bin the slope is that to the right. */
  embedNumbersInputGradient: { args: [...NUMBERS, ['dz', 'f32[]'], ['dzStride', 'stride'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  /**
   * The gradients of projection and, where it is periodic, of w, handed to the update as weights, biases too. scratch: f32[8 × ((terms + 1) × roundUp4(size) + 2 × roundUp4(terms))].
   */
  embedNumbersWeightGradient: { args: [...NUMBERS, ['dz', 'f32[]'], ['dzStride', 'stride'], ['scratch', 'f32[]'], ['update', 'update']] },
  /**
   * out(e, b) = Σ_i W(i, e) x(i, b) over the rows of one column of categories, those that are 0 for eight examples left out. w:
   * weights (categories, size) without biases, size at most 96. Padding rows as of embedNumbers.
   */
  embedCategories: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['categories', 'count'], ['w', 'f32[]'], ['size', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  embedCategoriesInputGradient: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['categories', 'count'], ['w', 'f32[]'], ['size', 'count'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  /** dW of embedCategories, handed to the update. scratch: f32[8 × roundUp4(size)]. */
  embedCategoriesWeightGradient: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['categories', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['size', 'count'], ['w', 'f32[]'], ['scratch', 'f32[]'], ['update', 'update']] },
  /** The gradient of the factors of scaleRows, dw(r) = Σ_b x(r, b) dz(r, b), handed to the update. scratch: f32[32]. */
  factorGradient: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['w', 'f32[]'], ['scratch', 'f32[]'], ['update', 'update']] },
  /** Some rows of panels, into others, not overlapping; padding rows as of embedNumbers. */
  copyRows: { args: [['input', 'f32[]'], ['inputStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** Zeros in the rows rows … roundUp4(rows) − 1 of panels. */
  clearPadding: { args: [['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count']] },

  // Normalisation
  /**
   * Each example by itself: out(r) = max(z, slope × z), z = gain(r) × (x(r) − m) / √(v + epsilon) + shift(r), m the mean and v the
   * variance (of all, not all but one) of its rows. w: weights (1, rows), the gains; its biases are the shifts. statistics:
   * f32[panels][2][8], the means and then 1 / √(v + epsilon), for what follows.
   * **Source:** Ba, Kiros and Hinton (2016), Layer normalization, eq. 4.
   */
  layerNorm: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['w', 'f32[]'], ['epsilon', 'f32'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32'], ['statistics', 'f32[]?']] },
  /** dx of layerNorm from dz, × (x > 0 ? 1 : slope), x its input. To be called before layerNormWeightGradient. */
  layerNormInputGradient: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['w', 'f32[]'], ['x', 'f32[]'], ['xStride', 'stride'], ['statistics', 'f32[]'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  /** The gradients of the gains and shifts, summed over examples, handed to the update. scratch: 72 bytes for each of roundUp4(rows). */
  layerNormWeightGradient: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['dz', 'f32[]'], ['dzStride', 'stride'], ['statistics', 'f32[]'], ['w', 'f32[]'], ['scratch', 'f32[]'], ['update', 'update']] },

  // Activations
  /** h ← activation(h), the kinds of activation-kind.ts; derivative receives dh/dz. */
  activate: { args: [['activation', 'kind'], ['h', 'f32[]'], ['derivative', 'f32[]?'], ['stride', 'stride'], ['panels', 'count']] },
  /** out = d²h/dz² at z, before `activate` overwrites z. */
  secondDerivative: { args: [['activation', 'kind'], ['z', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** a ← a × b. */
  multiply: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** a ← a × (h > 0 ? 1 : slope). */
  multiplySlope: { args: [['a', 'f32[]'], ['h', 'f32[]'], ['slope', 'f32'], ['stride', 'stride'], ['panels', 'count']] },
  /** out = a × b; out may be a or b. */
  product: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** a ← a + b. */
  add: { args: [['a', 'f32[]'], ['b', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** sum ← sum + a × b × c. */
  addProduct: { args: [['sum', 'f32[]'], ['a', 'f32[]'], ['b', 'f32[]'], ['c', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /**
   * dh(r, b) += strength × rowWeights[b] × sign(h(r, b)) × (h > 0 ? 1 : slope): the gradient of strength·‖h‖₁
   * through an activation of the leaky family (slope 1: before any other derivative).
   */
  addActivityGradient: { args: [['dh', 'f32[]'], ['h', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['rowWeights', 'f32[]'], ['strength', 'f32'], ['slope', 'f32']] },

  // Losses
  /** Σ_b weight_b × (−log softmax(z)_label); dz = weight × (softmax(z) − onehot(label)), may be z; 0 only evaluates. */
  softmaxCrossEntropy: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['classes', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /** The same for one logit and labels 0 or 1. */
  binaryCrossEntropy: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /** Σ_b weight_b × mean over outputs of (z − y)²; dz its gradient. */
  squaredError: { args: TARGETS_LOSS, returnsLoss: true },
  /**
   * Gaussian negative log likelihood: rows 0 … outputs − 1 of z are the means μ, the next `outputs` rows raw
   * variances, σ² = softplus(raw) + 1e-6. Σ_b weight_b × mean over outputs of ½ (log σ² + (y − μ)² / σ²), without
   * the constant of 2π.
   * **Source:** Nix and Weigend (1994), Estimating the mean and variance of the target distribution.
   */
  gaussianNll: { args: TARGETS_LOSS, returnsLoss: true },
  /**
   * Turns a cross-entropy into that of smoothed labels, (1 − smoothing)·onehot + smoothing / K: returns what the
   * loss grows by and adds to dz, which is not z. rows: K ≥ 2 logits, or 1 for binary cross-entropy. To be called
   * right after the loss.
   * **Source:** Szegedy et al. (2016), Rethinking the Inception architecture, section 7.
   */
  smoothLabels: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['labels', 'i32[]'], ['rowWeights', 'f32[]'], ['smoothing', 'f32'], ['dz', 'f32[]?']], returnsLoss: true },
  /** strength × Σ_b weight_b Σ_r u(r, b)²; du = 2 × strength × weight × u. */
  tangentPenalty: { args: [['u', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['rowWeights', 'f32[]'], ['strength', 'f32'], ['du', 'f32[]']], returnsLoss: true },
  /**
   * Σ_b weight_b × mean over outputs of Huber's loss of d = z − y: ½ d² where |d| ≤ delta, else delta (|d| − ½ delta).
   * **Source:** Huber (1964), Robust estimation of a location parameter.
   */
  huber: { args: [...TARGETS, ['delta', 'f32'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /**
   * Σ_b weight_b × (−(1 − p)^focus · log p), p = softmax(z)_label; dz as that of softmaxCrossEntropy, which it is at focus 0.
   * An example whose (1 − p)^focus is below 2⁻⁴⁰ has loss and gradient 0.
   * **Source:** Lin et al. (2017), Focal loss for dense object detection, equation 4.
   */
  focalCrossEntropy: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['classes', 'count'], ['labels', 'i32[]'], ['focus', 'f32'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /**
   * Σ_b weight_b × mean over outputs of e^z − c z: the Poisson negative log likelihood, without its constant, of counts c =
   * factors[r] × y + factors[outputs + r] at rates e^z. factors: f32[2 × outputs].
   */
  poissonNll: { args: [...TARGETS, ['factors', 'f32[]'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /**
   * Σ_b weight_b × mean over outputs and levels of max(τ (y − q), (τ − 1)(y − q)). z: panels[levelCount × outputs], level
   * after level; the first are q as they are, each later one adds softplus(z) to the one before, so that none cross.
   * levels: f32[levelCount], the τ ascending.
   * **Source:** Koenker and Bassett (1978), Regression quantiles.
   */
  pinball: { args: [...TARGETS, ['levels', 'f32[]'], ['levelCount', 'count'], ['rowWeights', 'f32[]'], ['dz', 'f32[]?']], returnsLoss: true },
  /** Σ_b weight_b × mean over outputs of −y log σ(z) − (1 − y) log(1 − σ(z)), with y in [0, 1]. */
  binaryCrossEntropies: { args: TARGETS_LOSS, returnsLoss: true },

  // Techniques
  /**
   * A dropout mask, a byte per float: −1 (kept) where the 16-bit number of a float is below `threshold`, round(65536
   * × keep), else 0. Float e = 16q + 8s + 2j + h takes half h (0 the lower) of word s of the cipher's block (4q + j,
   * layer), so layers of one key never share numbers.
   */
  drawMask: { args: [['mask', 'i8[]'], ['stride', 'stride'], ['panels', 'count'], ['threshold', 'count'], ['key0', 'key'], ['key1', 'key'], ['layer', 'count']] },
  /** out = mask ? scale × input : 0; out may be input. */
  applyMask: { args: [['input', 'f32[]'], ['mask', 'i8[]'], ['scale', 'f32'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count']] },
  /** out(r, b) = factors[r] × input(r, b); out may be input. factors: f32[rows]. */
  scaleRows: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['factors', 'f32[]']] },
  /**
   * x(r, b) += deviation × normal deviates of the key's stream, eight (one row of a panel) per four blocks, padding
   * lanes included.
   * **Source:** Box and Muller (1958), A note on the generation of random normal deviates.
   */
  addNoise: { args: [['x', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['deviation', 'f32'], ['key0', 'key'], ['key1', 'key']] },
  /**
   * One step of an attack in the L∞ norm: x ← x + step · radius ⊙ sign(gradient), then back within [origin − radius,
   * origin + radius] and within [low, high], but where the origin is beyond those already. radius, low, high:
   * f32[rows], one per feature; a feature of radius 0 stays as it is. step in (0, 1], a share of the radius.
   * **Source:** Goodfellow, Shlens, Szegedy (2015), section 4; Madry et al. (2018), section 2.1 for several steps.
   */
  perturbMax: { args: PERTURB },
  /**
   * The same in the L2 norm scaled by the radii, ‖δ ⊘ radius‖₂ ≤ 1: a step along radius² ⊙ gradient, the steepest
   * ascent in that norm, then back into the ball and the bounds. A zero gradient moves nothing.
   */
  perturbEuclidean: { args: PERTURB },

  // Submodels that share weights. Panel q belongs to submodel q mod `submodels`; tables are f32[submodels][roundUp4(rows)],
  // their padding zero. Where `repeats` is not 0, x has one panel for each group of as many panels as there are submodels.
  /**
   * out(r, q) = max(z, slope × z), z = x(r, q) × factors(j, r) + shifts(j, r) with j = q mod submodels; factors 0: all 1,
   * shifts 0: all 0. `panels` counts those of out, which may be x where nothing repeats.
   * **Source:** Wen, Tran, Ba (2020), BatchEnsemble, eq. 5.
   */
  scaleSubmodels: { args: [['x', 'f32[]'], ['xStride', 'stride'], ['repeats', 'kind'], ['panels', 'count'], ['rows', 'count'], ['submodels', 'count'], ['factors', 'f32[]?'], ['shifts', 'f32[]?'], ['out', 'f32[]'], ['outStride', 'stride'], ['slope', 'f32']] },
  /**
   * factorGradients(j, r) = Σ x(r, q) dz(r, q), shiftGradients(j, r) = Σ dz(r, q) over the panels q of submodel j, tables
   * both. `panels` counts those of dz. scratch: 128 bytes.
   */
  submodelGradients: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['submodels', 'count'], ['x', 'f32[]'], ['xStride', 'stride'], ['repeats', 'kind'], ['factorGradients', 'f32[]?'], ['shiftGradients', 'f32[]?'], ['scratch', 'f32[]']] },
  /**
   * dx(r, q) = dz(r, q) × factors(j, r), where x repeats summed over the submodels; × (h > 0 ? 1 : slope), h of dx's stride,
   * not read when slope is 1. `panels` counts those of dx, which may be dz where nothing repeats.
   */
  scaleSubmodelsGradient: { args: [['dz', 'f32[]'], ['dzStride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['submodels', 'count'], ['repeats', 'kind'], ['factors', 'f32[]?'], ['h', 'f32[]?'], ['slope', 'f32'], ['dx', 'f32[]'], ['dxStride', 'stride']] },
  /**
   * out(r, p) = the mean of z(r, p × submodels + j) over j; ofProbabilities not 0: ln of the mean of exp(z), which are log
   * probabilities. `panels` counts those of out.
   */
  meanOfSubmodels: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['rows', 'count'], ['submodels', 'count'], ['ofProbabilities', 'kind'], ['out', 'f32[]'], ['outStride', 'stride']] },

  // Updates
  /**
   * The update on a flat gradient, for gradients accumulated over several passes: w f32[weightCount + biasCount],
   * the weights first; l1, l2 and weight decay spare the biases. Counts are multiples of 4.
   */
  applyUpdate: { args: [['w', 'f32[]'], ['gradient', 'f32[]'], ['weightCount', 'count'], ['biasCount', 'count'], ['update', 'update']] },
  /**
   * w[i] += share × (anchor[i] − w[i]): parameter tying. A weight that equals its anchor keeps its bits. count: a
   * multiple of 4.
   */
  pullToward: { args: [['w', 'f32[]'], ['anchor', 'f32[]'], ['count', 'count'], ['share', 'f32']] },
  /**
   * Zeroes every value of magnitude below `threshold`: moments that decay for long become denormal, which processors
   * handle very slowly. count: a multiple of 4.
   */
  flushDenormals: { args: [['values', 'f32[]'], ['count', 'count'], ['threshold', 'f32']] },
  /** values × min(1, limit / ‖values‖₂): gradient clipping. count: a multiple of 4. */
  limitNorm: { args: [['values', 'f32[]'], ['count', 'count'], ['limit', 'f32']] },
  /**
   * In place of G, weights (inputs, units) without biases, √max(1, units / inputs) · U Vᵀ of G = U Σ Vᵀ, nearly: five steps
   * X ← 3.4445 X − 4.775 (X Xᵀ) X + 2.0315 (X Xᵀ)² X from X = G / ‖G‖, which bring singular values to 0.7 to 1.2.
   * scratch: orthogonaliseScratchBytes(inputs, units).
   * **Source:** Jordan et al. (2024), Muon: an optimizer for hidden layers in neural networks.
   */
  orthogonalise: { args: [['matrix', 'f32[]'], ['inputs', 'count'], ['units', 'count'], ['scratch', 'f32[]']] },

  // Predictions
  /** z ← log softmax(z). */
  logSoftmax: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['classes', 'count']] },
  /** One logit per example, panels[1], to (log p₀, log p₁), panels[2], not overlapping. */
  binaryLogProbabilities: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** Raw variances → σ² = softplus(raw) + 1e-6 in place; z: panels[2 × outputs], the means stay. */
  gaussianMoments: { args: [['z', 'f32[]'], ['stride', 'stride'], ['panels', 'count'], ['outputs', 'count']] },
  /**
   * panels[rows] → row-major: out[b × outStride / 4 + r] = z(r, b), b < count; nothing else is written. outStride: a
   * multiple of 4.
   */
  unpanel: { args: [['z', 'f32[]'], ['stride', 'stride'], ['rows', 'count'], ['count', 'count'], ['out', 'f32[]'], ['outStride', 'stride']] },
  /** out[i] = exp(input[i]), i < count × width; results below 2⁻¹²⁶ become 0. May work in place. */
  exp: { args: [['input', 'f32[]'], ['out', 'f32[]'], ['count', 'count'], ['width', 'count']] },
  /** How many of the first `count` examples' h(r, b) have |h| > threshold, over all rows. */
  countActive: { args: [['h', 'f32[]'], ['stride', 'stride'], ['rows', 'count'], ['count', 'count'], ['threshold', 'f32']], returnsLoss: true },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
