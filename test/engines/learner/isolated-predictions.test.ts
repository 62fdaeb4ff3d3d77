// Learners that predict in processes of their own: whatever brings one down is an error that names it, and the next
// answer has another.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPredictor } from '../../../src/ensemble/predict/predict.js';
import { createPool, Ensemble, joinEnsembles, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS, learnerOf } from '../../support/learners.js';
import { listsProcesses, processesOf } from '../../support/processes.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
const centroids = join(folder, 'centroids.mjs');
const few = dataset.x.subarray(0, 6);
const pool = createPool({ threads: 2, isolate: 'process' });
t.teardown(() => pool.close());

let modules = 0;
function moduleOf(source: string): string {
  const path = join(folder, `own-${++modules}.mjs`);
  writeFileSync(path, source);
  return path;
}

/** A learner that answers well while it is tried on a few rows, and for many does this. */
function learnerThat(does: string): string {
  const good = 'new Float32Array(rows * 3).fill(1 / 3)';
  return moduleOf(
    learnerOf({ predict: `async (model, x, rows) => { if (rows > 32) { ${does} } return ${good}; }` }),
  );
}

const trained = (...learners: readonly string[]) =>
  trainEnsemble(dataset, { seed: 1, members: learners.map((learner) => ({ learner })) }, { runner: pool });

for (const [what, does, message] of [
  [
    'is killed',
    "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
    /ended its process in predict \(signal SIGKILL\)$/,
  ],
  [
    'has a segmentation fault',
    "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
    /ended its process in predict \(signal SIGSEGV\)$/,
  ],
  ['aborts', 'process.abort();', /ended its process in predict \(signal SIGABRT\)$/],
  ['exits', 'process.exit(0);', /ended its process in predict \(exit status 0\)$/],
  ['loops', 'for (;;) {}', /had not finished predict after 2 s; does it loop\?/],
  [
    'throws from a timer',
    "setTimeout(() => { throw new Error('later'); }); await new Promise(() => {});",
    /lost its process in predict: later$/,
  ],
  [
    'changes JavaScript for good',
    "Object.defineProperty(Array.prototype, 'at', { value: () => 7, configurable: false });",
    /cannot be put back/,
  ],
] as const) {
  t.test(`one that ${what} as it predicts is named, and the next answer has another process`, async (t) => {
    process.env.TUTTI_MODULE_TIMEOUT = '2';
    t.teardown(() => delete process.env.TUTTI_MODULE_TIMEOUT);
    const learner = learnerThat(does);
    const ensemble = await trained(centroids, learner);
    using predictor = await createPredictor(ensemble);
    const before = await predictor.predict(few);
    const error = await predictor.predict(dataset.x).catch((reason) => reason);
    t.match(error, { code: 'ERR_LEARNER', details: { member: 1, module: learner }, message });
    t.same(await predictor.predict(few), before);
  });
}

t.test('one that crashes as its module is imported is one error before anything is trained', async (t) => {
  for (const [source, problem] of [
    ['process.abort();', /it ended its process in loading \(signal SIGABRT\)$/],
    [
      "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
      /it ended its process in loading \(signal SIGSEGV\)$/,
    ],
    ['await new Promise(() => {});', /it never finished loading/],
  ] as const) {
    const error = await trained(moduleOf(source)).catch((reason) => reason);
    t.match(error, { code: 'ERR_MODULE', details: { member: 0 } });
    t.match(error.message, problem);
  }
});

t.test(
  'that an ensemble predicts so is told of the loaded, the joined and what is chosen of it',
  async (t) => {
    const ensemble = await trained(centroids, centroids);
    const path = join(folder, 'saved.tutti');
    await ensemble.save(path);
    t.equal((await Ensemble.load(path)).isolate, undefined, 'it is not saved');
    const loaded = await Ensemble.load(path, { allowModules: [centroids], isolate: 'process' });
    t.equal(loaded.isolate, 'process');
    t.same(await loaded.predict(dataset), await ensemble.predict(dataset));
    const other = await trainEnsemble(
      dataset,
      { seed: 2, members: 1, hidden: [4], epochs: 1 },
      { runner: pool },
    );
    t.equal(other.isolate, undefined, 'nothing of it is a user’s');
    t.equal(joinEnsembles([other, ensemble]).isolate, 'process');
    t.equal(ensemble.withWeights([1, 0]).isolate, 'process');
    await t.rejects(Ensemble.load(path, { isolate: 'thread' as 'process' }), { code: 'ERR_OPTION' });
    if (listsProcesses) t.ok(processesOf('learner').length > 0);
  },
);
