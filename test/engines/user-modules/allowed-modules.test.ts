// Whose code may run: a saved ensemble names modules and runs none of them until its loader says so.

import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { ensembleToBytes } from '../../../src/bundle/save.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { learnerOf } from '../../support/learners.js';

const folder = t.testdir({});
const path = join(folder, 'learner.mjs');
const trace = join(folder, 'trace');

/** A learner that leaves a file behind whenever its code is loaded. */
const TRACED = `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(trace)}, '');
${learnerOf({})}`;

writeFileSync(path, learnerOf({}));
const dataset = clusters(30, 2, 3);
const options = { seed: 1, members: [{ learner: path }] } as const;

t.test('what this process trained predicts without asking, and its saved form does not', async (t) => {
  const ensemble = await trainEnsemble(dataset, options);
  t.equal((await predictEnsemble(ensemble, dataset.x)).rows, 30);
  const loaded = await loadEnsemble(ensembleToBytes(ensemble));
  t.equal(loaded.allowedModules, undefined);
  await t.rejects(predictEnsemble(loaded, dataset.x), {
    code: 'ERR_MODULE',
    message: new RegExp(
      `^Member 0: predicting runs the module ${path} \\(SHA-256 [0-9a-f]{64}\\), which is not`,
    ),
    details: { module: path, member: 0 },
  });
  const allowed = await loadEnsemble(ensembleToBytes(ensemble), { allowModules: [path] });
  t.same((await predictEnsemble(allowed, dataset.x)).mean, (await predictEnsemble(ensemble, dataset.x)).mean);
  t.same(ensembleToBytes(allowed).length, ensembleToBytes(ensemble).length, 'permission is not saved');
});

t.test('loading, allowing and being refused run none of the code', async (t) => {
  const traced = join(folder, 'traced.mjs');
  writeFileSync(traced, TRACED);
  const ensemble = await trainEnsemble(dataset, { seed: 1, members: [{ learner: traced }] });
  const bytes = ensembleToBytes(ensemble);
  rmSync(trace);
  // Elsewhere, so that Node.js has not loaded it yet.
  const moved = join(folder, 'moved.mjs');
  cpSync(traced, moved);
  const allowed = await loadEnsemble(bytes, { allowModules: [moved] });
  await t.rejects(predictEnsemble(await loadEnsemble(bytes), dataset.x), { code: 'ERR_MODULE' });
  t.notOk(existsSync(trace));
  await predictEnsemble(allowed, dataset.x);
  t.ok(existsSync(trace), 'the allowed copy was run, though the file names another path');
});

t.test('an allowed module must be one that the ensemble names, by its content', async (t) => {
  const ensemble = await trainEnsemble(dataset, options);
  const other = join(folder, 'other.mjs');
  writeFileSync(other, `${learnerOf({})}\n// changed`);
  const bytes = ensembleToBytes(ensemble);
  const load = (allowModules: readonly string[]) => loadEnsemble(bytes, { allowModules });
  await t.rejects(load([path, other]), {
    code: 'ERR_MODULE',
    message: /got .*other\.mjs \(SHA-256 .*; it names/,
  });
  await t.rejects(load([folder]), { code: 'ERR_MODULE', message: /got a folder/ });
  await t.rejects(load(['/dev/zero']), { code: 'ERR_MODULE', message: /got a device/ });
  const networks = await trainEnsemble(dataset, { seed: 1, members: [{ hidden: [2] }], epochs: 1 });
  await t.rejects(loadEnsemble(ensembleToBytes(networks), { allowModules: [path] }), {
    code: 'ERR_MODULE',
    message: /it names none$/,
  });
  await t.rejects(loadEnsemble(bytes, { allowModules: 'x' } as never), {
    code: 'ERR_OPTION',
    message: /`allowModules`/,
  });
});
