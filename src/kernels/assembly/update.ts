// What becomes of a gradient: stored, accumulated, or applied by an optimizer. Flat and elementwise, so that
// weightGradient can hand over a finished tile (contiguous in w, m and v alike) while it is in the
// first-level cache, and accumulated gradients can be applied whole.
import { madd, splat, splatAt, zero } from './vector';

// The update block, in bytes; update-block.ts writes it.
const MODE: usize = 0; // 0 store, 1 accumulate, 2 sgd, 3 adam
const FIRST: usize = 4; // byte offset from a weight to its gradient, momentum or first moment
const SECOND: usize = 8; // byte offset from a weight to its second moment
const NESTEROV: usize = 12;
const STEP_SIZE: usize = 16;
const BETA1: usize = 20;
const ONE_MINUS_BETA1: usize = 24;
const BETA2: usize = 28;
const ONE_MINUS_BETA2: usize = 32;
const TOLERANCE: usize = 36;
const KEEP: usize = 40;
const L1: usize = 44;
const L2: usize = 48;
const BIAS_STEP_SIZE: usize = 52;

/** g + l2·w + l1·sign(w). */
// @ts-ignore: decorator
@inline
function penalise(g: v128, w: v128, l1: v128, l2: v128): v128 {
  const sign = v128.and(w, i32x4.splat(0x80000000));
  const pull = v128.and(v128.or(l1, sign), f32x4.ne(w, zero()));
  return f32x4.add(madd(l2, w, g), pull);
}

function store(to: usize, gradient: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16, gradient += 16) v128.store(to, v128.load(gradient));
}

function accumulate(to: usize, gradient: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16, gradient += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(gradient)));
  }
}

/** PyTorch's SGD: buffer = momentum·buffer + g; w −= lr·buffer, or lr·(g + momentum·buffer) with Nesterov. */
// @ts-ignore: decorator
@inline
function sgd(penalised: bool, w: usize, gradient: usize, bytes: usize, block: usize, stepSize: usize): void {
  const step = f32x4.neg(splatAt(block + stepSize));
  const l1 = splatAt(block + L1), l2 = splatAt(block + L2);
  const momentum = splatAt(block + BETA1);
  const momentumScalar = load<f32>(block + BETA1);
  const nesterov = load<i32>(block + NESTEROV);
  const offset = load<u32>(block + FIRST);
  for (const end = w + bytes; w < end; w += 16, gradient += 16) {
    const weight = v128.load(w);
    let g = v128.load(gradient);
    if (penalised) g = penalise(g, weight, l1, l2);
    if (momentumScalar != 0) {
      const buffer = madd(momentum, v128.load(w + offset), g);
      v128.store(w + offset, buffer);
      g = nesterov ? madd(momentum, buffer, g) : buffer;
    }
    v128.store(w, madd(step, g, weight));
  }
}

/** Adam and AdamW; STEP_SIZE and TOLERANCE carry the bias corrections, see update-block.ts. */
// @ts-ignore: decorator
@inline
function adam(penalised: bool, w: usize, gradient: usize, bytes: usize, block: usize, stepSize: usize, keep: v128): void {
  const step = f32x4.neg(splatAt(block + stepSize));
  const beta1 = splatAt(block + BETA1), oneMinusBeta1 = splatAt(block + ONE_MINUS_BETA1);
  const beta2 = splatAt(block + BETA2), oneMinusBeta2 = splatAt(block + ONE_MINUS_BETA2);
  const tolerance = splatAt(block + TOLERANCE);
  const l1 = splatAt(block + L1), l2 = splatAt(block + L2);
  let atM = w + load<u32>(block + FIRST), atV = w + load<u32>(block + SECOND);
  for (const end = w + bytes; w < end; w += 16, gradient += 16, atM += 16, atV += 16) {
    const weight = v128.load(w);
    let g = v128.load(gradient);
    if (penalised) g = penalise(g, weight, l1, l2);
    const m = madd(beta1, v128.load(atM), f32x4.mul(oneMinusBeta1, g));
    const v = madd(beta2, v128.load(atV), f32x4.mul(f32x4.mul(oneMinusBeta2, g), g));
    v128.store(atM, m);
    v128.store(atV, v);
    const direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), tolerance));
    v128.store(w, madd(step, direction, f32x4.mul(keep, weight)));
  }
}

// Separate functions for penalised weights, so that the common case carries no test in its loop.

function sgdPlain(w: usize, gradient: usize, bytes: usize, block: usize, stepSize: usize): void {
  sgd(false, w, gradient, bytes, block, stepSize);
}

function sgdPenalised(w: usize, gradient: usize, bytes: usize, block: usize): void {
  sgd(true, w, gradient, bytes, block, STEP_SIZE);
}

function adamPlain(w: usize, gradient: usize, bytes: usize, block: usize, stepSize: usize, keep: f32): void {
  adam(false, w, gradient, bytes, block, stepSize, splat(keep));
}

function adamPenalised(w: usize, gradient: usize, bytes: usize, block: usize, keep: f32): void {
  adam(true, w, gradient, bytes, block, STEP_SIZE, splat(keep));
}

/** Updates `bytes` (a multiple of 16) of weights, or of biases, which no penalty and no decay touches and whose steps have a size of their own. */
export function update(w: usize, gradient: usize, bytes: usize, block: usize, areWeights: bool): void {
  const mode = load<i32>(block + MODE);
  const stepSize = areWeights ? STEP_SIZE : BIAS_STEP_SIZE;
  const penalised = areWeights && (load<f32>(block + L1) != 0 || load<f32>(block + L2) != 0);
  if (mode == 3) {
    const keep: f32 = areWeights ? load<f32>(block + KEEP) : 1;
    if (penalised) adamPenalised(w, gradient, bytes, block, keep);
    else adamPlain(w, gradient, bytes, block, stepSize, keep);
  } else if (mode == 2) {
    if (penalised) sgdPenalised(w, gradient, bytes, block);
    else sgdPlain(w, gradient, bytes, block, stepSize);
  } else if (mode == 1) {
    accumulate(w + load<u32>(block + FIRST), gradient, bytes);
  } else {
    store(w + load<u32>(block + FIRST), gradient, bytes);
  }
}

export function applyUpdate(w: usize, gradient: usize, weightCount: i32, biasCount: i32, block: usize): void {
  const bytes = <usize>weightCount << 2;
  update(w, gradient, bytes, block, true);
  update(w + bytes, gradient + bytes, <usize>biasCount << 2, block, false);
}

/** Zeroes every value with magnitude below the threshold; count a multiple of 4. */
// @ts-ignore: decorator
@inline
export function flushDenormals(values: usize, count: i32, threshold: f32): void {
  const limit = splat(threshold);
  for (const end = values + (<usize>count << 2); values < end; values += 16) {
    const value = v128.load(values);
    v128.store(values, v128.andnot(value, f32x4.lt(f32x4.abs(value), limit)));
  }
}
