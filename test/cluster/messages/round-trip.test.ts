// Trainings whose every job crosses as a signed task and comes back as packed outcomes: the same bytes as without, whatever
// the members are, and whichever host goes on with what another handed over.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { MOST_TASK_BYTES } from '../../../src/cluster/messages/queued-task.js';
import type { Dataset } from '../../../src/data/dataset/dataset.js';
import type { TrainedEnsemble } from '../../../src/ensemble/ensemble.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { createInlineRunner } from '../../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';
import { CENTROIDS } from '../../support/learners.js';
import { messageRunner } from '../../support/message-runner.js';

const dataset = clusters(70, 6, 3);
const numbers = linear(60, 5, 1);
const BASE: TrainingOptions = { members: 3, hidden: [6], epochs: 5, batchSize: 16, seed: 5 };

const folder = mkdtempSync(join(tmpdir(), 'tutti-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const learner = join(folder, 'centroids.mjs');
writeFileSync(learner, CENTROIDS);

const failuresOf = ({ failures }: TrainedEnsemble) =>
  failures.map(({ index, error: { code, message, details } }) => ({ index, code, message, details }));

/** Near the edge: some members diverge. */
const EDGE: TrainingOptions = {
  ...{ members: 8, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
  ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
};

const CASES: readonly (readonly [what: string, on: Dataset, options: TrainingOptions, continued: number])[] =
  [
    ['plain members', dataset, { ...BASE, earlyStopping: 'none' }, 3],
    [
      'members that stop early',
      dataset,
      { ...BASE, earlyStopping: 'validation', patience: 2, epochs: 12 },
      3,
    ],
    ['numbers', numbers, { ...BASE, earlyStopping: 'outOfBag' }, 3],
    ['snapshots', dataset, { ...BASE, members: 2, snapshots: 2, epochs: 6, earlyStopping: 'none' }, 4],
    ['members tied in rounds', dataset, { ...BASE, tie: 0.05, earlyStopping: 'none' }, 0],
    ['snapshots tied in rounds', dataset, { ...BASE, tie: 0.05, snapshots: 2, earlyStopping: 'none' }, 0],
    ['members tied exactly', dataset, { ...BASE, tie: 0.05, tyingMode: 'exact', earlyStopping: 'none' }, 1],
    ['neighbours', dataset, { members: 3, engine: 'neighbours', neighbours: 3, seed: 5 }, 0],
    ['a learner', dataset, { members: 2, engine: 'learner', learner, seed: 5 }, 0],
    [
      'members of several kinds',
      dataset,
      { seed: 5, epochs: 3, members: [{ hidden: [4] }, { engine: 'neighbours' }] },
      1,
    ],
    ['members that diverge', numbers, EDGE, 8],
    ['members that begin again', numbers, { ...EDGE, onDivergence: 'reseed' }, 12],
  ];

for (const [what, on, options, continued] of CASES) {
  t.test(what, async (t) => {
    const here = await trainEnsemble(on, options, { runner: createInlineRunner() });
    for (const handOverAfter of [null, 2]) {
      const runner = messageRunner(handOverAfter);
      const there = await trainEnsemble(on, options, { runner });
      t.equal(contentHash(there), contentHash(here), 'the same bytes');
      t.strictSame(failuresOf(there), failuresOf(here));
      t.strictSame(
        there.members.map(({ history }) => history),
        here.members.map(({ history }) => history),
      );
      t.ok(runner.said.bodies.every((body) => Buffer.byteLength(body) < MOST_TASK_BYTES));
      if (handOverAfter !== null) t.equal(runner.said.continued, continued, 'went on from a state');
    }
  });
}

t.test('a group too long for a task travels as a blob', async (t) => {
  const options: TrainingOptions = { ...BASE, members: 40, epochs: 1, tie: 0.01, tyingMode: 'exact' };
  const here = await trainEnsemble(dataset, { ...options, earlyStopping: 'none' });
  const runner = messageRunner();
  const there = await trainEnsemble(dataset, { ...options, earlyStopping: 'none' }, { runner });
  t.equal(contentHash(there), contentHash(here));
  t.equal(typeof runner.said.tasks[0]!.members, 'string');
});
