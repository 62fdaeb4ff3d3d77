// Predicts with trained networks, block of rows by block of rows, on the calling thread.

import { outputCount, type Scale, type Task } from '../../data/dataset/dataset.js';
import type { RegionAllocator } from '../../memory/layout.js';
import type { UnitFactors } from '../../model/layer-types.js';
import { BLOCK_ROWS } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { loadNetworks, type TrainedNetwork } from './loaded-networks.js';
import { panelStrideOf, panelsOf } from './panels.js';
import { createPredictionHead } from './prediction-head.js';

export interface NetworkPredictor {
  /**
   * Predicts encoded rows, f32[count, features], at most `blockRows`.
   * @returns one per member, in order, in the user's units; views that the next call overwrites.
   */
  predict(rows: Float32Array, count: number): readonly Predictions[];
  /** Gives the member at a position other factors; it must have been loaded with some. */
  setFactors(position: number, factors: UnitFactors): void;
  /**
   * How many (row, unit) pairs of `count` rows have an output of magnitude above `threshold`:
   * one list per member, one count per hidden layer.
   */
  countActive(rows: Float32Array, count: number, threshold: number): readonly (readonly number[])[];
  /** Gives its memory to whoever predicts next; views of it are not to be read any more. */
  dispose(): void;
  /** Takes its memory back and loads the weights anew. @returns whether that memory was still to be had. */
  resume(): boolean;
}

/**
 * Loads the members into a memory of their own, ready to predict.
 * @param loadedBytes of weights that stay loaded; the others take turns.
 */
export function createNetworkPredictor(
  module: WebAssembly.Module,
  members: readonly TrainedNetwork[],
  features: number,
  task: Task,
  scale: Scale,
  blockRows: number = BLOCK_ROWS,
  loadedBytes?: number,
): NetworkPredictor {
  const outputs = outputCount(task);
  const answers = (regions: RegionAllocator) => regions.takeWords(blockRows * outputs);
  const loaded = loadNetworks(module, {
    ...{ members, features, task, blockRows, loadedBytes, mode: 'predict' },
    what: `Predicting with ${members.length} members`,
    place: (regions) => ({
      pair: regions.take(panelsOf(blockRows) * panelStrideOf(2)),
      own: members.map(() => ({ mean: answers(regions), second: answers(regions) })),
    }),
  });
  const { kernels, buffer, networks, places } = loaded;
  const heads = members.map(({ spec: { loss } }, at) => {
    const z = networks[at]!.stages.at(-1)!.output;
    const where = Object.assign({ z, pair: places.pair }, places.own[at]);
    return createPredictionHead(kernels, buffer, where, loss, outputs, scale);
  });
  return {
    predict(rows, count) {
      loaded.writeRows(rows, count);
      return heads.map((head, at) => {
        loaded.forward(at, count);
        return head.read(count);
      });
    },
    countActive(rows, count, threshold) {
      loaded.writeRows(rows, count);
      return networks.map(({ stages }, at) => {
        loaded.forward(at, count);
        const hidden = stages.slice(0, -1);
        return hidden.map(({ output: { address, stride }, shape: { units } }) =>
          kernels.countActive(address, stride, units, count, threshold),
        );
      });
    },
    setFactors: loaded.setFactors,
    dispose: loaded.dispose,
    resume: loaded.resume,
  };
}
