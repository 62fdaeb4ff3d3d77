// What definitions of engines say alike of members that are trained epoch by epoch.

import type { OptimisedMemberSpec, Source } from '../../model/spec.js';

/** `softmaxCrossEntropy; adam 0.001; 30 epochs of batches of 32`. */
export function describeOptimisation(spec: OptimisedMemberSpec): string {
  const { loss, optimizer, epochs, batchSize, huberDelta, focalGamma, quantiles } = spec;
  const of = huberDelta ?? focalGamma ?? quantiles?.join(', ');
  return `${loss}${of === undefined ? '' : ` ${of}`}; ${optimizer.kind} ${optimizer.learningRate}; ${epochs} epochs of batches of ${batchSize}`;
}

/** The sources of chance of such a member. @param masks whether masks or noise are drawn in its steps. */
export function randomInEpochs(masks: boolean): readonly Exclude<Source, 'resample'>[] {
  return masks ? ['init', 'order', 'masks'] : ['init', 'order'];
}
