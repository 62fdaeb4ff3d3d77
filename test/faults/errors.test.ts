// Row 5: errors that are thrown, that nobody catches, and that come late; of learners, and of the caller's own functions.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import {
  createPool,
  predictEnsemble,
  type TrainingOptions,
  type TrainingSettings,
  trainEnsemble,
} from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { type Misdeeds, membersOf, misdoer, once, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 3 };
const folder = t.testdir();

let learners = 0;
/** Two networks and a learner with this source. */
function withLearner(deeds: Misdeeds): TrainingOptions {
  const path = join(folder, `learner-${++learners}.mjs`);
  writeFileSync(path, misdoer(deeds));
  return { seed: 11, members: [NETWORK, { learner: path }, NETWORK] };
}

const LATER = 'await new Promise((resolve) => setTimeout(resolve, 500))';
/** What ends the thread when nobody catches it. */
const UNCAUGHT: Readonly<Record<string, string>> = {
  'thrown by a timer': "setTimeout(() => { throw new Error('late'); }, 1);",
  'rejected and left alone': "Promise.reject(new Error('late'));",
  'emitted without a listener': "setTimeout(() => process.emit('error', new Error('late')), 1);",
  'thrown, and no error': 'setTimeout(() => { throw null; }, 1);',
};

for (const [how, statement] of Object.entries(UNCAUGHT)) {
  t.test(`an error ${how} during fit, once, costs one retry and no byte`, async (t) => {
    const mark = join(folder, `mark-${learners}`);
    const options = withLearner({ fit: once(mark, `${statement} ${LATER}`) });
    await using pool = createPool({ threads: 2 });
    const disturbed = await trainEnsemble(dataset, options, { runner: pool });
    t.ok(existsSync(mark), 'it was thrown');
    t.equal(contentHash(disturbed), contentHash(await undisturbed(dataset, options)));
  });

  t.test(`an error ${how} after the reply costs nothing`, async (t) => {
    const options = withLearner({ fit: `if (!wt.isMainThread) { ${statement} }` });
    await using pool = createPool({ threads: 1 });
    // Rejected before the reply, it may come before or after: then the member is tried again, and given up.
    const { members } = await trainEnsemble(dataset, options, { runner: pool, retries: 3 });
    const whole = await undisturbed(dataset, options);
    const there = members.map(({ index }) => index);
    t.same(
      membersOf({ members }),
      membersOf({ members: whole.members.filter((m) => there.includes(m.index)) }),
    );
    t.ok(there.includes(0) && there.includes(2), 'the others are there');
  });
}

for (const [how, statement, message] of [
  ['thrown', "throw new Error('no luck')", /threw in fit: no luck/],
  ['that is null', 'throw null', /threw in fit: null/],
  ['that is a symbol', "throw Symbol('odd')", /threw in fit: .*odd/],
  ['whose message throws', 'throw { get message() { throw 1; } }', /threw in fit/],
  ['that cannot be text', 'throw Object.create(null)', /threw in fit/],
  ['rejected', "await Promise.reject(new Error('no luck'))", /threw in fit: no luck/],
] as const) {
  t.test(`an error ${how} in fit is that member's, at once and without a retry`, async (t) => {
    const options = withLearner({ fit: statement });
    await using pool = createPool({ threads: 2 });
    const ensemble = await trainEnsemble(dataset, options, { runner: pool });
    t.match(ensemble.failures, [{ index: 1, error: { code: 'ERR_LEARNER', message } }]);
    const { members } = await undisturbed(dataset, { ...options, members: [NETWORK, NETWORK, NETWORK] });
    t.same(membersOf(ensemble), membersOf({ members: [members[0]!, members[2]!] }));
  });
}

t.test('errors in predict, at once and late, name the learner; the next prediction is made', async (t) => {
  for (const [statement, message] of [
    ["throw new Error('no luck')", /threw in predict: no luck/],
    [
      `setTimeout(() => { throw new Error('late'); }, 1); return ${'new Promise(() => {})'}`,
      /lost its thread in predict: late/,
    ],
  ] as const) {
    const options = withLearner({ predict: once(join(folder, `predict-${learners}`), statement) });
    const ensemble = await undisturbed(dataset, options);
    await t.rejects(predictEnsemble(ensemble, dataset), { code: 'ERR_LEARNER', message });
    t.ok(await predictEnsemble(ensemble, dataset));
  }
});

const ODD = [new Error('mine'), null, undefined, 0, 'text', Symbol('odd'), Object.create(null), () => {}];
const THROWERS: Readonly<Record<string, (thrown: unknown) => TrainingSettings>> = {
  onProgress: (thrown) => ({
    onProgress: () => {
      throw thrown;
    },
  }),
  onMember: (thrown) => ({
    onMember: () => {
      throw thrown;
    },
  }),
  onEpochEnd: (thrown) => ({
    onEpochEnd: () => {
      throw thrown;
    },
  }),
  'onEpochEnd, later': (thrown) => ({
    onEpochEnd: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw thrown;
    },
  }),
};

for (const [name, settingsOf] of Object.entries(THROWERS)) {
  t.test(`whatever ${name} throws is what the training rejects with, and the pool goes on`, async (t) => {
    await using pool = createPool({ threads: 2 });
    const options = { members: 6, ...NETWORK, seed: 11 };
    for (const thrown of ODD) {
      const training = trainEnsemble(dataset, options, { runner: pool, ...settingsOf(thrown) });
      const [settled] = await Promise.allSettled([training]);
      t.equal(settled?.status, 'rejected');
      t.equal((settled as PromiseRejectedResult).reason, thrown);
    }
    const after = await trainEnsemble(dataset, options, { runner: pool });
    t.equal(contentHash(after), contentHash(await undisturbed(dataset, options)));
  });
}

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));
