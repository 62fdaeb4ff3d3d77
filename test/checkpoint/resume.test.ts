// A training that a checkpoint holds goes on to the same bytes as one that was never interrupted.

import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { readCheckpoint } from '../../src/checkpoint/read-checkpoint.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(70, 10, 3);
const PLAN = { members: 5, hidden: [8], epochs: 3, batchSize: 16, seed: 5 };

t.test('a finished training is read back as it was', async (t) => {
  const folder = join(t.testdir(), 'ck');
  const note = { data: '/somewhere', options: [1, 'two', null] };
  const whole = await trainEnsemble(dataset, PLAN, { checkpoint: { folder, note } });
  const kept = await readCheckpoint(folder);
  t.same(kept.note, note);
  t.same(kept.finished, [0, 1, 2, 3, 4]);
  t.same(kept.plan, whole.plan);
  t.equal(kept.tornBytes, 0);
  t.same(readdirSync(folder).sort(), ['journal', 'training'], 'nothing else is left');
  let trained = 0;
  const onMember = () => trained++;
  const resumed = await resumeTraining(folder, dataset, { onMember });
  t.equal(trained, 0);
  t.same(ensembleToBytes(resumed), ensembleToBytes(whole));
});

t.test('a journal that is torn at any byte costs no more than what was torn off', async (t) => {
  const folder = join(t.testdir(), 'ck');
  const whole = ensembleToBytes(await trainEnsemble(dataset, PLAN, { checkpoint: { folder } }));
  const journal = join(folder, 'journal');
  const { length } = readFileSync(journal);
  let last = PLAN.members;
  for (let bytes = length - 1; bytes >= 44; bytes -= 997) {
    truncateSync(journal, bytes);
    const { finished, tornBytes } = await readCheckpoint(folder);
    t.ok(finished.length <= last && tornBytes >= 0);
    last = finished.length;
  }
  t.equal(last, 0);
  t.same(ensembleToBytes(await resumeTraining(folder, dataset)), whole);
  t.equal((await readCheckpoint(folder)).finished.length, PLAN.members);
});

t.test('an extension is kept with the members that were there', async (t) => {
  const folder = join(t.testdir(), 'ck');
  const few = await trainEnsemble(dataset, { ...PLAN, members: 2 });
  const checkpoint = { folder };
  const more = await extendEnsemble(few, dataset, { members: 4 }, { checkpoint });
  t.equal((await readCheckpoint(folder)).finished.length, 4);
  t.same(ensembleToBytes(await resumeTraining(folder, dataset)), ensembleToBytes(more));
});

t.test('what cannot be gone on with is refused', async (t) => {
  const folder = join(t.testdir(), 'ck');
  await t.rejects(resumeTraining(folder, dataset), { code: 'ERR_CHECKPOINT', message: /holds no training/ });
  await trainEnsemble(dataset, PLAN, { checkpoint: { folder } });
  await t.rejects(trainEnsemble(dataset, PLAN, { checkpoint: { folder } }), {
    code: 'ERR_CHECKPOINT',
    message: /holds a training of 5 members: `tutti resume .*` goes on with it/,
  });
  const other = clusters(71, 10, 3);
  await t.rejects(resumeTraining(folder, other), {
    code: 'ERR_DATA',
    message: new RegExp(`${dataset.hash}.*${other.hash}`),
  });
  t.same(readdirSync(folder).sort(), ['journal', 'training'], 'no lock is left');
});
