// A task that another host had before: whoever takes it up goes on from where that one was, and answers as if it had
// trained all of it.

import t from 'tap';
import { getBytes, putBytes } from '../../../src/blobs/pieces.js';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { packHanded, unpackHanded } from '../../../src/cluster/messages/handed.js';
import { jobOf } from '../../../src/cluster/messages/jobs.js';
import { openTask } from '../../../src/cluster/messages/queued-task.js';
import { sealProgress } from '../../../src/cluster/messages/reports.js';
import type { Task } from '../../../src/cluster/messages/task.js';
import type { Delivery, Handled } from '../../../src/cluster/queue/task-queue.js';
import type { EnsemblePlan } from '../../../src/index.js';
import { createInlineRunner, type TrainingOptions, trainEnsemble } from '../../../src/index.js';
import { listRuns } from '../../../src/training/plan/runs.js';
import { listGroups } from '../../../src/training/plan/tying.js';
import type { HandedMember } from '../../../src/training/session/job.js';
import type { PlannedTraining } from '../../../src/training/session/session.js';
import { clusters } from '../../support/datasets.js';
import { queueRunner } from '../../support/queue-runner.js';
import { type Cluster, eventsOf, SECRET, startCluster } from './support.js';

const dataset = clusters(90, 6, 3);
const OPTIONS = { members: 3, hidden: [8], epochs: 6, learningRate: 0.001, seed: 11 };
const NEVER_ENDS = { ...OPTIONS, epochs: 1_000_000, earlyStopping: 'none' as const };

/** A host that trains the first task that it gets to an epoch, hands it over, and is lost. */
function loseAHost(
  { queue, store }: Cluster,
  planned: () => EnsemblePlan,
  epoch: number,
  spoil: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Promise<void> {
  const receiver = queue.receiver();
  let isLost = () => {};
  const lost = new Promise<void>((resolve) => (isLost = resolve));
  const handle = async (delivery: Delivery): Promise<Handled> => {
    const { task } = await openTask(SECRET, delivery);
    const bytes = packHanded(await handedAfter(task, planned(), epoch, (digest) => getBytes(store, digest)));
    const handed = await putBytes(store, spoil(bytes));
    const told = { host: 'lost', member: 0, epoch, epochs: 6, loss: 0.1, share: 0.5, handed, refused: null };
    await delivery.report(sealProgress(SECRET, delivery.id, told));
    await receiver.close();
    isLost();
    return { as: 'returned', delayMs: 0 };
  };
  receiver.start(1, handle);
  return lost;
}

/** The members of a task as a local session hands them over. */
async function handedAfter(
  task: Task,
  plan: EnsemblePlan,
  epoch: number,
  get: (digest: string) => Promise<Uint8Array>,
) {
  const runs = listRuns(plan);
  const training: PlannedTraining = { dataset, plan, runs, groups: listGroups(runs, dataset, plan.seed) };
  const session = createInlineRunner().open();
  await session.prepare(training);
  session.want(0, epoch);
  let handed: readonly (HandedMember | null)[] | null = null;
  const onHandOver = (members: readonly (HandedMember | null)[]) => {
    handed ??= structuredClone(members) as typeof members;
  };
  await session.run(await jobOf(task, training, get, 0), { onHandOver }, new AbortController().signal);
  session.close();
  return handed!;
}

const KINDS: Readonly<Record<string, TrainingOptions>> = {
  plain: OPTIONS,
  'that stop early': { ...OPTIONS, epochs: 30, earlyStopping: 'outOfBag' },
  snapshots: { ...OPTIONS, epochs: 18, snapshots: 3 },
  'tied exactly': { ...OPTIONS, tie: 0.01, tyingMode: 'exact' },
};

for (const [kind, options] of Object.entries(KINDS)) {
  t.test(`members ${kind} that a lost host handed over have the same bytes`, async (t) => {
    const local = await trainEnsemble(dataset, options, { runner: createInlineRunner() });
    await using cluster = startCluster();
    const lost = loseAHost(cluster, () => local.plan, 2);
    const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
    const training = trainEnsemble(dataset, options, { runner });
    await lost;
    await cluster.start();
    t.equal(contentHash(await training), contentHash(local));
    const [first, ...others] = eventsOf(cluster.events, 'taken').map(({ fromEpoch }) => fromEpoch);
    t.equal(first, 2);
    t.ok(others.every((epoch) => epoch === null));
  });
}

t.test('what was handed over and is damaged costs the way to it, and no byte', async (t) => {
  const local = await trainEnsemble(dataset, OPTIONS, { runner: createInlineRunner() });
  for (const spoil of [(bytes: Uint8Array) => bytes.subarray(0, -4), () => new Uint8Array(9)]) {
    await using cluster = startCluster();
    const lost = loseAHost(cluster, () => local.plan, 2, spoil);
    const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
    const training = trainEnsemble(dataset, OPTIONS, { runner });
    await lost;
    await cluster.start();
    t.equal(contentHash(await training), contentHash(local));
    t.ok(eventsOf(cluster.events, 'taken').every(({ fromEpoch }) => fromEpoch === null));
  }
});

t.test('a host that is drained hands its members over with their epoch and gives them back', async (t) => {
  await using cluster = startCluster();
  const worker = await cluster.start({ host: 'a', threads: 2 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 3 });
  const end = new AbortController();
  const training = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: end.signal });
  training.catch(() => {});
  await runner.until(({ share }) => share > 0);
  await worker.drain();
  const returned = eventsOf(cluster.events, 'returned');
  t.equal(returned.length, 3);
  t.ok(returned.every(({ why }) => why === 'drained'));
  t.equal(returned.filter(({ epoch }) => epoch !== null && epoch >= 1).length, 2);
  t.equal(cluster.events.at(-1)!.kind, 'ended');

  const next = await cluster.start({ host: 'b', threads: 3 });
  const gone = new Set<number>();
  const later = await runner.until(
    ({ host, member, handed }) => host === 'b' && handed !== null && gone.add(member).size === 2,
  );
  t.ok(later.epoch >= 1);
  const taken = eventsOf(cluster.events, 'taken').filter(({ fromEpoch }) => fromEpoch !== null);
  t.equal(taken.length, 2);
  t.same(taken.map(({ fromEpoch }) => fromEpoch).sort(), returned.flatMap(({ epoch }) => epoch ?? []).sort());
  end.abort();
  await t.rejects(training);
  await next.close();
});

