// Whatever is awaited takes a signal: aborted before the call it does nothing, aborted midway it ends, both with the
// signal's reason.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import * as tutti from '../src/index.js';
import { betweenBlocks } from '../src/long-calls.js';
import { clusters } from './support/datasets.js';

const dataset = clusters(1500, 6, 3);
const PLAN = { members: 4, hidden: [6], epochs: 2, seed: 1 };
const runner = tutti.createInlineRunner();
const ensemble = await tutti.trainEnsemble(dataset, PLAN, { runner });
const conformal = await tutti.conformaliseEnsemble(ensemble, dataset);
const dropout = await tutti.trainEnsemble(dataset, { ...PLAN, hiddenKeep: 0.8 }, { runner });
const folder = t.testdir({});
const file = join(folder, 'saved.tutti');
await tutti.saveEnsemble(ensemble, file);
const predictor = await tutti.createPredictor(ensemble);
t.teardown(() => predictor.dispose());

/** Enough to be under way when it is stopped. */
const LONG = { ...PLAN, epochs: 10_000, earlyStopping: 'none' } as const;
const epsilons = [0.1];
const ROWS = Array.from({ length: 40 }, (_, i) => ({ x: i, y: 2 * i + (i % 3) }));

const kept = join(t.testdirName, '..', 'long-calls-checkpoint');
rmSync(kept, { recursive: true, force: true });
t.teardown(() => rmSync(kept, { recursive: true, force: true }));
const stopped = { runner, checkpoint: { folder: kept }, signal: AbortSignal.timeout(50) };
await tutti.trainEnsemble(dataset, LONG, stopped).catch(() => undefined);

const planned = join(t.testdirName, '..', 'long-calls-plan');
const unplanned = join(t.testdirName, '..', 'long-calls-no-plan');
for (const path of [planned, unplanned]) {
  rmSync(path, { recursive: true, force: true });
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
}
await tutti.writePlan(planned, dataset, LONG);

/** Calls by the name of the exported function; `predictor.predict` is a function of what one returns. */
const CALLS: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
  autoEnsemble: (signal) => tutti.autoEnsemble(dataset, { members: 5000 }, { signal, runner }),
  attackEnsemble: (signal) => tutti.attackEnsemble(ensemble, dataset, { epsilons, signal }),
  conformaliseEnsemble: (signal) => tutti.conformaliseEnsemble(ensemble, dataset, { signal }),
  measureCoverage: (signal) => tutti.measureCoverage(conformal, dataset, { coverage: 0.9, signal }),
  compareMasks: (signal) => tutti.compareMasks(dropout, dataset, { signal }),
  compareSources: (signal) => tutti.compareSources(dataset, dataset, LONG, { signal, runner }),
  crossValidate: (signal) => tutti.crossValidate(dataset, LONG, { signal, runner }),
  boostEnsemble: (signal) => tutti.boostEnsemble(dataset, { epochs: 10_000, signal, runner }),
  distillEnsemble: (signal) => tutti.distillEnsemble(ensemble, dataset, { epochs: 10_000, signal }),
  refitEnsemble: (signal) => tutti.refitEnsemble(ensemble, dataset, { signal, runner }),
  pruneEnsemble: (signal) => tutti.pruneEnsemble(ensemble, dataset, { members: 2, signal }),
  diagnose: (signal) => tutti.diagnose(ensemble, dataset, { signal }),
  evaluateEnsemble: (signal) => tutti.evaluateEnsemble(ensemble, dataset, { signal }),
  calibrateEnsemble: (signal) => tutti.calibrateEnsemble(ensemble, dataset, { signal }),
  evaluateOutOfBag: (signal) => tutti.evaluateOutOfBag(ensemble, dataset, { signal }),
  exportEnsemble: (signal) => tutti.exportEnsemble(ensemble, { format: 'onnx', signal }),
  extendEnsemble: (signal) => tutti.extendEnsemble(ensemble, dataset, { members: 5000 }, { signal, runner }),
  inspectEnsemble: (signal) => tutti.inspectEnsemble(file, { signal }),
  compareEnsembles: (signal) => tutti.compareEnsembles([ensemble, ensemble], dataset, { signal }),
  leaderboard: (signal) => tutti.leaderboard(ensemble, dataset, { signal }),
  loadData: (signal) => tutti.loadData(ROWS, { target: 'y', signal }),
  loadEnsemble: async (signal) => tutti.loadEnsemble(await tutti.ensembleToBytes(ensemble), { signal }),
  modelCard: (signal) => tutti.modelCard(ensemble, { signal }),
  openTable: (signal) => tutti.openTable(Buffer.from(`a,b\n${'1,2\n'.repeat(300_000)}`), { signal }),
  partialDependence: (signal) => tutti.partialDependence(ensemble, dataset, ['x[0]'], { signal }),
  permutationImportance: (signal) => tutti.permutationImportance(ensemble, dataset, { signal }),
  predictEnsemble: (signal) => tutti.predictEnsemble(ensemble, dataset, { signal }),
  predictMembers: (signal) => tutti.predictMembers(ensemble, dataset, { signal }),
  predictOutOfBag: (signal) => tutti.predictOutOfBag(ensemble, dataset, { signal }),
  predictUncertainty: (signal) => tutti.predictUncertainty(ensemble, dataset, { signal }),
  'predictor.predict': (signal) => predictor.predict(dataset, { signal }),
  predictWithMasks: (signal) => tutti.predictWithMasks(dropout, dataset, { way: 'arithmeticMean', signal }),
  writePlan: (signal) => tutti.writePlan(join(unplanned, 'plan'), dataset, LONG, { signal }),
  readPlan: (signal) => tutti.readPlan(planned, { signal }),
  trainPlanned: (signal) => tutti.trainPlanned(planned, { signal, runner }),
  collectPlan: (signal) => tutti.collectPlan(planned, { signal, missing: 'leave' }),
  readCheckpoint: (signal) => tutti.readCheckpoint(kept, { signal }),
  reportEnsemble: (signal) => tutti.reportEnsemble(ensemble, dataset, { signal }),
  resumeTraining: (signal) => tutti.resumeTraining(kept, dataset, { signal, runner }),
  serveEnsemble: (signal) => tutti.serveEnsemble(ensemble, { port: 0, signal }),
  saveEnsemble: (signal) => tutti.saveEnsemble(ensemble, join(folder, 'new.tutti'), { signal }),
  selectMembers: (signal) => tutti.selectMembers(ensemble, dataset, { signal }),
  startTraining: (signal) => tutti.startTraining(dataset, LONG, { signal, runner }).ensemble,
  trainEnsemble: (signal) => tutti.trainEnsemble(dataset, LONG, { signal, runner }),
};

