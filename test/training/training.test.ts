// What a training does with its data: weights of rows, early stopping, and the flags of what it kept.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool } from '../../src/pool/pool.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { withRoom } from '../support/memory.js';

const BASE: TrainingOptions = { members: 3, hidden: [8], epochs: 5, seed: 5, earlyStopping: 'none' };
const base = clusters(120, 5, 2);
const { x, rows, features, labels } = base;

t.test('a row of weight zero has no say', async (t) => {
  const weights = Float32Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 0 : 2));
  const wrong = labels.map((label, row) => (weights[row] === 0 ? 1 - label : label));
  const one = await trainEnsemble(
    Dataset.fromArrays({ x, rows, features, labels, rowWeights: weights }),
    BASE,
  );
  const other = await trainEnsemble(
    Dataset.fromArrays({ x, rows, features, labels: wrong, rowWeights: weights }),
    BASE,
  );
  one.members.forEach((member, at) => {
    t.same(member.parameters, other.members[at]!.parameters);
  });
});

t.test('weights matter by their ratios, not by their size', async (t) => {
  const weights = Float32Array.from({ length: rows }, (_, row) => 1 + (row % 2));
  const eight = weights.map((weight) => 8 * weight);
  const [one, other] = await Promise.all(
    [weights, eight].map((own) =>
      trainEnsemble(Dataset.fromArrays({ x, rows, features, labels, rowWeights: own }), BASE),
    ),
  );
  t.same(one!.members[0]!.parameters, other!.members[0]!.parameters);
  const even = await trainEnsemble(base, BASE);
  t.notSame(one!.members[0]!.parameters, even.members[0]!.parameters);
});

t.test('weight on a rare class makes it predicted more often', async (t) => {
  const rare = labels.map((_, row) => (row % 8 === 0 ? 1 : 0));
  const count = async (weight: number) => {
    const weights = Float32Array.from(rare, (label) => (label === 1 ? weight : 1));
    const dataset = Dataset.fromArrays({ x, rows, features, labels: rare, rowWeights: weights });
    const ensemble = await trainEnsemble(dataset, { ...BASE, epochs: 30 });
    const { labels: predicted } = await predictEnsemble(ensemble, x);
    return predicted!.filter((label) => label === 1).length;
  };
  t.ok((await count(7)) > (await count(1)) + 10);
});

t.test('early stopping restores the epoch with the lowest validation loss', async (t) => {
  const options = { ...BASE, epochs: 60, learningRate: 0.05, patience: 3 };
  const ensemble = await trainEnsemble(base, {
    ...options,
    earlyStopping: 'validation',
    validationShare: 0.3,
  });
  for (const { history, epoch } of ensemble.members) {
    const losses = history.map(({ validationLoss }) => validationLoss!);
    t.equal(epoch, losses.indexOf(Math.min(...losses)) + 1);
    t.ok(history.length === 60 || history.length === epoch + 3, 'stopped when patience ran out');
  }
});

t.test('without early stopping the weights are the last epoch’s', async (t) => {
  const ensemble = await trainEnsemble(base, BASE);
  t.ok(ensemble.members.every(({ epoch, history }) => epoch === 5 && history.length === 5));
  t.ok(ensemble.members.every(({ inBagRows }) => inBagRows > 0.5 * rows && inBagRows <= 0.75 * rows));
});

t.test('an ensemble says whether every planned member stands behind it', async (t) => {
  t.match(await trainEnsemble(base, BASE), { complete: true, failures: [] });
  const members = [{}, { optimizer: 'sgd', learningRate: 1e30 }] as const;
  const broken = await trainEnsemble(base, { ...BASE, members });
  t.match(broken, { complete: false, members: [{ index: 0 }], failures: [{ index: 1 }] });
  t.match(await evaluateEnsemble(broken, base), { errorCorrelation: { memberCount: 1, c: null, rho: null } });
});

t.test('an abort on the calling thread rejects with its reason, or keeps what is finished', async (t) => {
  const endless = { ...BASE, members: [{}, { epochs: 1_000_000 }] };
  const stopped = () => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      onMember: () => controller.abort(new Error('enough')),
    };
  };
  await t.rejects(trainEnsemble(base, endless, stopped()), { message: 'enough' });
  const kept = await trainEnsemble(base, endless, { ...stopped(), onInterrupt: 'keep' });
  t.match(kept, { complete: false, members: [{ index: 0 }], failures: [] });
});

t.test('targets are learnt in any units', async (t) => {
  const plain = linear(200, 4, 1);
  const far = Float32Array.from(plain.targets, (y) => 1e5 + 1e3 * y);
  const dataset = Dataset.fromArrays({ x: plain.x, rows: 200, features: 4, targets: far });
  const ensemble = await trainEnsemble(dataset, { ...BASE, hidden: [16], epochs: 60 });
  const { ensemble: scores } = await evaluateEnsemble(ensemble, dataset, { curves: false });
  t.ok(scores!.rmse![0]! < 400, `RMSE ${scores!.rmse![0]} of targets that spread by 1000`);
});

t.test('more members than fit into memory are refused before any is made', async (t) => {
  await t.rejects(trainEnsemble(base, { ...BASE, members: 2e9 }), {
    code: 'ERR_MEMORY',
    message: /would need about .* of memory, but only .* are available/,
  });
});

t.test("what does not fit into a container's limit beside what the process has is refused", async (t) => {
  const wide = { ...BASE, hidden: [1024, 1024], epochs: 1 };
  const refused = { code: 'ERR_MEMORY', message: /^Training (on )?\d+ .* but only / };
  await withRoom(4 * 2 ** 20, () => t.rejects(trainEnsemble(base, { ...wide, members: 1 }), refused));
  // Ten finished members of 4 MiB, beside the arena of the one in training.
  await withRoom(45 * 2 ** 20, () => t.rejects(trainEnsemble(base, { ...wide, members: 10 }), refused));
});

t.test('a pool whose threads would not fit is refused before any is started', async (t) => {
  const refused = { code: 'ERR_MEMORY', message: /^A pool of 100 threads would need about / };
  await withRoom(64 * 2 ** 20, () => t.throws(() => createPool({ threads: 100 }), refused));
});

t.test('options are those of the moment of the call', async (t) => {
  const dataset = clusters(70, 4, 3);
  const options = { members: 1, hidden: [4], epochs: 1, seed: 0 };
  const started = [1, 2].map((seed) => {
    options.seed = seed;
    options.hidden[0] = 4 * seed;
    return trainEnsemble(dataset, options);
  });
  const plans = (await Promise.all(started)).map(({ plan }) => plan);
  t.same(
    plans.map(({ seed }) => seed),
    [1, 2],
  );
  t.match(plans, [
    { members: [{ network: { layers: [{ units: 4 }] } }] },
    { members: [{ network: { layers: [{ units: 8 }] } }] },
  ]);
  const endless: Record<string, unknown> = { members: 1 };
  endless.grid = { l2: [endless] };
  await t.rejects(trainEnsemble(dataset, endless), { code: 'ERR_OPTION' });
});

t.test('a history of more epochs than fit on the stack is kept', async (t) => {
  const dataset = clusters(4, 1, 2);
  const epochs = 150_000;
  const options = { members: 1, hidden: [], batchSize: 4, epochs, earlyStopping: 'none', seed: 1 } as const;
  const ensemble = await trainEnsemble(dataset, { ...options, resample: 'none' });
  t.equal(ensemble.members[0]!.history.length, epochs);
  t.equal(ensemble.members[0]!.history.at(-1)!.epoch, epochs);
});
