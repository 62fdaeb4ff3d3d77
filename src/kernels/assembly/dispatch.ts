// Written by `node dist/scripts/operation-code.js` from src/kernels/operations.ts: change it there.
import { activate, multiply } from './activations';
import { addActivityGradient, countActive } from './activity';
import { clear, copy } from './blocks';
import { convolve } from './conv';
import { convolveInputGradient } from './conv-input-gradient';
import { convolveWeightGradient } from './conv-weight-gradient';
import { applyMask, drawMask, scaleRows } from './dropout';
import { clearPadding, copyRows, embedCategories, embedCategoriesInputGradient, embedCategoriesWeightGradient, factorGradient } from './embedded-categories';
import { embedNumbers, embedNumbersInputGradient, embedNumbersWeightGradient } from './embedding';
import { focalCrossEntropy } from './focal-loss';
import { forward, linear } from './forward';
import { forwardRow } from './forward-row';
import { exp } from './functions';
import { gatherColumns, gatherLabels, gatherRows, gatherWeights } from './gather';
import { inputGradient } from './input-gradient';
import { smoothLabels } from './label-smoothing';
import { layerNorm, layerNormInputGradient, layerNormWeightGradient } from './layer-norm';
import { binaryCrossEntropy, gaussianNll, softmaxCrossEntropy, squaredError } from './losses';
import { addNoise } from './noise';
import { limitNorm, orthogonalise } from './orthogonalise';
import { perturbEuclidean, perturbMax } from './perturb';
import { averagePool, averagePoolInputGradient, maxPool, maxPoolChosen, maxPoolInputGradient } from './pool';
import { binaryLogProbabilities, gaussianMoments, logSoftmax, unpanel } from './predictions';
import { shuffle } from './random';
import { meanOfSubmodels, scaleSubmodels, scaleSubmodelsGradient, submodelGradients } from './submodels';
import { add, addProduct, multiplySlope, product, secondDerivative, tangentPenalty } from './tangents';
import { pullToward } from './tying';
import { applyUpdate, flushDenormals } from './update';
import { binaryCrossEntropies, huber, pinball, poissonNll } from './value-losses';
import { weightGradient } from './weight-gradient';

