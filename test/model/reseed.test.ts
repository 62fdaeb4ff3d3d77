// Streams drawn anew: of whom, from what, and that they meet nobody else's.

import t from 'tap';
import { reseededStreams } from '../../src/model/reseed.js';
import { type MemberStreams, SOURCES } from '../../src/model/spec.js';
import { type PlanContext, resolvePlan, type TrainingOptions } from '../../src/training/options/options.js';

const CONTEXT: PlanContext = {
  task: { kind: 'regression', targets: ['y'] },
  ...{ features: 2, seed: 7, arithmetic: 'strict' },
};
const planOf = (options: TrainingOptions, seed = 7) => resolvePlan(options, { ...CONTEXT, seed });

t.test('they follow from seed, member and count alone, and differ in each', async (t) => {
  const plan = planOf({ members: 4 });
  const drawn = reseededStreams(plan, 2, 1)!;
  t.same(reseededStreams(planOf({ members: 9, epochs: 3 }), 2, 1), drawn);
  t.equal(drawn.reseeds, 1);
  const all: MemberStreams[] = [drawn];
  for (const other of [
    reseededStreams(plan, 2, 2),
    reseededStreams(plan, 1, 1),
    reseededStreams(planOf({}, 8), 2, 1),
  ])
    all.push(other!);
  for (const source of SOURCES) {
    t.equal(new Set(all.map((streams) => streams[source])).size, 4, source);
    t.ok(all.every((streams) => streams[source] >= 2 ** 31 && streams[source] < 2 ** 32));
  }
});

t.test('the numbers are what they always were', async (t) => {
  t.same(reseededStreams(planOf({ members: 2 }), 1, 1), {
    ...{ resample: 3877024935, init: 3466508090, order: 2934325166, masks: 2630899422, reseeds: 1 },
  });
});

t.test('what members share stays shared, the first member told by the others', async (t) => {
  const plan = planOf({ members: 3, vary: ['init'] });
  for (const member of [0, 2]) {
    const { init, ...shared } = reseededStreams(plan, member, 1)!;
    t.same(shared, { resample: 0, order: 0, masks: 0, reseeds: 1 });
    t.ok(init >= 2 ** 31);
  }
  t.equal(reseededStreams(planOf({ members: 3, vary: [] }), 1, 1), null);
});

t.test('of a single run all sources vary, snapshots or not', async (t) => {
  for (const options of [{ members: 1 }, { members: 1, snapshots: 3 }]) {
    const drawn = reseededStreams(planOf(options), 0, 1)!;
    for (const source of SOURCES) t.ok(drawn[source] >= 2 ** 31, source);
  }
});
