// Folders of strangers: names in them lead to files elsewhere, or to what is no file.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { readCheckpoint } from '../../src/checkpoint/read-checkpoint.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(24, 3, 2);
const OPTIONS = { members: 3, hidden: [3], epochs: 4, seed: 3 } as const;
const noLinks = process.platform === 'win32';

/** A folder whose second member is in training. */
async function paused(t: Test): Promise<string> {
  const folder = join(t.testdir({ mine: 'my notes' }), 'ck');
  const stop = new AbortController();
  await trainEnsemble(dataset, OPTIONS, {
    checkpoint: { folder, epochs: 1 },
    signal: stop.signal,
    onInterrupt: 'keep',
    onEpochEnd: ({ member, epoch }) => {
      if (member === 1 && epoch === 2) stop.abort();
    },
  });
  return folder;
}

t.test('a state is not written through a link to a file elsewhere', { skip: noLinks }, async (t) => {
  const folder = await paused(t);
  const mine = join(folder, '..', 'mine');
  for (const name of ['state-0', 'state-1', 'state-7']) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(mine, join(folder, name));
  }
  // The states cannot be written, and are only there to save time.
  const checkpoint = { epochs: 1 };
  await resumeTraining(folder, dataset, { checkpoint }).catch((error) =>
    t.equal(error.code, 'ERR_CHECKPOINT'),
  );
  t.equal(readFileSync(mine, 'utf8'), 'my notes');
});

t.test('a journal is not begun through a link', { skip: noLinks }, async (t) => {
  const folder = t.testdir({ mine: 'my notes', ck: {} });
  symlinkSync(join(folder, 'mine'), join(folder, 'ck/journal'));
  const checkpoint = { folder: join(folder, 'ck') };
  await t.rejects(trainEnsemble(dataset, OPTIONS, { checkpoint }), { code: 'ERR_CHECKPOINT' });
  t.equal(readFileSync(join(folder, 'mine'), 'utf8'), 'my notes');
});

t.test('a lock that is no line of text is one, and is not read for ever', { skip: noLinks }, async (t) => {
  const folder = await paused(t);
  const lock = join(folder, 'lock-3');
  const busy = {
    code: 'ERR_CHECKPOINT',
    message: /in use by a process that its lock does not name; .*remove .*lock-3/,
  };
  for (const make of [
    () => symlinkSync('/dev/zero', lock),
    () => execFileSync('mkfifo', [lock]),
    () => writeFileSync(lock, 'x'.repeat(1e6)),
  ]) {
    make();
    await t.rejects(resumeTraining(folder, dataset), busy);
    rmSync(lock);
  }
  const whole = ensembleToBytes(await trainEnsemble(dataset, OPTIONS));
  t.same(ensembleToBytes(await resumeTraining(folder, dataset)), whole);
});

t.test('what is no file in the place of one is refused, or passed over', { skip: noLinks }, async (t) => {
  const folder = await paused(t);
  execFileSync('mkfifo', [join(folder, 'state-5')]);
  t.same((await readCheckpoint(folder)).finished, [0]);
  for (const name of ['journal', 'training']) {
    const bytes = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    symlinkSync('/dev/zero', join(folder, name));
    await t.rejects(readCheckpoint(folder), { code: /^ERR_(?:CHECKPOINT|FILE)$/ });
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), bytes);
  }
});
