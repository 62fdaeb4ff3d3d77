// Adding members: an extended ensemble is the very one that training all of it at once gives.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import { evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { createPool } from '../../src/pool/pool.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { CENTROIDS } from '../support/learners.js';

const dataset = clusters(70, 10, 3);
const BASE: TrainingOptions = { hidden: [8], epochs: 4, batchSize: 16, seed: 5 };

t.test('the extended ensemble is the one trained whole, whatever its members are', async (t) => {
  const plans: Record<string, [few: TrainingOptions, many: TrainingOptions]> = {
    alike: [{ members: 3 }, { members: 7 }],
    'with shared weights at the start': [
      { members: 3, vary: ['resample', 'order'] },
      { members: 5, vary: ['resample', 'order'] },
    ],
    'of two kinds that take turns': [
      { members: 4, grid: { activation: ['relu', 'tanh'] } },
      { members: 7, grid: { activation: ['relu', 'tanh'] } },
    ],
    'one member': [{ members: 1 }, { members: 3 }],
    snapshots: [
      { members: 2, snapshots: 2 },
      { members: 3, snapshots: 2 },
    ],
    neighbours: [
      { members: 2, engine: 'neighbours' },
      { members: 4, engine: 'neighbours' },
    ],
  };
  for (const [name, [few, many]] of Object.entries(plans)) {
    const base = name === 'neighbours' ? { seed: 5 } : BASE;
    const whole = await trainEnsemble(dataset, { ...base, ...many });
    const start = await trainEnsemble(dataset, { ...base, ...few });
    const extended = await extendEnsemble(start, dataset, { members: whole.plan.members.length });
    t.equal(contentHash(extended), contentHash(whole), name);
    t.equal(extended.members[0], start.members[0], 'the first members are not even copied');
    t.ok(extended.complete);
  }
});

t.test('a saved ensemble goes on in a pool, and its out-of-bag figures are over all members', async (t) => {
  const path = join(t.testdir(), 'e.tutti');
  await saveEnsemble(await trainEnsemble(dataset, { ...BASE, members: 2 }), path);
  const pool = createPool({ threads: 2 });
  const seen: number[] = [];
  const extended = await extendEnsemble(
    await loadEnsemble(path),
    dataset,
    { members: 6 },
    { runner: pool, onMember: ({ index }) => seen.push(index) },
  );
  await pool.close();
  const whole = await trainEnsemble(dataset, { ...BASE, members: 6 });
  t.equal(contentHash(extended), contentHash(whole));
  t.same(seen.sort(), [2, 3, 4, 5], 'only the new ones are trained');
  const figures = { replicates: 0 };
  const { wallMs: _, ...expected } = { ...(await evaluateOutOfBag(whole, dataset, figures))!, wallMs: 0 };
  t.same({ ...(await evaluateOutOfBag(extended, dataset, figures)) }, expected);
  await saveEnsemble(extended, path);
  t.equal(contentHash(await loadEnsemble(path)), contentHash(whole));
});

t.test('what an interrupt or a failure left out is trained', async (t) => {
  const options: TrainingOptions = { ...BASE, members: 4 };
  const whole = await trainEnsemble(dataset, options);
  const controller = new AbortController();
  const part = await trainEnsemble(dataset, options, {
    signal: controller.signal,
    onInterrupt: 'keep',
    onMember: ({ index }) => index === 1 && controller.abort(),
  });
  t.equal(part.complete, false);
  const resumed = await extendEnsemble(part, dataset, { members: 4 });
  t.equal(contentHash(resumed), contentHash(whole));
  t.same(resumed.failures, []);
  t.equal(await extendEnsemble(whole, dataset, { members: 4 }), whole, 'nothing is lacking');
});

t.test('learners go on from a file once they are allowed', async (t) => {
  const folder = t.testdir();
  const learner = join(folder, 'centroids.mjs');
  writeFileSync(learner, CENTROIDS);
  const options: TrainingOptions = { seed: 1, learner };
  const start = await trainEnsemble(dataset, { ...options, members: 2 });
  const whole = await trainEnsemble(dataset, { ...options, members: 4 });
  const path = join(folder, 'e.tutti');
  await saveEnsemble(start, path);
  const closed = await loadEnsemble(path);
  await t.rejects(extendEnsemble(closed, dataset, { members: 4 }), {
    code: 'ERR_MODULE',
    message: /not allowed/,
  });
  const allowed = await loadEnsemble(path, { allowModules: [learner] });
  const extended = await extendEnsemble(allowed, dataset, { members: 4 });
  t.equal(contentHash(extended), contentHash(whole));
  t.equal((await predictEnsemble(extended, dataset)).rows, dataset.rows);
});

t.test('members that were planned and never trained may be given up', async (t) => {
  const whole = await trainEnsemble(dataset, { ...BASE, members: 6 });
  const members = whole.members.filter(({ index }) => index === 0 || index === 2);
  const part = { ...whole, members, complete: false };
  const four = await extendEnsemble(part, dataset, { members: 4 });
  t.equal(contentHash(four), contentHash(await trainEnsemble(dataset, { ...BASE, members: 4 })));
  t.ok(four.complete);
  await t.rejects(extendEnsemble(part, dataset, { members: 2 }), {
    code: 'ERR_OPTION',
    message: /at least 3, as 2 of the 6 planned are trained, the last in place 3, got 2/,
  });
  const runs = await trainEnsemble(dataset, { ...BASE, members: 3, snapshots: 2 });
  const first = { ...runs, members: runs.members.slice(0, 2), complete: false };
  t.equal((await extendEnsemble(first, dataset, { members: 4 })).members.length, 4);
  await t.rejects(extendEnsemble(first, dataset, { members: 3 }), { message: /runs of 2 members/ });
});

t.test('what cannot be extended is refused by name', async (t) => {
  const start = await trainEnsemble(dataset, { ...BASE, members: 2 });
  const refused = (promise: Promise<unknown>, code: string, message: RegExp) =>
    t.rejects(promise, { code, message });
  await refused(
    extendEnsemble(start, dataset, { members: 1 }),
    'ERR_OPTION',
    /at least the 2 there are, got 1/,
  );
  await refused(
    extendEnsemble(start, clusters(60, 10, 3), { members: 4 }),
    'ERR_DATA',
    /the dataset that the ensemble was/,
  );
  const weighted = withAveragingWeights(start, [2, 1]);
  await refused(extendEnsemble(weighted, dataset, { members: 4 }), 'ERR_OPTION', /without averaging weights/);
  const tied = await trainEnsemble(dataset, { ...BASE, members: 2, tie: 0.1 });
  await refused(
    extendEnsemble(tied, dataset, { members: 4 }),
    'ERR_OPTION',
    /tied members are trained together/,
  );
  const snapshots = await trainEnsemble(dataset, { ...BASE, members: 2, snapshots: 2 });
  await refused(
    extendEnsemble(snapshots, dataset, { members: 5 }),
    'ERR_OPTION',
    /whole number of runs of 2 members/,
  );
});
