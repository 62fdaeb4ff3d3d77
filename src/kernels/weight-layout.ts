// How the weights of one dense layer lie in memory, and the way to and from the canonical row-major form.
// The kernels read and write this layout in place; initialisation, saving and tests go through here.
//
// For W (inputs, units): column panels of PANEL_UNITS units. Each panel is [inputs][width], row-major, with
// width = the panel's units rounded up to a multiple of 4; the padding is zero and stays zero. The biases
// follow directly, rounded up to a multiple of 4. Optimizer state and stored gradients use the same layout.

/** Units in a full column panel: a multiple of 6 (rows of the forward tile in fused arithmetic) and of 8 (gradient tile). */
export const PANEL_UNITS = 96;

/** Rounds up to a multiple of 4, the lanes of a vector. */
export function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Floats of W (inputs, units) with its padding; a multiple of 4. */
export function weightLengthFloats(inputs: number, units: number): number {
  return inputs * roundUp4(units);
}

/** Floats of the biases with their padding; they follow W directly. */
export function biasLengthFloats(units: number): number {
  return roundUp4(units);
}

/** Floats of one layer: W, then the biases where it has any. */
export function layerLengthFloats(inputs: number, units: number, hasBias = true): number {
  return weightLengthFloats(inputs, units) + (hasBias ? biasLengthFloats(units) : 0);
}

/**
 * Bytes of scratch `weightGradient` needs: dz of one column panel, repacked, the gradient of six rows, and six inputs of
 * x, repacked to 8 floats per example.
 */
export function weightGradientScratchBytes(panels: number): number {
  return ((panels * 8 + 6) * PANEL_UNITS + panels * 64) * 4;
}

/** Bytes of scratch that orthogonalising W (inputs, units) needs: three matrices of its size and two squares, padded. */
export function orthogonaliseScratchBytes(inputs: number, units: number): number {
  const [short, long] = [Math.min(inputs, units), Math.max(inputs, units)].map(
    (n) => Math.ceil(n / 16) * 16,
  ) as [number, number];
  return (3 * short * long + 2 * short * short) * 4;
}

/** Bytes of scratch that the gradient of embedded numbers needs: an octet for each parameter of a feature. */
export function embedNumbersScratchBytes(terms: number, size: number): number {
  return ((terms + 1) * roundUp4(size) + 2 * roundUp4(terms)) * 32;
}

/** Bytes of scratch `layerNormWeightGradient` needs: an octet and a sum for each gain and each shift. */
export function layerNormScratchBytes(rows: number): number {
  return 72 * roundUp4(rows);
}

/** Index of W(i, o) within a layer of this layout. */
export function weightIndex(inputs: number, units: number, i: number, o: number): number {
  const first = o - (o % PANEL_UNITS);
  const width = Math.min(PANEL_UNITS, roundUp4(units) - first);
  return first * inputs + i * width + (o - first);
}

/**
 * Writes canonical weights (f32[inputs, units], row-major) and biases (f32[units], or none) into `packed`
 * (f32[layerLengthFloats(inputs, units, hasBias)]), padding with zeros.
 */
export function packWeights(
  packed: Float32Array,
  inputs: number,
  units: number,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): void {
  packed.fill(0, 0, layerLengthFloats(inputs, units, bias.length > 0));
  eachRun(inputs, units, (canonical, layout, length) => {
    if (length >= LONG_RUN && weights instanceof Float32Array) {
      packed.set(weights.subarray(canonical, canonical + length), layout);
    } else {
      for (let c = 0; c < length; c++) packed[layout + c] = weights[canonical + c]!;
    }
  });
  const biasStart = weightLengthFloats(inputs, units);
  for (let o = 0; o < bias.length; o++) packed[biasStart + o] = bias[o]!;
}

/** The inverse of {@link packWeights}; `weights` and `bias` are written. */
export function unpackWeights(
  packed: Float32Array,
  inputs: number,
  units: number,
  weights: Float32Array,
  bias: Float32Array,
): void {
  eachRun(inputs, units, (canonical, layout, length) => {
    if (length >= LONG_RUN) weights.set(packed.subarray(layout, layout + length), canonical);
    else for (let c = 0; c < length; c++) weights[canonical + c] = packed[layout + c]!;
  });
  const biasStart = weightLengthFloats(inputs, units);
  for (let o = 0; o < bias.length; o++) bias[o] = packed[biasStart + o]!;
}

/** From here on making a view and copying at once is faster than copying one by one. */
const LONG_RUN = 256;

/** Calls back with the start of every run of real weights in the canonical form and in the layout. */
function eachRun(
  inputs: number,
  units: number,
  visit: (canonical: number, layout: number, length: number) => void,
): void {
  if (units <= PANEL_UNITS && units % 4 === 0) {
    visit(0, 0, inputs * units);
    return;
  }
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const width = Math.min(PANEL_UNITS, units - first);
    for (let i = 0; i < inputs; i++) {
      visit(i * units + first, weightIndex(inputs, units, i, first), width);
    }
  }
}
