// A member's arena is held against its slot before anything is written to it.

import t from 'tap';
import { bindExecutor } from '../../../src/kernels/bound-executor.js';
import { layOutTraining, takeMemory } from '../../../src/training/local/training-memory.js';
import { listRuns } from '../../../src/training/plan/runs.js';
import { trainMember } from '../../../src/training/thread/train-member.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const dataset = clusters(60, 4, 2);

t.test('a member that needs more than its slot is refused, and its neighbour is left alone', async (t) => {
  const { plan } = await trainEnsemble(dataset, { members: 1, hidden: [6], epochs: 1, seed: 1 });
  const { share: training } = takeMemory(
    layOutTraining(
      { dataset, plan, runs: [...listRuns(plan), ...listRuns(plan)], groups: [] },
      { threads: 2 },
    ),
  );
  const { layout, memory } = training;
  const arenaBytes = 64 * Math.floor(layout.arenaBytes / 128);
  const neighbour = new Uint8Array(memory.buffer, layout.arenas + arenaBytes, 64).fill(7);
  const place = { kind: 'member', spec: plan.members[0]!, member: 0, slot: 0 } as const;
  const small = { ...training, layout: { ...layout, arenaBytes } };
  const job = { ...place, training: small, from: null, until: 1, anchor: null, state: null };
  const outcome = await trainMember(job, bindExecutor(training.executor, memory)).catch((error) => ({
    error,
  }));
  t.match(outcome, {
    error: { code: 'ERR_INTERNAL', message: new RegExp(`member 0 .* ${arenaBytes} bytes`) },
  });
  t.ok(neighbour.every((byte) => byte === 7));
});
