// The share of active units, against its definition; and that the activity penalty lowers it.

import t from 'tap';
import { layerShapes } from '../../src/model/network.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { ACTIVE_THRESHOLD, activeUnitShares } from '../../src/studies/active-units.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { activate, layersOf } from '../support/reference-network.js';

// More rows than one block holds, and no whole number of panels.
const dataset = clusters(301, 6, 3);
const OPTIONS: TrainingOptions = {
  ...{ members: 2, hidden: [10, 7], activation: 'relu', epochs: 8, seed: 4, learningRate: 0.01 },
};

t.test('shares are those of the definition, layer by layer', async (t) => {
  const ensemble = await trainEnsemble(dataset, OPTIONS);
  const spec = networkSpecs(ensemble.plan)[0]!;
  const layers = layersOf(layerShapes(spec, 6, dataset.task), ensemble.members[0]!.parameters);
  const counts = [0, 0];
  for (let row = 0; row < dataset.rows; row++) {
    let h = Array.from(dataset.x.subarray(row * 6, row * 6 + 6));
    for (const [index, { shape, w, b }] of layers.slice(0, 2).entries()) {
      const { units } = shape;
      h = Array.from(b, (bias, o) => {
        const z = h.reduce((sum, v, i) => sum + v * w[i * units + o]!, bias);
        return activate(shape.activation, z)[0];
      });
      counts[index]! += h.filter((v) => Math.abs(v) > ACTIVE_THRESHOLD).length;
    }
  }
  const shares = activeUnitShares(ensemble, dataset.x);
  t.equal(shares.length, 2);
  shares[0]!.forEach((share, layer) => {
    const expected = counts[layer]! / (301 * [10, 7][layer]!);
    // Rounding may carry one or two of the thousands over the threshold.
    t.ok(Math.abs(share - expected) < 1e-3, `${share}, not ${expected}`);
  });
});

t.test('the activity penalty leaves fewer units active, in its layers', async (t) => {
  const shares = async (more: TrainingOptions) =>
    activeUnitShares(await trainEnsemble(dataset, { ...OPTIONS, ...more }), dataset)[0]!;
  const [plain, sparse] = [await shares({}), await shares({ activityPenalty: 0.3, activityLayers: [1] })];
  t.ok(sparse[0]! < 0.7 * plain[0]!, `${sparse[0]} after ${plain[0]}`);
});
