// What a worker makes of tasks: the bytes of local threads, whatever the members are and however many hosts share them.

import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import type { FailedMember } from '../../../src/ensemble/ensemble.js';
import { createInlineRunner, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { queueRunner } from '../../support/queue-runner.js';
import { eventsOf, SECRET, startCluster } from './support.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 5, hidden: [8], epochs: 3, learningRate: 0.001, seed: 11 };

const KINDS: Readonly<Record<string, TrainingOptions>> = {
  plain: OPTIONS,
  'that stop early': { ...OPTIONS, epochs: 12, earlyStopping: 'outOfBag' },
  snapshots: { ...OPTIONS, members: 6, epochs: 6, snapshots: 3 },
  'tied in rounds': { ...OPTIONS, members: 3, tie: 0.01, tyingMode: 'rounds' },
  'tied exactly': { ...OPTIONS, members: 3, tie: 0.01, tyingMode: 'exact' },
  'of neighbours': { members: 4, engine: 'neighbours', seed: 3 },
  'one of which diverges, however often it begins again': {
    ...OPTIONS,
    members: [{}, { learningRate: 1e60 }, {}],
    onDivergence: 'reseed',
    reseeds: 2,
  },
};

for (const [kind, options] of Object.entries(KINDS)) {
  t.test(`members ${kind} have the same bytes from two hosts as from this thread`, async (t) => {
    const local = await trainEnsemble(dataset, options, { runner: createInlineRunner() });
    await using cluster = startCluster();
    await cluster.start({ host: 'a', threads: 1 });
    await cluster.start({ host: 'b', threads: 1 });
    const runner = queueRunner({ ...cluster, secret: SECRET });
    const there = await trainEnsemble(dataset, options, { runner });
    t.equal(contentHash(there), contentHash(local));
    t.same(there.failures.map(withoutStack), local.failures.map(withoutStack));
    const hosts = [...new Set(runner.results.map(({ host }) => host))].sort();
    // A group in lockstep is one task.
    t.same(hosts, options.tyingMode === 'exact' ? ['a'] : ['a', 'b']);
    t.equal(eventsOf(cluster.events, 'refused').length, 0);
  });
}

/** Which has the paths of whoever threw it. */
function withoutStack({ index, error: { code, message, details } }: FailedMember) {
  return { index, code, message, details };
}
