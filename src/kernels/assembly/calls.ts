// Runs a list of kernel calls that call-list.ts recorded: the step of a small network is so short that a tenth of
// its time would go to JavaScript and to crossing over from it, call by call.
// A call is its number with its length in bytes (number + 256 × length), then its arguments, 4 bytes each; the
// numbers are those of OPERATIONS in call-list.ts.
import { activate, multiply } from './activations';
import { addActivityGradient } from './activity';
import { applyMask } from './dropout';
import { forward } from './forward';
import { gatherColumns, gatherLabels, gatherRows, gatherWeights } from './gather';
import { inputGradient } from './input-gradient';
import { smoothLabels } from './label-smoothing';
import { binaryCrossEntropy, gaussianNll, softmaxCrossEntropy, squaredError } from './losses';
import { weightGradient } from './weight-gradient';

/** Argument `index`, an address or a length. */
// @ts-ignore: decorator
@inline
function a(call: usize, index: usize): usize {
  return load<u32>(call + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function i(call: usize, index: usize): i32 {
  return load<i32>(call + 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
function f(call: usize, index: usize): f32 {
  return load<f32>(call + 4 + (index << 2));
}

/** Returns the sum of the losses; one that is not finite ends the list, so that no update follows it. */
export function runCalls(list: usize, end: usize): f64 {
  let loss: f64 = 0;
  let c = list;
  while (c < end) {
    const head = load<u32>(c);
    switch (head & 255) {
      case 0:
        gatherRows(a(c, 0), a(c, 1), a(c, 2), i(c, 3), i(c, 4), a(c, 5), a(c, 6));
        break;
      case 1:
        gatherColumns(a(c, 0), a(c, 1), a(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7));
        break;
      case 2:
        gatherLabels(a(c, 0), a(c, 1), i(c, 2), a(c, 3));
        break;
      case 3:
        gatherWeights(a(c, 0), a(c, 1), i(c, 2), f(c, 3), a(c, 4));
        break;
      case 4:
        forward(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), a(c, 7), f(c, 8));
        break;
      case 5:
        activate(i(c, 0), a(c, 1), a(c, 2), i(c, 3));
        break;
      case 6:
        applyMask(a(c, 0), a(c, 1), f(c, 2), a(c, 3), i(c, 4));
        break;
      case 7:
        loss += softmaxCrossEntropy(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6));
        break;
      case 8:
        loss += binaryCrossEntropy(a(c, 0), a(c, 1), i(c, 2), a(c, 3), a(c, 4), a(c, 5));
        break;
      case 9:
        loss += squaredError(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7));
        break;
      case 10:
        loss += gaussianNll(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), a(c, 6), a(c, 7));
        break;
      case 11:
        loss += smoothLabels(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), f(c, 6), a(c, 7));
        break;
      case 12:
        inputGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), i(c, 5), a(c, 6), f(c, 7), a(c, 8), a(c, 9));
        break;
      case 13:
        addActivityGradient(a(c, 0), a(c, 1), a(c, 2), i(c, 3), i(c, 4), a(c, 5), f(c, 6), f(c, 7));
        break;
      case 14:
        multiply(a(c, 0), a(c, 1), i(c, 2));
        break;
      case 15:
        weightGradient(a(c, 0), a(c, 1), i(c, 2), i(c, 3), a(c, 4), a(c, 5), i(c, 6), a(c, 7), a(c, 8), a(c, 9));
        break;
      default:
        return NaN;
    }
    if (!isFinite(loss)) return loss;
    c += head >> 8;
  }
  return loss;
}
