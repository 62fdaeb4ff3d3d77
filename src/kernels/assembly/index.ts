// The exports of strict.wasm and fused.wasm, described in src/kernels/executor.ts. Raw addresses of one
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

// Exported so that binaryen leaves the tiles functions of their own: inlined into the loops around them they run at half
// speed on Node.js 20, whose register allocator then spills sums.
export * from './dense-tiles';
export * from './weight-tiles';
export * from './window-tiles';
