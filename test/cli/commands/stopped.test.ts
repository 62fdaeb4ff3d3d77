// Ctrl-C during what is only measured: the status of the signal, and a word that nothing is kept. And during a search, which keeps what
// it has.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { learnerOf } from '../../support/learners.js';
import { classCsv, tuttiProcess } from '../support.js';

const cwd = t.testdir({
  'data.csv': classCsv(),
  // Says that it is asked, and takes its time to answer: the signal comes meanwhile.
  'slow.mjs': learnerOf({
    predict: `async (model, x, rows) => {
  if (process.env.SLOWLY !== undefined) {
    process.stderr.write('asked\\n');
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  return new Float32Array(2 * rows).fill(0.5);
}`,
  }),
});
const train = ['train', 'data.csv', '--target', 'label', '--learner', './slow.mjs', '--members', '2'];
const trained = await tuttiProcess([...train, '--seed', '1', '--threads', '1', '--out', 'slow.tutti'], {
  cwd,
});
t.equal(trained.status, 0, trained.stderr);

for (const args of [
  ['report', 'slow.tutti', 'data.csv', '--out', 'report.html'],
  ['leaderboard', 'slow.tutti', 'data.csv'],
  ['compare', 'slow.tutti', 'slow.tutti', 'data.csv'],
]) {
  t.test(`Ctrl-C stops tutti ${args[0]}, which says so`, async (t) => {
    let stopped = false;
    const { status, stdout, stderr } = await tuttiProcess([...args, '--allow-modules', './slow.mjs'], {
      cwd,
      env: { SLOWLY: 'yes' },
      onStderr: (text, kill) => {
        if (stopped || !text.includes('asked')) return;
        stopped = true;
        kill('SIGINT');
      },
    });
    t.equal(status, 130, stderr);
    t.match(stderr, /\nStopped: nothing is kept\.\n$/);
    t.equal(stdout, '');
    t.notOk(existsSync(join(cwd, 'report.html')));
  });
}

t.test('Ctrl-C ends tutti auto, which saves what there is', async (t) => {
  const search = ['--time', '1h', '--wave-patience', '50000', '--folds', '3', '--engine', 'wasm'];
  const quick = ['--hidden', '4', '--epochs', '4', '--seed', '1', '--threads', '1'];
  const args = ['auto', 'data.csv', '--target', 'label', ...search, ...quick, '--out', 'part.tutti'];
  let stopped = false;
  const { status, stdout, stderr } = await tuttiProcess(args, {
    cwd,
    onStderr: (text, kill) => {
      if (stopped || !/\d+\/[\d ]+ members/.test(text)) return;
      stopped = true;
      kill('SIGINT');
    },
  });
  t.equal(status, 130, stderr);
  t.match(stderr, /\nStopping; Ctrl-C again ends at once\.\n/);
  t.match(
    stderr,
    /\nInterrupted with (\d+) of \1 members finished; saved them to part\.tutti, unmeasured\n$/,
  );
  t.match(stdout, /on all 3 folds, \d+ given up before; it was interrupted\nChosen: /);
  t.ok((await loadEnsemble(join(cwd, 'part.tutti'))).members.length >= 3);
});
