// How sparse a network's hidden representations are: the share of units that are active, layer by layer.

import { encodeRows } from '../data/dataset/encoding.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { type Inputs, inputsOf } from '../ensemble/predict/inputs.js';
import { predictorOf } from '../ensemble/predict/network-predictor.js';
import { inputLayers } from '../model/embedding-layer.js';
import { layerShapes } from '../model/network.js';
import { requireNetwork } from '../model/network-members.js';
import { blockRanges } from '../predictions/blocks.js';

/** A unit is active where the magnitude of its output is above this: sigmoids never reach 0. */
export const ACTIVE_THRESHOLD = 1e-3;

/**
 * The share of active (row, unit) pairs in each hidden layer of each trained member, no unit dropped.
 * @param inputs [rows, features] in the user's units, or a dataset, as for `predictEnsemble`.
 * @returns one list per member in plan order, one share in [0, 1] per hidden layer.
 * @throws ERR_SHAPE when x is not a whole number of rows.
 *
 * **Source:** Goodfellow, Bengio, Courville, Deep Learning, 7.10, Sparse representations.
 */
export function activeUnitShares(ensemble: TrainedEnsemble, inputs: Inputs): readonly (readonly number[])[] {
  const { x, rows } = inputsOf(ensemble, inputs);
  const predictor = predictorOf(ensemble);
  const totals = ensemble.members.map((): number[] => []);
  try {
    for (const range of blockRanges(rows)) {
      const own = encodeRows(x, ensemble.features, ensemble.encoding.features, range);
      predictor.countActive(own, range.end - range.start, ACTIVE_THRESHOLD).forEach((counts, member) => {
        counts.forEach((count, layer) => {
          totals[member]![layer] = (totals[member]![layer] ?? 0) + count;
        });
      });
    }
  } finally {
    predictor.dispose();
  }
  const { plan, members, features, task } = ensemble;
  return totals.map((counts, member) => {
    const { index } = members[member]!;
    const shapes = layerShapes(requireNetwork(plan.members[index]!, index), features, task);
    const lead = inputLayers(shapes);
    return counts.map((count, layer) => count / (rows * shapes[lead + layer]!.units));
  });
}
