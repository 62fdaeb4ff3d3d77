// Row 3: `process.exit` in a thread, wherever a user's code can call it.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { createPool, predictEnsemble, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { type Misdeeds, membersOf, misdoer, once, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 3 };
const folder = t.testdir();

/** Four networks and a learner with this source. */
function withLearner(name: string, deeds: Misdeeds): TrainingOptions {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, misdoer(deeds));
  return { seed: 11, members: [NETWORK, { learner: path }, NETWORK, NETWORK, NETWORK] };
}

const EXIT = 'process.exit(3)';
const DEEDS: Readonly<Record<string, (exit: string) => Misdeeds>> = {
  fit: (fit) => ({ fit }),
  'fit, from a timer': (exit) => ({
    fit: `setTimeout(() => { ${exit} }, 1); await new Promise((resolve) => setTimeout(resolve, 500))`,
  }),
  'a getter of the model': (exit) => ({ model: `{ get weight() { ${exit}; return 1; } }` }),
  'its import': (top) => ({ top }),
};

for (const [place, deeds] of Object.entries(DEEDS)) {
  t.test(`an exit in ${place}, once, costs one retry and no byte`, async (t) => {
    const name = place.replaceAll(/\W/g, '-');
    const mark = join(folder, `${name}-mark`);
    const options = withLearner(name, deeds(once(mark, EXIT)));
    await using pool = createPool({ threads: 2 });
    const disturbed = await trainEnsemble(dataset, options, { runner: pool });
    t.ok(existsSync(mark), 'it did exit');
    t.equal(disturbed.complete, true);
    t.equal(contentHash(disturbed), contentHash(await undisturbed(dataset, options)));
  });

  t.test(`an exit in ${place}, always, costs that member alone`, async (t) => {
    const options = withLearner(`always-${place.replaceAll(/\W/g, '-')}`, deeds(EXIT));
    await using pool = createPool({ threads: 2 });
    const ensemble = await trainEnsemble(dataset, options, { runner: pool });
    const error = { code: 'ERR_THREAD_LOST', message: /^Member 1 \(.*\) lost its thread 2 times/ };
    t.match(ensemble.failures, [{ index: 1, error }]);
    const sound = { ...options, members: [NETWORK, NETWORK, NETWORK, NETWORK, NETWORK] };
    const { members } = await undisturbed(dataset, sound);
    t.same(membersOf(ensemble), membersOf({ members: members.filter(({ index }) => index !== 1) }));
  });
}

for (const later of ['setImmediate', 'setTimeout']) {
  t.test(`an exit after the reply, by ${later}, costs nothing that was asked for`, async (t) => {
    const options = withLearner(later, { fit: `if (!wt.isMainThread) ${later}(() => ${EXIT})` });
    await using pool = createPool({ threads: 1 });
    const disturbed = await trainEnsemble(dataset, options, { runner: pool });
    t.equal(contentHash(disturbed), contentHash(await undisturbed(dataset, options)));
  });
}

t.test(
  'an exit in predict is an error that names the learner, and the next prediction is made',
  async (t) => {
    const mark = join(folder, 'predict-mark');
    const options = withLearner('predict', { predict: once(mark, EXIT) });
    const ensemble = await undisturbed(dataset, options);
    const ask = () => predictEnsemble(ensemble, dataset);
    await t.rejects(ask(), { code: 'ERR_LEARNER', message: /ended its thread in predict \(exit status 3\)/ });
    t.same(await ask(), await ask());
  },
);

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));
