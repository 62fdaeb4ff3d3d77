// tfjs members in processes of their own: the bytes that they have on threads, and models that crash cost a retry.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPool, type EpochEvent, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { listsProcesses, processesOf } from '../../support/processes.js';
import { DENSE, tensorFlowOrSkip } from '../../support/tfjs.js';

const dataset = clusters(90, 6, 3);
const tf = await tensorFlowOrSkip(t);
if (tf !== null) {
  const folder = t.testdir({ 'dense.mjs': DENSE });
  const model = join(folder, 'dense.mjs');
  const pool = createPool({ threads: 2, isolate: 'process' });
  t.teardown(() => pool.close());

  let modules = 0;
  /** A model that is built so often before this is done. */
  const modelThat = (does: string, before: number) => {
    const path = join(folder, `own-${++modules}.mjs`);
    const builds = JSON.stringify(`${path}.builds`);
    writeFileSync(
      path,
      `import { appendFileSync, existsSync, statSync } from 'node:fs';
import build from './dense.mjs';
export default async (context) => {
  const built = existsSync(${builds}) ? statSync(${builds}).size : 0;
  appendFileSync(${builds}, '.');
  if (built === ${before}) { ${does} }
  return build(context);
};`,
    );
    return path;
  };

  t.test('members have the bytes that they have on threads, and callbacks decide the same', async (t) => {
    const members = [{ engine: 'tfjs' as const, model }, { hidden: [4] }, { engine: 'tfjs' as const, model }];
    const options = { seed: 3, epochs: 4, earlyStopping: 'validation' as const, patience: 2, members };
    const onEpochEnd = ({ epoch }: EpochEvent) => (epoch === 2 ? { learningRate: 0.01 } : undefined);
    await using threads = createPool({ threads: 2 });
    const there = await trainEnsemble(dataset, options, { onEpochEnd, runner: threads });
    const apart = await trainEnsemble(dataset, options, { onEpochEnd, runner: pool });
    t.same(there.failures, []);
    t.equal(apart.contentHash(), there.contentHash());
    t.same(
      apart.members.map(({ history }) => history),
      there.members.map(({ history }) => history),
    );
    if (listsProcesses) t.same(processesOf('trial'), [], 'none is left of those that tried the model');
  });

  t.test('a network in place of a model is the same', async (t) => {
    const options = { seed: 3, epochs: 2, members: 2, engine: 'wasm' as const, model };
    const there = await trainEnsemble(dataset, options);
    t.equal((await trainEnsemble(dataset, options, { runner: pool })).contentHash(), there.contentHash());
  });

  t.test('a model that crashes as it is tried is one error', async (t) => {
    const crashing = modelThat("process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});", 0);
    await t.rejects(
      trainEnsemble(dataset, { engine: 'tfjs', model: crashing, members: 2, epochs: 2 }, { runner: pool }),
      {
        code: 'ERR_MODULE',
        message: /^Member 0: the module .* ended its process in building its model \(signal SIGSEGV\)/,
      },
    );
  });

  t.test('one that crashes in training costs a retry', async (t) => {
    const abort = modelThat('process.abort();', 1);
    const ensemble = await trainEnsemble(
      dataset,
      { engine: 'tfjs', model: abort, members: 2, epochs: 2, seed: 1 },
      { runner: pool },
    );
    t.same(ensemble.failures, []);
    const sound = await trainEnsemble(
      dataset,
      { engine: 'tfjs', model: abort, members: 2, epochs: 2, seed: 1 },
      { runner: pool },
    );
    t.equal(ensemble.contentHash(), sound.contentHash());
  });
}
