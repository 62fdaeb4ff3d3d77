// Learners predict on threads of their own: one that loops, ends its process or leaves something open costs its own
// answer, names itself, and keeps nobody.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { createPredictor, predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createInlineRunner, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS, learnerOf } from '../../support/learners.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
const centroids = join(folder, 'centroids.mjs');
const few = dataset.x.subarray(0, 6);

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

/** Members of these learners, trained inline. */
const trained = (...learners: readonly string[]) =>
  trainEnsemble(
    dataset,
    { seed: 1, members: learners.map((learner) => ({ learner })) },
    { runner: createInlineRunner() },
  );

/** Two seconds for each thing a module is asked for, instead of sixty. */
function hurry(t: Test): void {
  process.env.TUTTI_MODULE_TIMEOUT = '2';
  t.teardown(() => {
    delete process.env.TUTTI_MODULE_TIMEOUT;
  });
}

for (const [what, does, message] of [
  ['loops', 'for (;;) {}', /had not finished predict after 2 s; does it loop\?/],
  ['ends the process', 'process.exit(0);', /ended its thread in predict \(exit status 0\)$/],
  [
    'throws from a timer',
    "setTimeout(() => { throw new Error('later'); }); await new Promise(() => {});",
    /lost its thread in predict: later$/,
  ],
] as const) {
  t.test(`one that ${what} in predict is named, and its thread replaced for what comes next`, async (t) => {
    hurry(t);
    const learner = learnerThat(does);
    const ensemble = await trained(centroids, learner);
    using predictor = await createPredictor(ensemble);
    const before = await predictor.predict(few);
    const error = await predictor.predict(dataset.x).catch((reason) => reason);
    t.match(error, { code: 'ERR_LEARNER', details: { member: 1, module: learner }, message });
    t.match(error.message, `Member 1: the learner ${learner} `);
    t.same(await predictor.predict(few), before, 'the model is restored on another thread');
  });
}

t.test('one that loops, or ends the process, as its model is loaded is named', async (t) => {
  hurry(t);
  // Well as it is tried where it was fitted, on the calling thread.
  const guard = "import { isMainThread } from 'node:worker_threads';\n";
  for (const [does, message] of [
    ['for (;;) {}', /^Member 0: the learner .* had not finished load after 2 s/],
    ['process.exit(3)', /^Member 0: the learner .* ended its thread in load \(exit status 3\)$/],
  ] as const) {
    const load = `load: () => { if (!isMainThread) ${does}; return {}; }`;
    const learner = moduleOf(guard + learnerOf({ more: `save: () => new Uint8Array(1), ${load}` }));
    const ensemble = await trained(learner);
    await t.rejects(predictEnsemble(ensemble, few), { code: 'ERR_LEARNER', message });
  }
});

t.test('one that never finishes loading, loops or ends the process is refused before training', async (t) => {
  hurry(t);
  for (const [source, problem] of [
    ['await new Promise(() => {});', /it never finished loading: it awaits at its top level what never/],
    ['for (;;) {}', /it had not finished loading after 2 s; does it loop\?/],
    ['process.exit(4);', /it ended its thread in loading \(exit status 4\)$/],
  ] as const) {
    const learner = moduleOf(source);
    const error = await trained(learner).catch((reason) => reason);
    t.match(error, { code: 'ERR_MODULE', details: { member: 0, module: learner } });
    t.match(error.message, /^Member 0: the module .*own-\d+\.mjs cannot be imported: /);
    t.match(error.message, problem);
  }
});

t.test('one that changes JavaScript for good has another thread for its next answer', async (t) => {
  const learner = learnerThat(
    "Object.defineProperty(Array.prototype, 'at', { value: () => 7, configurable: false });",
  );
  const ensemble = await trained(learner);
  using predictor = await createPredictor(ensemble);
  const before = await predictor.predict(few);
  await t.rejects(predictor.predict(dataset.x), { code: 'ERR_LEARNER', message: /cannot be put back/ });
  t.same(await predictor.predict(few), before);
  t.equal([1, 2].at(1), 2, 'and this thread is as it was');
});

t.test('predictions under way at once have one answer after the other', async (t) => {
  const learner = learnerThat(`
    globalThis.busy = (globalThis.busy ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (globalThis.busy-- > 1) throw new Error('two at once');`);
  const ensemble = await trained(learner, learner);
  const all = await Promise.all([1, 2, 3].map(() => predictEnsemble(ensemble, dataset.x)));
  t.same(
    all.map(({ rows }) => rows),
    [90, 90, 90],
  );
});

t.test('what a learner leaves open keeps no process', async (t) => {
  const learner = `setInterval(() => {}, 1000);\n${learnerOf({ predict: '(model, x, rows) => Array(rows * 2).fill(0.5)' })}`;
  const app = `
    import { createPool, Dataset, trainEnsemble } from ${JSON.stringify(new URL('../../../src/index.js', import.meta.url).href)};
    const data = Dataset.fromArrays({ x: [1, 2, 3, 4], rows: 4, features: 1, labels: [0, 1, 0, 1] });
    const pool = createPool({ threads: 1 });
    const ensemble = await trainEnsemble(data, { members: 1, seed: 1, learner: './open.mjs' }, { runner: pool });
    await pool.close();
    console.log((await ensemble.predict(data)).rows);`;
  const cwd = t.testdir({ 'open.mjs': learner, 'app.mjs': app });
  const options = { cwd, env: { ...process.env, NODE_OPTIONS: '' } };
  t.equal((await promisify(execFile)(process.execPath, ['app.mjs'], options)).stdout, '4\n');
});
