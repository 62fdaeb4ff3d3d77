// Activations beyond the piecewise linear ones, which are part of `forward` and `inputGradient`.

export type SmoothActivation = 'tanh' | 'sigmoid' | 'gelu' | 'softplus';

const ACTIVATION_KIND = { tanh: 0, sigmoid: 1, gelu: 2, softplus: 3 } as const satisfies Record<
  SmoothActivation,
  number
>;

/** The number by which the kernels know an activation. */
export function activationKind(activation: SmoothActivation): number {
  return ACTIVATION_KIND[activation];
}
