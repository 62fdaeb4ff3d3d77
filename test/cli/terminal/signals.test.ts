// Signals at every stage of a training, sent by real processes to themselves at the very moment: what they end with, and
// what they leave.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { loadEnsemble } from '../../../src/bundle/load.js';
import { learnerOf } from '../../support/learners.js';
import { classCsv, type ProcessOptions, QUICK, tuttiProcess } from '../support.js';

const predict = '(model, x, rows) => new Float32Array(rows * 2).fill(0.5)';
const raise = 'process.kill(process.pid, process.env.RAISE);';
/** Stands still once the signal is sent, so that nothing but the signal ends what comes then. */
const still = 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);';
const cwd = t.testdir({
  'data.csv': classCsv(),
  'importing.mjs': `${raise} ${still}`,
  // A learner's answers are tried as soon as it is fitted; figures are measured once the file is there.
  'predicting.mjs': `import { existsSync } from 'node:fs';
    ${learnerOf({ fit: '() => ({})', predict: `(model, x, rows) => { if (existsSync('out.tutti')) { ${raise} ${still} } return (${predict})(model, x, rows); }` })}`,
  // Loaded before the command: sends signals when a file of an ensemble is about to be synced, which never ends then.
  'saving.mjs': `import { syncBuiltinESMExports } from 'node:module';
    import fs from 'node:fs/promises';
    const open = fs.open;
    const [signal, ...more] = process.env.RAISE.split(' ');
    fs.open = async (path, flags, ...rest) => {
      const file = await open(path, flags, ...rest);
      // That of a folder is synced too.
      if (flags === 'wx') file.sync = () => process.env.HOLD ? new Promise(hold) : raise();
      return file;
    };
    const raise = () => process.kill(process.pid, signal);
    /** The next one, of the same kind perhaps, once the first was heard. */
    function hold() {
      setInterval(() => {}, 1000);
      for (const next of more) process.once(signal, () => process.kill(process.pid, next));
      raise();
    }
    syncBuiltinESMExports();`,
});
const files = readdirSync(cwd).sort();
const TRAIN = ['train', 'data.csv', '--target', 'label', ...QUICK, '--out', 'out.tutti'];
const preload = `--import=${pathToFileURL(join(cwd, 'saving.mjs'))}`;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;

const run = (args: readonly string[], env: NonNullable<ProcessOptions['env']>) =>
  tuttiProcess(args, { cwd, env });

for (const [signal, status] of Object.entries(SIGNALS)) {
  t.test(`${signal} while a module is tried, before there is a training`, async (t) => {
    rmSync(join(cwd, 'out.tutti'), { force: true });
    const args = [...TRAIN.slice(0, 4), '--learner', 'importing.mjs', '--members', '1', '--out', 'out.tutti'];
    const result = await run(args, { RAISE: signal });
    t.equal(result.status, status);
    t.same(readdirSync(cwd).sort(), files, 'no file');
  });

  t.test(`${signal} while an ensemble is saved: the file is finished, and nothing measured`, async (t) => {
    const result = await run(TRAIN, { RAISE: signal, NODE_OPTIONS: preload });
    t.equal(result.status, status);
    t.match(result.stderr, /Interrupted with 3 of 3 members finished; saved them to out\.tutti, unmeasured/);
    t.equal((await loadEnsemble(join(cwd, 'out.tutti'))).complete, true);
    t.same(readdirSync(cwd).sort(), [...files, 'out.tutti'].sort(), 'and no temporary file');
    t.notMatch(result.stdout, /out of bag/);
  });

  t.test(`${signal} twice while an ensemble is saved: at once, without a temporary file`, async (t) => {
    const result = await run(TRAIN, { RAISE: `${signal} ${signal}`, HOLD: '1', NODE_OPTIONS: preload });
    t.equal(result.status, status);
    t.same(readdirSync(cwd).sort(), [...files, 'out.tutti'].sort(), 'the former file is there');
    await loadEnsemble(join(cwd, 'out.tutti'));
  });

  t.test(`${signal} while figures are measured: at once, and the file is there`, async (t) => {
    rmSync(join(cwd, 'out.tutti'), { force: true });
    const args = [
      ...TRAIN.slice(0, 4),
      '--learner',
      'predicting.mjs',
      '--members',
      '1',
      '--out',
      'out.tutti',
    ];
    const result = await run(args, { RAISE: signal });
    t.equal(result.status, status);
    t.equal((await loadEnsemble(join(cwd, 'out.tutti'))).members.length, 1);
    t.same(readdirSync(cwd).sort(), [...files, 'out.tutti'].sort());
  });

  t.test(`${signal} while a table of predictions is written: no part of it stays`, async (t) => {
    await tuttiProcess(TRAIN, { cwd });
    const args = ['predict', 'out.tutti', 'data.csv', '--out', 'predictions.csv'];
    const result = await run(args, { RAISE: signal, HOLD: '1', NODE_OPTIONS: preload });
    t.equal(result.status, status);
    t.same(readdirSync(cwd).sort(), [...files, 'out.tutti'].sort());
  });
}
