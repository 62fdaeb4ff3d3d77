// The exports of strict.wasm and fused.wasm, described in src/kernels/kernels.ts. Raw addresses of one
// imported shared memory; no state, no allocation, no data segments (they would overwrite shared memory at
// every instantiation). The first 1024 bytes of memory are never used by tutti, which lets the compiler fold
// constant addends of addresses into the instructions.
export { gatherColumns, gatherLabels, gatherRows, gatherWeights } from './gather';
export { forward, linear } from './forward';
export { forwardRow } from './forward-row';
export { activate, multiply } from './activations';
export { clear, copy } from './blocks';
export { binaryCrossEntropy, gaussianNll, softmaxCrossEntropy, squaredError } from './losses';
export { inputGradient } from './input-gradient';
export { weightGradient } from './weight-gradient';
export { convolve } from './conv';
export { convolveInputGradient } from './conv-input-gradient';
export { convolveWeightGradient } from './conv-weight-gradient';
export { averagePool, averagePoolInputGradient, maxPool, maxPoolChosen, maxPoolInputGradient } from './pool';
export { applyUpdate, flushDenormals } from './update';
export { binaryLogProbabilities, gaussianMoments, logSoftmax, unpanel } from './predictions';
export { exp } from './functions';
export { pullToward } from './tying';
export { shuffle } from './random';
export { applyMask, drawMask, scaleRows } from './dropout';
export { addActivityGradient, countActive } from './activity';
export { smoothLabels } from './label-smoothing';
export { addNoise } from './noise';
export { perturbEuclidean, perturbMax } from './perturb';
export { run } from './program';
export { add, addProduct, multiplySlope, product, secondDerivative, tangentPenalty } from './tangents';

// Exported to keep them apart, not to be called; see forward.ts.
export { forwardTile1, forwardTile2, forwardTile3, forwardTile4, forwardTile5, forwardTile6, forwardWide } from './forward';
export {
  inputTile1, inputTile2, inputTile3, inputTile4, inputTile5, inputTile6, inputTileOf64, inputTileOf96,
} from './input-gradient';
export {
  columnTile4, columnTile8, columnTile16,
  narrowTile1, narrowTile2, narrowTile3, narrowTile4, narrowTile5, narrowTile6, packedTile6,
  weightTile1, weightTile2, weightTile3, weightTile4, weightTile5, weightTile6,
} from './weight-gradient';
export { convolveTile1, convolveTile2, convolveTile3, convolveTile4, convolveTile5, convolveTile6 } from './conv';
export {
  convolveInputTile1, convolveInputTile2, convolveInputTile3, convolveInputTile4, convolveInputTile5, convolveInputTile6,
} from './conv-input-gradient';
export { convolveWeightTile1, convolveWeightTile2, convolveWeightTile3 } from './conv-weight-gradient';
