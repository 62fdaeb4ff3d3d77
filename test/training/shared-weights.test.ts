// Runs of submodels that share weights, as trainings: their members, bytes, and what is refused.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { keptOfMasks, submodelMasks, tableWidth } from '../../src/model/submodel-masks.js';
import { memberCount, runCount, type TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(120, 7, 3);
const BASE: TrainingOptions = {
  ...{ members: 2, hidden: [13, 9], epochs: 3, batchSize: 32, seed: 3, submodels: 3 },
  hiddenKeep: 0.8,
};
const SHARINGS = ['batchEnsemble', 'tabm', 'tabmMini', 'packed', 'masksembles'] as const;

t.test('runs leave their submodels as members', async (t) => {
  for (const sharing of SHARINGS) {
    const options = { ...BASE, sharing };
    t.strictSame([memberCount(options), runCount(options)], [6, 2]);
    const ensemble = await trainEnsemble(dataset, options);
    const places = networkSpecs(ensemble.plan).map((spec) => spec?.snapshot);
    t.strictSame(
      places.map((place) => [place?.index, place?.of]),
      [0, 1, 2, 0, 1, 2].map((index) => [index, 3]),
    );
    const weights = ensemble.members.map(({ parameters }) => parameters.join());
    t.equal(new Set(weights).size, 6, 'no two are the same');
  }
});

t.test('a mask keeps as many units as the others, and every unit is kept by some', async (t) => {
  for (const [units, submodels, scale] of [
    [64, 4, 2],
    [30, 8, 3],
    [5, 2, 1],
    [3, 16, 4],
  ] as const) {
    const table = new Float32Array(submodels * tableWidth(units));
    submodelMasks(table, units, submodels, scale, new RandomStream(streamKey(1, 'init')));
    const masks = Array.from({ length: submodels }, (_, j) =>
      table.slice(j * tableWidth(units), j * tableWidth(units) + units),
    );
    const kept = masks.map((mask) => mask.reduce((sum, one) => sum + one, 0));
    const most = keptOfMasks(units, submodels, scale);
    t.ok(
      kept.every((count) => Math.abs(count - most) <= 2),
      `${kept} of ${most}`,
    );
    t.ok(masks[0]!.every((_, unit) => masks.some((mask) => mask[unit] === 1)));
    if (scale === 1) t.ok(kept.every((count) => count === units));
  }
});

t.test('members that shared weights are saved and predict as any others', async (t) => {
  const path = `${t.testdir()}/shared.tutti`;
  const ensemble = await trainEnsemble(dataset, { ...BASE, sharing: 'tabm' });
  await saveEnsemble(ensemble, path);
  const loaded = await loadEnsemble(path);
  t.equal(contentHash(loaded), contentHash(ensemble));
  const x = dataset.x.slice(0, 7 * 5);
  t.same((await predictEnsemble(loaded, x)).mean, (await predictEnsemble(ensemble, x)).mean);
});

t.test('what has no meaning for several networks at once is refused by name', async (t) => {
  const refused = (own: TrainingOptions, message: RegExp) =>
    t.rejects(trainEnsemble(dataset, { ...BASE, ...own }), { code: 'ERR_OPTION', message });
  await refused({ sharing: 'tabm', snapshots: 2 }, /snapshots/);
  await refused({ sharing: 'tabm', tie: 0.1 }, /tie/);
  await refused({ sharing: 'tabm', init: 'ntk' }, /init/);
  await refused({ sharing: 'tabm', adversarialEpsilon: 0.1 }, /adversarialEpsilon/);
  await refused({ sharing: 'tabm', activityPenalty: 0.1 }, /activityPenalty/);
  await refused({ sharing: 'tabm', submodelBatch: 'split' }, /submodelBatch/);
  await refused({ sharing: 'masksembles', submodelBatch: 'split', submodels: 8 }, /batchSize/);
  await refused({ sharing: 'tabm', image: '1x7x1', layers: ['conv 2@3x1'] }, /image/);
});

t.test('early stopping judges averaged weights where they are the result', async (t) => {
  for (const sharing of ['none', 'tabm'] as const) {
    const { submodels, ...others } = BASE;
    const options: TrainingOptions = { ...others, ...(sharing === 'none' ? {} : { sharing, submodels }) };
    const last = async (own: TrainingOptions) =>
      (await trainEnsemble(dataset, { ...options, ...own })).members[0]!.history.at(-1)!;
    const [plain, averaged] = [await last({}), await last({ weightAverage: 'ema', averageDecay: 0.9 })];
    t.equal(averaged.loss, plain.loss);
    t.not(averaged.validationLoss, plain.validationLoss);
  }
});
