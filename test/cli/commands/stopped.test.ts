// Ctrl-C during what is only measured: the status of the signal, and a word that nothing is kept.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
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