/** Argument `index` of the call at `c`: an address or a stride. */
// @ts-ignore: decorator
@inline
function a(c: usize, index: usize): usize {
  return load<u32>(c + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function i(c: usize, index: usize): i32 {
  return load<i32>(c + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function f(c: usize, index: usize): f32 {
  return load<f32>(c + 4 + (index << 2));
}

/** The first word of a program for this table. */
export const FINGERPRINT: u32 = 0xb32b0bb8;

/** Makes the call at `c`; returns its loss, or 0. */
// @ts-ignore: decorator
@inline
export function dispatch(c: usize): f64 {
  switch (load<u32>(c) & 127) {
    case 0: gatherRows(a(c, 0), a(c, 1), a(c, 2), i(c, 3), i(c, 4), a(c, 5), a(c, 6)); return 0;
    case 1: gatherColumns(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7)); return 0;
    case 2: gatherLabels(a(c, 0), a(c, 1), i(c, 2), a(c, 3)); return 0;
    case 3: gatherWeights(a(c, 0), a(c, 1), i(c, 2), f(c, 3), a(c, 4)); return 0;
    case 4: shuffle(a(c, 0), i(c, 1), i(c, 2), i(c, 3)); return 0;
    case 5: copy(a(c, 0), a(c, 1), a(c, 2), i(c, 3)); return 0;
    case 6: clear(a(c, 0), a(c, 1), i(c, 2)); return 0;
    case 7: forward(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7), f(c, 8)); return 0;
    case 8: forwardRow(a(c, 0), i(c, 1), a(c, 2), i(c, 3), a(c, 4), f(c, 5)); return 0;
    case 9: linear(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7), a(c, 8)); return 0;
    case 10: inputGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), f(c, 7), a(c, 8), a(c, 9)); return 0;
    case 11: weightGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), i(c, 6), a(c, 7), a(c, 8), a(c, 9)); return 0;
    case 12: convolve(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), i(c, 5), i(c, 6), a(c, 7), a(c, 8), f(c, 9), a(c, 10)); return 0;
    case 13: convolveInputGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), f(c, 7), a(c, 8), a(c, 9), a(c, 10)); return 0;
    case 14: convolveWeightGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9)); return 0;
    case 15: maxPool(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7)); return 0;
    case 16: maxPoolChosen(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7)); return 0;
    case 17: maxPoolInputGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), f(c, 5), a(c, 6), a(c, 7), a(c, 8)); return 0;
    case 18: averagePool(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6)); return 0;
    case 19: averagePoolInputGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), f(c, 5), a(c, 6), a(c, 7), a(c, 8)); return 0;
    case 20: embedNumbers(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9), a(c, 10), a(c, 11)); return 0;
    case 21: embedNumbersInputGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9), a(c, 10), a(c, 11), a(c, 12)); return 0;
    case 22: embedNumbersWeightGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9), a(c, 10), a(c, 11), a(c, 12)); return 0;
    case 23: embedCategories(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7)); return 0;
    case 24: embedCategoriesInputGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7)); return 0;
    case 25: embedCategoriesWeightGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), i(c, 6), a(c, 7), a(c, 8), a(c, 9)); return 0;
    case 26: factorGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7), a(c, 8)); return 0;
    case 27: copyRows(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5)); return 0;
    case 28: clearPadding(a(c, 0), a(c, 1), i(c, 2), i(c, 3)); return 0;
    case 29: layerNorm(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), f(c, 5), a(c, 6), a(c, 7), f(c, 8), a(c, 9)); return 0;
    case 30: layerNormInputGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7), f(c, 8), a(c, 9), a(c, 10)); return 0;
    case 31: layerNormWeightGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7), a(c, 8), a(c, 9)); return 0;
    case 32: activate(i(c, 0), a(c, 1), a(c, 2), a(c, 3), i(c, 4)); return 0;
    case 33: secondDerivative(i(c, 0), a(c, 1), a(c, 2), a(c, 3), i(c, 4)); return 0;
    case 34: multiply(a(c, 0), a(c, 1), a(c, 2), i(c, 3)); return 0;
    case 35: multiplySlope(a(c, 0), a(c, 1), f(c, 2), a(c, 3), i(c, 4)); return 0;
    case 36: product(a(c, 0), a(c, 1), a(c, 2), a(c, 3), i(c, 4)); return 0;
    case 37: add(a(c, 0), a(c, 1), a(c, 2), i(c, 3)); return 0;
    case 38: addProduct(a(c, 0), a(c, 1), a(c, 2), a(c, 3), a(c, 4), i(c, 5)); return 0;
    case 39: addActivityGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), i(c, 4), a(c, 5), f(c, 6), f(c, 7)); return 0;
    case 40: return softmaxCrossEntropy(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6));
    case 41: return binaryCrossEntropy(a(c, 0), a(c, 1), i(c, 2), a(c, 3), a(c, 4), a(c, 5));
    case 42: return squaredError(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7));
    case 43: return gaussianNll(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7));
    case 44: return smoothLabels(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), f(c, 6), a(c, 7));
    case 45: return tangentPenalty(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), f(c, 5), a(c, 6));
    case 46: return huber(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), f(c, 6), a(c, 7), a(c, 8));
    case 47: return focalCrossEntropy(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), f(c, 5), a(c, 6), a(c, 7));
    case 48: return poissonNll(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7), a(c, 8));
    case 49: return pinball(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9));
    case 50: return binaryCrossEntropies(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7));
    case 51: drawMask(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), i(c, 6)); return 0;
    case 52: applyMask(a(c, 0), a(c, 1), f(c, 2), a(c, 3), a(c, 4), i(c, 5)); return 0;
    case 53: scaleRows(a(c, 0), a(c, 1), a(c, 2), i(c, 3), i(c, 4), a(c, 5)); return 0;
    case 54: addNoise(a(c, 0), a(c, 1), i(c, 2), i(c, 3), f(c, 4), i(c, 5), i(c, 6)); return 0;
    case 55: perturbMax(a(c, 0), a(c, 1), a(c, 2), a(c, 3), i(c, 4), i(c, 5), a(c, 6), a(c, 7), a(c, 8), f(c, 9)); return 0;
    case 56: perturbEuclidean(a(c, 0), a(c, 1), a(c, 2), a(c, 3), i(c, 4), i(c, 5), a(c, 6), a(c, 7), a(c, 8), f(c, 9)); return 0;
    case 57: scaleSubmodels(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), a(c, 7), a(c, 8), a(c, 9), f(c, 10)); return 0;
    case 58: submodelGradients(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), a(c, 5), a(c, 6), i(c, 7), a(c, 8), a(c, 9), a(c, 10)); return 0;
    case 59: scaleSubmodelsGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), a(c, 7), f(c, 8), a(c, 9), a(c, 10)); return 0;
    case 60: meanOfSubmodels(a(c, 0), a(c, 1), i(c, 2), i(c, 3), i(c, 4), i(c, 5), a(c, 6), a(c, 7)); return 0;
    case 61: applyUpdate(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4)); return 0;
    case 62: pullToward(a(c, 0), a(c, 1), i(c, 2), f(c, 3)); return 0;
    case 63: flushDenormals(a(c, 0), i(c, 1), f(c, 2)); return 0;
    case 64: limitNorm(a(c, 0), i(c, 1), f(c, 2)); return 0;
    case 65: orthogonalise(a(c, 0), i(c, 1), i(c, 2), a(c, 3)); return 0;
    case 66: logSoftmax(a(c, 0), a(c, 1), i(c, 2), i(c, 3)); return 0;
    case 67: binaryLogProbabilities(a(c, 0), a(c, 1), i(c, 2), a(c, 3), a(c, 4)); return 0;
    case 68: gaussianMoments(a(c, 0), a(c, 1), i(c, 2), i(c, 3)); return 0;
    case 69: unpanel(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5)); return 0;
    case 70: exp(a(c, 0), a(c, 1), i(c, 2), i(c, 3)); return 0;
    case 71: return countActive(a(c, 0), a(c, 1), i(c, 2), i(c, 3), f(c, 4));
    default: return NaN;
  }
}
