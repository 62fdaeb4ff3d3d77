// One net in place of an ensemble: where one can say exactly what the ensemble says it comes to that; it is an ensemble as
// any other; its report is of rows that it has not seen.

import t from 'tap';
import { Ensemble } from '../../src/api/ensemble.js';
import { loadData } from '../../src/api/load-data.js';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import type { Dataset } from '../../src/data/dataset/dataset.js';
import { distillEnsemble } from '../../src/distillation/distill.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool } from '../../src/pool/pool.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';

const LINEAR = { members: 3, hidden: [], optimizer: 'adam', epochs: 10, seed: 4 } as const;
const QUICK = { copies: 1, epochs: 5, replicates: 0 } as const;

const classes = clusters(300, 5, 3);
const ensemble = await trainEnsemble(classes, { members: 3, hidden: [6], epochs: 10, seed: 2 });

t.test('the mean of linear models is a linear model, which it finds', async (t) => {
  const dataset = linear(300, 4, 2);
  const three = await trainEnsemble(dataset, LINEAR);
  const { ensemble: single, report } = await distillEnsemble(three, dataset, {
    ...{ replicates: 0, epochs: 200, clip: false },
  });
  // Row by row the members' weights, averaged; output scales are the same for all.
  const mean = three.members[0]!.parameters.map(
    (_, at) => three.members.reduce((sum, { parameters }) => sum + parameters[at]!, 0) / 3,
  );
  const own = single.members[0]!.parameters;
  const furthest = own.reduce((most, value, at) => Math.max(most, Math.abs(value - mean[at]!)), 0);
  t.ok(furthest < 2e-3, `${furthest}`);
  for (const { explained } of report.fidelity.targets) t.ok(explained! > 0.9999, `${explained}`);
  t.equal(report.fidelity.divergence, null);
});

t.test('a geometric mean of linear classifiers is one, which it finds', async (t) => {
  const three = await trainEnsemble(classes, LINEAR);
  const options = { aggregator: 'geometricMean', replicates: 0, epochs: 150 } as const;
  const { report } = await distillEnsemble(three, classes, options);
  t.ok(report.fidelity.divergence! < 2e-4, `${report.fidelity.divergence}`);
  t.equal(report.fidelity.agreement, 1);
});

t.test('variances are learned too', async (t) => {
  const dataset = linear(300, 4);
  // Of one, since a mixture's variance is none that a linear model can have.
  const one = await trainEnsemble(dataset, { ...LINEAR, members: 1, epochs: 30, loss: 'gaussianNll' });
  const { ensemble: single, report } = await distillEnsemble(one, dataset, {
    ...{ replicates: 0, clip: false, optimizer: 'adam' },
  });
  const { variance } = await predictEnsemble(single, dataset);
  t.ok(variance !== null);
  t.ok(report.fidelity.divergence! < 1e-5, `${report.fidelity.divergence}`);
});

t.test('it is the same bytes on any number of threads', async (t) => {
  const inline = await distillEnsemble(ensemble, classes, QUICK);
  const pool = createPool({ threads: 2 });
  t.teardown(() => pool.destroy());
  const pooled = await distillEnsemble(ensemble, classes, { ...QUICK, runner: pool });
  t.equal(contentHash(pooled.ensemble), contentHash(inline.ensemble));
  t.same(pooled.report, inline.report);
  const other = await distillEnsemble(ensemble, classes, { ...QUICK, seed: 3 });
  t.not(contentHash(other.ensemble), contentHash(inline.ensemble));
});

t.test('it is an ensemble of one: saved, loaded and predicting as any', async (t) => {
  const { ensemble: single } = await distillEnsemble(ensemble, classes, QUICK);
  const loaded = await loadEnsemble(await ensembleToBytes(single));
  t.equal(contentHash(loaded), contentHash(single));
  t.same((await predictEnsemble(loaded, classes)).mean, (await predictEnsemble(single, classes)).mean);
  const [spec] = loaded.plan.members;
  t.match(
    spec,
    { teacher: contentHash(ensemble), resample: { kind: 'none' } },
    'it says whose answers it learned',
  );
});

t.test('no row is out of bag for it, and no plan adds members to it', async (t) => {
  const { ensemble: single } = await distillEnsemble(ensemble, classes, QUICK);
  t.equal(await evaluateOutOfBag(single, classes), null);
  await t.rejects(extendEnsemble(single, classes, { members: 2 }), {
    code: 'ERR_OPTION',
    message: /distilled net/,
  });
});