/** What is awaited and takes none midway, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  toLayersModel: 'one member is copied at once',
  ensembleToBytes: 'bytes are laid out at once',
  createPredictor: 'engines load all members at once; what comes after is ended',
};

t.test('every function that returns a promise takes a signal', async (t) => {
  const doors = tutti;
  const awaited = Object.entries(doors).filter(
    ([, value]) => typeof value === 'function' && value.constructor.name === 'AsyncFunction',
  );
  t.ok(awaited.length > 10);
  for (const [name] of awaited) {
    t.ok(name in CALLS || name in WITHOUT, `${name}: enter it in CALLS, or in WITHOUT with the reason`);
  }
});

for (const [name, call] of Object.entries(CALLS)) {
  t.test(`${name} does nothing when it is aborted before`, async (t) => {
    const reason = new Error('before');
    t.equal(await call(AbortSignal.abort(reason)).catch((error: unknown) => error), reason);
  });

  t.test(`${name} refuses by name what is no signal`, async (t) => {
    await t.rejects(call({ aborted: false } as AbortSignal), { code: 'ERR_OPTION', message: /`signal`/ });
  });

  t.test(`${name} ends when it is aborted midway`, async (t) => {
    const reason = new Error('midway');
    const stop = new AbortController();
    let settled = false;
    const outcome = call(stop.signal)
      .catch((error: unknown) => error)
      .finally(() => {
        settled = true;
      });
    await setImmediate();
    t.notOk(settled, 'it was under way');
    stop.abort(reason);
    t.equal(await outcome, reason);
  });
}

t.test('a file whose writing is stopped is not there, nor what was written of it', async (t) => {
  t.notOk(existsSync(join(folder, 'new.tutti')));
  t.strictSame(readdirSync(folder), ['saved.tutti']);
});

t.test('a predictor goes on after a prediction that was stopped', async (t) => {
  t.equal((await predictor.predict(dataset)).rows, 1500);
});

t.test('the loading of a predictor is stopped', async (t) => {
  const reason = new Error('loading');
  const loading = tutti.createPredictor(ensemble, { signal: AbortSignal.abort(reason) });
  t.equal(await loading.catch((error: unknown) => error), reason);
});

t.test('between blocks the event loop has its turn, and an aborted signal none', async (t) => {
  let turned = false;
  globalThis.setImmediate(() => (turned = true));
  await betweenBlocks(undefined);
  t.ok(turned);
  await t.rejects(betweenBlocks(AbortSignal.abort(new Error('stop'))), { message: 'stop' });
});
