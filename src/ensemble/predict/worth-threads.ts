// When rows are worth sending to threads, and whether there is memory for what those load. Their answers are the same.

import { outputCount } from '../../data/dataset/dataset.js';
import { availableMemory } from '../../machine/available-memory.js';
import { type LayerShape, weightShapes } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import { isNetwork } from '../../model/network-members.js';
import type { TrainedEnsemble } from '../ensemble.js';
import { loadedBytes, memberSizes } from './loaded-bytes.js';
import type { RowOptions, RowRunner } from './row-runner.js';
import { sentBytes } from './rows-on-threads.js';

/**
 * Multiply-adds from which threads predict: some tens of milliseconds on one, a few of which it takes to send rows and to
 * load members; and where threads have to start first, as many tenths of a second.
 */
const WORTH_SENDING = 1e9;
const WORTH_STARTING = 2e10;

/** Multiply-adds that take as long as holding one number of a row against a row that conformed. */
const GUARANTEE_COST = 16;

/** Whether a runner's threads are to predict so many rows; else one thread is as soon done, or there is memory for no other. */
export function isWorthThreads(
  ensemble: TrainedEnsemble,
  rows: number,
  runner: RowRunner | undefined,
  { coverage }: Pick<RowOptions, 'coverage'> = {},
): runner is Required<RowRunner> {
  if (runner?.openRows === undefined || runner.threads < 2) return false;
  const { plan, members, features, task, conformity } = ensemble;
  // Each row is held against every row that conformed.
  let perRow = coverage === undefined ? 0 : GUARANTEE_COST * (conformity?.rows ?? 0) * outputCount(task);
  for (const { index } of members) {
    const spec = plan.members[index]!;
    if (!isNetwork(spec)) return false;
    perRow += multiplyAdds(layerShapes(spec, features, task));
  }
  const worth = runner.started === false ? WORTH_STARTING : WORTH_SENDING;
  return perRow * rows >= worth && fitsOnThreads(ensemble, rows, runner.threads);
}

/** Each thread loads the members anew, and what it answers is on its way for a while. */
function fitsOnThreads(ensemble: TrainedEnsemble, rows: number, threads: number): boolean {
  const { features, task, members } = ensemble;
  const each = loadedBytes(memberSizes(ensemble), features, task);
  const sent = sentBytes(rows, features, members.length * outputCount(task), threads);
  return threads * each + sent <= availableMemory().available;
}

/** Of a forward pass of one row: every unit has as many as its weights, where a layer has one matrix. */
function multiplyAdds(shapes: readonly LayerShape[]): number {
  const ofLayer = (shape: LayerShape) => {
    const matrices = weightShapes(shape);
    if (matrices.length === 1) return matrices[0]!.inputs * shape.units;
    return matrices.reduce((sum, { inputs, units }) => sum + inputs * units, 0);
  };
  return shapes.reduce((sum, shape) => sum + ofLayer(shape), 0);
}