t.test('its report is of rows that it was not trained on', async (t) => {
  const fresh = clusters(120, 5, 3);
  const given = await distillEnsemble(ensemble, classes, { ...QUICK, heldOut: fresh, replicates: 50 });
  t.match(given.report, {
    ...{ rows: 300, copies: 1, network: '6 gelu, output', parameters: 57, ensembleParameters: 171 },
    heldOut: { rows: 120, from: 'given', knownToEnsemble: false },
  });
  const { ensembles, comparisons } = given.report.scores;
  t.same(
    ensembles.map(({ name, members }) => [name, members]),
    [
      ['single', 1],
      ['ensemble', 3],
      ['best member', 1],
    ],
  );
  const accuracy = comparisons[0]!.scores.find(({ metric }) => metric === 'accuracy')!;
  t.equal(accuracy.first, await accuracyOf(given.ensemble, fresh));
  t.equal(accuracy.second, await accuracyOf(ensemble, fresh));
  const shared = await distillEnsemble(ensemble, classes, { ...QUICK, heldOutShare: 0.25 });
  t.match(shared.report, { rows: 225, heldOut: { rows: 75, from: 'share', knownToEnsemble: true } });
});

async function accuracyOf(of: TrainedEnsemble, dataset: Dataset) {
  const { labels, rows } = dataset;
  const predicted = (await predictEnsemble(of, dataset)).labels!;
  return predicted.reduce((right, label, row) => right + (label === labels[row] ? 1 : 0), 0) / rows;
}

t.test('tables: what columns become stays together, and the net takes records', async (t) => {
  const records = Array.from({ length: 200 }, (_, row) => ({
    size: (row * 37) % 101,
    colour: ['red', 'green', 'blue'][row % 3]!,
    kind: row % 3 === 0 && (row * 37) % 101 > 20 ? 'yes' : 'no',
  }));
  const { train } = await loadData(records, { target: 'kind' });
  const members = await trainEnsemble(train, { members: 4, hidden: [8], epochs: 40, seed: 1 });
  const calibrated = await new Ensemble(members).calibrate(train, { method: 'temperature', threshold: 0.3 });
  const { ensemble: single } = await calibrated.distill(records, { ...QUICK, epochs: 60 });
  const rows = [
    { size: 50, colour: 'red' },
    { size: 50, colour: 'blue' },
  ];
  const answers = await single.predict(rows);
  t.same(
    answers.map(({ label }) => label),
    ['yes', 'no'],
  );
  t.match(
    single.calibration,
    { method: null, threshold: { value: 0.3 } },
    'from when on a class is predicted stays',
  );
});

t.test('members of any kind are distilled', async (t) => {
  const nearest = await trainEnsemble(classes, { members: 3, engine: 'neighbours', seed: 1 });
  const { ensemble: single, report } = await distillEnsemble(nearest, classes, { ...QUICK, epochs: 60 });
  t.equal(report.network, '128 gelu, 128 gelu, 128 gelu, output');
  t.ok(report.fidelity.agreement! > 0.8, `${report.fidelity.agreement}`);
  t.equal(single.plan.members[0]!.engine, 'wasm');
});

t.test('images stay images, unless other layers are asked for', async (t) => {
  const images = clusters(90, 16, 3);
  const options = { members: 2, layers: ['conv 2@3x3'], image: '4x4', epochs: 2, seed: 1 };
  const convolutional = await trainEnsemble(images, options);
  const like = await distillEnsemble(convolutional, images, { ...QUICK, copies: 0 });
  t.match(like.report.network, /^conv 2@3x3/);
  const dense = await distillEnsemble(convolutional, images, { ...QUICK, copies: 0, hidden: [5] });
  t.equal(dense.report.network, '5 gelu, output');
  const pooled = { ...QUICK, copies: 0, layers: ['conv 3@2x2', 'maxpool 2'] };
  t.match(
    (await distillEnsemble(convolutional, images, pooled)).report.network,
    /^conv 3@2x2 gelu, maxpool 2/,
  );
});

t.test('votes are refused, and more than there is memory for', async (t) => {
  await t.rejects(distillEnsemble(ensemble, classes, { aggregator: 'majorityVote' }), {
    code: 'ERR_OPTION',
    message: /`aggregator` to be one of probabilities/,
  });
  await t.rejects(distillEnsemble(ensemble, classes, { copies: 2 ** 40 }), { code: 'ERR_MEMORY' });
});
