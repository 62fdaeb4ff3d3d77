// Members measured as they arrive: what it comes to, on which rows, and that it costs nothing while nobody looks.

import { join } from 'node:path';
import t from 'tap';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { Arrivals } from '../../src/live/arrivals.js';
import type { RunArrivals } from '../../src/live/client/protocol.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';
import { CENTROIDS } from '../support/learners.js';

const train = clusters(150, 4, 3);
const test = clusters(40, 4, 3);
const OPTIONS: TrainingOptions = { members: 6, hidden: [8], epochs: 8, seed: 2, earlyStopping: 'none' };

/** Tells arrivals of all members, and waits until all are measured. */
async function arrive(
  dataset: typeof train,
  options: TrainingOptions,
  heldOut: typeof test | null = null,
): Promise<{
  readonly state: RunArrivals | string | null;
  readonly ensemble: Awaited<ReturnType<typeof trainEnsemble>>;
}> {
  const ensemble = await trainEnsemble(dataset, options);
  let left = ensemble.members.length;
  let done: () => void;
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  const arrivals = new Arrivals({
    ...{ plan: ensemble.plan, train: dataset, test: heldOut, isWatched: () => true },
    changed: () => {
      if (--left === 0 || typeof arrivals.state === 'string') done();
    },
  });
  // Its own timers do not keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  for (const member of ensemble.members) arrivals.add(member);
  if (typeof arrivals.state !== 'string') await finished;
  clearInterval(alive);
  await arrivals.end();
  return { state: arrivals.state, ensemble };
}

for (const [name, dataset, options] of [
  ['classes', train, OPTIONS],
  ['numbers', linear(150, 4, 1), OPTIONS],
  ['neighbours', train, { ...OPTIONS, members: [{}, {}, { engine: 'neighbours', neighbours: 3 }] }],
  ['members that stop early', train, { ...OPTIONS, earlyStopping: 'outOfBag', patience: 2 }],
] as const) {
  t.test(`${name}: what they come to is what is measured in the end`, async (t) => {
    const { state, ensemble } = await arrive(dataset, options);
    const arrivals = state as RunArrivals;
    const { errorCorrelation, ensemble: scores } = (await evaluateOutOfBag(ensemble, dataset))!;
    const last = arrivals.points.at(-1)!;
    t.match(arrivals, {
      rowsFrom: 'outOfBag',
      totalRows: 150,
      rows: 150,
      planned: ensemble.plan.members.length,
    });
    t.equal(arrivals.points.length, ensemble.members.length);
    const near = (got: number | null, wanted: number, what: string) =>
      t.ok(Math.abs(got! - wanted) <= 1e-6 * Math.abs(wanted), `${what}: ${got} and ${wanted}`);
    near(last.squaredError, errorCorrelation.measured, 'the error of the mean');
    near(arrivals.v, errorCorrelation.meanMember, 'v');
    t.ok(Math.abs(arrivals.c! / errorCorrelation.c! - 1) < 0.5, `c: ${arrivals.c} and ${errorCorrelation.c}`);
    if (last.errorRate === null) near(last.rmse, Math.sqrt(errorCorrelation.measured), 'RMSE');
    if (last.errorRate !== null) near(1 - last.errorRate, scores!.accuracy as number, 'accuracy');
  });
}

t.test('members that leave no row out are measured on rows held out, if there are any', async (t) => {
  const options = { ...OPTIONS, resample: 'none' } as const;
  const { state, ensemble } = await arrive(train, options, test);
  const arrivals = state as RunArrivals;
  const { errorCorrelation } = await evaluateEnsemble(ensemble, test, { curves: false });
  t.equal(arrivals.rowsFrom, 'heldOut');
  t.same(
    arrivals.points.map(({ averaged }) => Math.round(averaged)),
    [1, 2, 3, 4, 5, 6],
  );
  t.ok(Math.abs(arrivals.points.at(-1)!.squaredError - errorCorrelation.measured) < 1e-6);
  t.match((await arrive(train, options)).state, /No member leaves a row out/);
});

t.test('of many rows some stand for all', async (t) => {
  const many = clusters(5000, 4, 3);
  const { state, ensemble } = await arrive(many, { ...OPTIONS, members: 3, epochs: 2 });
  const arrivals = state as RunArrivals;
  t.match(arrivals, { rows: 2048, totalRows: 5000 });
  const { errorCorrelation } = (await evaluateOutOfBag(ensemble, many))!;
  // 2048 of them: a standard error of a few hundredths.
  t.ok(Math.abs(arrivals.v / errorCorrelation.v - 1) < 0.15);
});

t.test('a user’s modules are not run beside the training', async (t) => {
  const learner = join(t.testdir({ 'learner.mjs': CENTROIDS }), 'learner.mjs');
  const { state } = await arrive(train, { members: 2, seed: 1, learner });
  t.match(state, /modules of yours/);
});

t.test('nothing is predicted while nobody looks, and all of it as soon as somebody does', async (t) => {
  const ensemble = await trainEnsemble(train, OPTIONS);
  let watched = false;
  let points = 0;
  const arrivals = new Arrivals({
    ...{ plan: ensemble.plan, train, test: null, isWatched: () => watched },
    changed: () => points++,
  });
  for (const member of ensemble.members) arrivals.add(member);
  await new Promise((resolve) => setTimeout(resolve, 60));
  t.equal(points, 0);
  watched = true;
  arrivals.wake();
  while (points < ensemble.members.length) await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal((arrivals.state as RunArrivals).points.length, ensemble.members.length);
  await arrivals.end();
});

t.test('its end waits for no rest', async (t) => {
  const ensemble = await trainEnsemble(train, OPTIONS);
  const arrivals = new Arrivals({
    ...{ plan: ensemble.plan, train, test: null, isWatched: () => true },
    changed: () => void arrivals.end(),
  });
  for (const member of ensemble.members) arrivals.add(member);
  const alive = setInterval(() => undefined, 1000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await arrivals.end();
  clearInterval(alive);
  t.ok((arrivals.state as RunArrivals).points.length < ensemble.members.length);
});