t.test('what does not end its epoch within the grace is given up and given back', async (t) => {
  await using cluster = startCluster();
  const worker = await cluster.start({ threads: 1, graceMs: 0 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1 });
  const end = new AbortController();
  const training = trainEnsemble(dataset, NEVER_ENDS, { runner, signal: end.signal });
  training.catch(() => {});
  await runner.until(({ share }) => share > 0);
  await worker.drain();
  t.same(
    eventsOf(cluster.events, 'returned').map(({ why }) => why),
    ['drained'],
  );
  end.abort();
  await t.rejects(training);
});

t.test('members are handed over as often as the task says, each with all its epochs', async (t) => {
  await using cluster = startCluster();
  await cluster.start({ threads: 1 });
  const runner = queueRunner({ ...cluster, secret: SECRET, slots: 1, handOvers: { epochs: 3 } });
  const end = new AbortController();
  let plan: EnsemblePlan | null = null;
  const training = trainEnsemble(
    dataset,
    { ...NEVER_ENDS, members: 1 },
    { runner, signal: end.signal, onPlan: (planned) => (plan = planned.plan) },
  );
  training.catch(() => {});
  const first = await runner.until(({ handed }) => handed !== null);
  const second = await runner.until(({ handed }) => handed !== null && handed !== first.handed);
  const runs = listRuns(plan!);
  const planned: PlannedTraining = { dataset, plan: plan!, runs, groups: [] };
  const get = (digest: string) => getBytes(cluster.store, digest);
  const job = await jobOf(runner.tasks[0]!, planned, get, 0);
  let before = 0;
  for (const { handed } of [first, second]) {
    const [member] = await unpackHanded(await get(handed!), job, planned, 'a');
    const { epoch } = member!.progress;
    t.ok(epoch >= before + 3);
    t.same(
      member!.history.map((record) => record.epoch),
      Array.from({ length: epoch }, (_, at) => at + 1),
    );
    before = epoch;
  }
  end.abort();
  await t.rejects(training);
});
