// Activations by the names that exported ensembles have for them. Not a test itself.

import { erf, softplus } from '../kernels/reference.js';

export function activate(name: string, a: number): number {
  switch (name) {
    case 'relu':
      return Math.max(a, 0);
    case 'leakyRelu':
      return a < 0 ? 0.01 * a : a;
    case 'tanh':
      return Math.tanh(a);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-a));
    case 'gelu':
      return 0.5 * a * (1 + erf(a / Math.SQRT2));
    case 'softplus':
      return softplus(a);
    case 'selu':
      return 1.0507009873554805 * (a > 0 ? a : 1.6732632423543772 * Math.expm1(a));
    case 'silu':
      return a / (1 + Math.exp(-a));
    case 'mish':
      return a * Math.tanh(softplus(a));
    case 'linear':
      return a;
    default:
      throw new Error(`activation ${name}`);
  }
}
