// Activations beyond the piecewise linear ones, which are part of `forward` and `inputGradient`.

export type SmoothActivation = 'tanh' | 'sigmoid' | 'gelu' | 'softplus' | 'selu' | 'silu' | 'mish';

const ACTIVATION_KIND = {
  ...{ tanh: 0, sigmoid: 1, gelu: 2, softplus: 3, selu: 4, silu: 5, mish: 6 },
} as const satisfies Record<SmoothActivation, number>;

/** In the order of their numbers. */
export const SMOOTH_ACTIVATIONS = Object.keys(ACTIVATION_KIND) as readonly SmoothActivation[];

/** The number by which the kernels know an activation. */
export function activationKind(activation: SmoothActivation): number {
  return ACTIVATION_KIND[activation];
}
