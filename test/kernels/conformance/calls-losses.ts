// Random calls of losses.
import type { MakeCalls } from './calls.js';
import type { Panels, Space } from './space.js';

/** Where dz goes: nowhere, in place of z, or elsewhere. */
function gradient(space: Space, z: number, shape: Panels): number {
  return space.pick(
    () => 0,
    () => z,
    () => space.putPanels(shape),
  )();
}

/** @param own arguments between the targets and the row weights, for so many outputs. */
function targetsLoss(
  space: Space,
  rowsPerOutput: number,
  own: (outputs: number) => readonly number[] = () => [],
): number[] {
  const [outputs, panels] = [space.upTo(20), space.upTo(12)];
  const [shape, targets] = [space.shape(outputs * rowsPerOutput, panels), space.shape(outputs, panels)];
  const [z, truth] = [space.putPanels(shape), space.putPanels(targets)];
  const weights = space.putRowWeights(panels);
  const compared = [z, shape.stride, panels, outputs, truth, targets.stride];
  return [...compared, ...own(outputs), weights, gradient(space, z, shape)];
}

function classesLoss(space: Space, own: readonly number[]): number[] {
  const [classes, panels] = [space.upTo(40), space.upTo(12)];
  const shape = space.shape(classes, panels);
  const z = space.putPanels(shape);
  // One label beyond the classes, which no row is of.
  const labels = space.putIntegers(panels * 8, 0, classes);
  const weights = space.putRowWeights(panels);
  return [z, shape.stride, panels, classes, labels, ...own, weights, gradient(space, z, shape)];
}

export const LOSSES = {
  softmaxCrossEntropy: (space) => classesLoss(space, []),
  binaryCrossEntropy(space) {
    const shape = space.shape(1, space.upTo(12));
    const z = space.putPanels(shape);
    const labels = space.putIntegers(shape.panels * 8, 0, 1);
    const weights = space.putRowWeights(shape.panels);
    return [z, shape.stride, shape.panels, labels, weights, gradient(space, z, shape)];
  },
  squaredError: (space) => targetsLoss(space, 1),
  gaussianNll: (space) => targetsLoss(space, 2),
  smoothLabels(space) {
    const [rows, panels] = [space.chance(0.3) ? 1 : space.upTo(40), space.upTo(12)];
    const shape = space.shape(rows, panels);
    const [z, dz] = [space.putPanels(shape), space.chance(0.4) ? 0 : space.putPanels(shape)];
    const labels = space.putIntegers(panels * 8, 0, Math.max(1, rows - 1));
    return [z, shape.stride, panels, rows, labels, space.putRowWeights(panels), space.random(), dz];
  },
  tangentPenalty(space) {
    const shape = space.shape(space.upTo(40), space.upTo(12));
    const [u, weights] = [space.putPanels(shape), space.putRowWeights(shape.panels)];
    return [u, shape.stride, shape.panels, shape.rows, weights, space.random(), space.putPanels(shape)];
  },
  huber: (space) => targetsLoss(space, 1, () => [space.random() * 3]),
  focalCrossEntropy: (space) => classesLoss(space, [space.random() * 5]),
  poissonNll: (space) => targetsLoss(space, 1, (outputs) => [space.put(2 * outputs)]),
  pinball(space) {
    const levels = space.upTo(9);
    return targetsLoss(space, levels, () => [space.put(levels, () => space.random()), levels]);
  },
  binaryCrossEntropies: (space) => targetsLoss(space, 1),
} satisfies MakeCalls;
