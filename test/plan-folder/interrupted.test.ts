// Members of a plan that are stopped in the middle go on from where they rest, in another process or on another host, and come to
// the same bytes; what is kept of them and cannot be used costs time and nothing else.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { collectPlan } from '../../src/plan-folder/collect-plan.js';
import { trainPlanned } from '../../src/plan-folder/train-planned.js';
import { writePlan } from '../../src/plan-folder/write-plan.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import type { JobHooks } from '../../src/training/session/job.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import type { Session } from '../../src/training/session/session.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';

const classes = clusters(60, 4, 2);
const BASE = {
  hidden: [5],
  seed: 8,
  earlyStopping: 'none',
  batchSize: 16,
} as const satisfies TrainingOptions;

const KINDS = {
  'a long member': [classes, { ...BASE, members: 2, epochs: 12 }],
  snapshots: [classes, { ...BASE, members: 3, epochs: 12, snapshots: 3 }],
  'tied in rounds': [classes, { ...BASE, members: 3, epochs: 6, tie: 0.05 }],
  'tied exactly': [classes, { ...BASE, members: 3, epochs: 6, tie: 0.05, tyingMode: 'exact' }],
  'reseeded snapshots': [
    linear(60, 5, 1),
    {
      ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none', snapshots: 2 },
      ...{ activation: 'relu', resample: 'bootstrap' },
      ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict', onDivergence: 'reseed' },
    },
  ],
} as const satisfies Record<string, readonly [typeof classes, TrainingOptions]>;

const bytesOf = async (ensemble: TrainedEnsemble) => Buffer.from(await ensembleToBytes(ensemble));

/** A runner that calls back after so many epochs of any members, and counts all of them. */
function counting(epochs: number, call: () => void) {
  const counts = { epochs: 0 };
  const inline = createInlineRunner();
  const open = () => {
    const session = inline.open();
    const onEpochEnd = async () => {
      if (++counts.epochs === epochs) call();
      return undefined;
    };
    const run: Session['run'] = (job, hooks: JobHooks, signal) =>
      session.run(job, { ...hooks, onEpochEnd }, signal);
    return new Proxy(session, {
      get(_target, name: keyof Session) {
        return name === 'run' ? run : (session[name] as () => unknown).bind(session);
      },
    });
  };
  const runner: MemberRunner = { threads: 1, open };
  return { runner, counts };
}

/** Trains what is left, for so many epochs. @returns how many were trained, and whether it was stopped. */
async function trainFor(folder: string, epochs: number) {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const { runner, counts } = counting(epochs, () => stop.abort(reason));
  const stopped = await trainPlanned(folder, { runner, signal: stop.signal }).then(
    () => false,
    (error) => {
      if (error !== reason) throw error;
      return true;
    },
  );
  return { epochs: counts.epochs, stopped };
}

async function planned(t: Test, [dataset, options]: (typeof KINDS)[keyof typeof KINDS]): Promise<string> {
  const folder = join(t.testdir({}), 'plan');
  await writePlan(folder, dataset, options);
  return folder;
}

const sameFile = async (folder: string, whole: Buffer) =>
  (await bytesOf((await collectPlan(folder)).ensemble)).equals(whole);

for (const [name, kind] of Object.entries(KINDS)) {
  t.test(`stopped again and again: ${name}`, async (t) => {
    const { runner, counts } = counting(Number.POSITIVE_INFINITY, () => undefined);
    const whole = await bytesOf(await trainEnsemble(kind[0], kind[1], { runner }));
    for (const every of [1, 4]) {
      const folder = await planned(t, kind);
      let [stops, epochs] = [0, 0];
      for (;;) {
        const part = await trainFor(folder, every);
        epochs += part.epochs;
        if (!part.stopped) break;
        stops++;
      }
      t.ok(stops > 1, `${stops} stops`);
      if (name !== 'reseeded snapshots') t.equal(epochs, counts.epochs, 'no epoch was trained twice');
      t.ok(await sameFile(folder, whole), `stopped after every ${every}`);
      t.strictSame(await readdir(join(folder, 'states')), [], 'nothing is left of where they rested');
    }
  });
}

t.test('a state that is damaged, or does not fit what was delivered, is not used', async (t) => {
  for (const name of ['snapshots', 'tied in rounds'] as const) {
    const whole = await bytesOf(await trainEnsemble(KINDS[name][0], KINDS[name][1]));
    const damage: Record<string, (folder: string) => Promise<void>> = {
      'a bit': async (folder) => {
        const bytes = await readFile(join(folder, 'states', '0'));
        bytes[bytes.length - 3]! ^= 1;
        await writeFile(join(folder, 'states', '0'), bytes);
      },
      'cut short': async (folder) => {
        const bytes = await readFile(join(folder, 'states', '0'));
        await writeFile(join(folder, 'states', '0'), bytes.subarray(0, 40));
      },
      'without what was delivered': (folder) => rm(join(folder, 'states', '0-part'), { force: true }),
      'with another’s': async (folder) => {
        await writeFile(join(folder, 'states', '0-part'), 'foreign');
      },
    };
    for (const [how, act] of Object.entries(damage)) {
      const folder = await planned(t, KINDS[name]);
      t.ok((await trainFor(folder, 6)).stopped);
      await act(folder);
      await trainPlanned(folder);
      t.ok(await sameFile(folder, whole), `${name}: ${how}`);
    }
  }
});
