// What watchers of a training are told of epochs, of the plan and of what befalls members; and that watching changes
// nothing.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import type { EpochRecord, TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { createPool } from '../../src/pool/pool.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import type { EpochEvent } from '../../src/training/session/job.js';
import type {
  MemberIncident,
  PlannedMembers,
  TrainingSettings,
} from '../../src/training/session/training-settings.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { livingThreads } from '../faults/support.js';
import { clusters, linear } from '../support/datasets.js';

const dataset = clusters(120, 5, 2);
const BASE: TrainingOptions = { members: 4, hidden: [8], epochs: 12, seed: 5 };

const KINDS: readonly (readonly [string, TrainingOptions])[] = [
  ['plain members', { ...BASE, earlyStopping: 'none' }],
  ['members that stop early', { ...BASE, epochs: 60, earlyStopping: 'outOfBag', patience: 2 }],
  ['members of one epoch', { ...BASE, epochs: 1 }],
  ['members tied in rounds', { ...BASE, tie: 0.1 }],
  ['members tied exactly', { ...BASE, tie: 0.1, tyingMode: 'exact' }],
  ['snapshots', { ...BASE, snapshots: 2 }],
  ['nearest neighbours beside networks', { ...BASE, members: [{}, { engine: 'neighbours', neighbours: 3 }] }],
];

/** Writes down what is told. */
function listen() {
  const epochs = new Map<number, EpochRecord[]>();
  const incidents: MemberIncident[] = [];
  const plans: PlannedMembers[] = [];
  const settings: TrainingSettings = {
    onEpochs: (events: readonly EpochEvent[]) => {
      for (const { member, epochs: _, ...record } of events)
        epochs.set(member, [...(epochs.get(member) ?? []), record]);
    },
    onIncident: (incident) => {
      incidents.push(incident);
      if (incident.becomes === 'reseed') epochs.delete(incident.member);
    },
    onPlan: (planned) => plans.push(planned),
  };
  return { epochs, incidents, plans, settings };
}

const historiesOf = ({ members }: TrainedEnsemble) =>
  new Map(members.filter(({ history }) => history.length > 0).map(({ index, history }) => [index, history]));

const inOrder = (map: ReadonlyMap<number, readonly EpochRecord[]>) => [...map].sort(([a], [b]) => a - b);

for (const [name, options] of KINDS) {
  t.test(`${name}: every epoch is told, each once and in order, and the bytes are the same`, async (t) => {
    const unwatched = await trainEnsemble(dataset, options);
    await using pool = createPool({ threads: 2 });
    for (const runner of [undefined, pool]) {
      const heard = listen();
      const ensemble = await trainEnsemble(dataset, options, {
        ...heard.settings,
        ...(runner && { runner }),
      });
      t.equal(contentHash(ensemble), contentHash(unwatched));
      t.same(inOrder(heard.epochs), inOrder(historiesOf(ensemble)), runner ? 'on threads' : 'here');
      t.same(heard.incidents, []);
      t.equal(heard.plans.length, 1);
      t.same(heard.plans[0]!.plan, ensemble.plan);
    }
  });
}

t.test('epochs are told while their member is in training', async (t) => {
  await using pool = createPool({ threads: 2 });
  const stop = new AbortController();
  let told = 0;
  // No member of these comes to its end.
  const ensemble = await trainEnsemble(
    dataset,
    { ...BASE, members: 2, epochs: 1_000_000, earlyStopping: 'none' },
    {
      ...{ runner: pool, signal: stop.signal, onInterrupt: 'keep' },
      onEpochs: (events) => {
        told += events.length;
        if (told > 100) stop.abort(new Error('enough'));
      },
    },
  );
  t.equal(ensemble.members.length, 0);
});

t.test('members of processes are told of when they end', async (t) => {
  await using pool = createPool({ threads: 1, isolate: 'process' });
  const heard = listen();
  const ensemble = await trainEnsemble(dataset, BASE, { ...heard.settings, runner: pool });
  t.same(inOrder(heard.epochs), inOrder(historiesOf(ensemble)));
});

t.test('a member that diverges begins again, or is given up, and watchers are told why', async (t) => {
  const edge: TrainingOptions = {
    ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
    ...{ activation: 'relu', resample: 'bootstrap' },
    ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
  };
  const heard = listen();
  const whole = await trainEnsemble(linear(60, 5, 1), { ...edge, onDivergence: 'reseed' }, heard.settings);
  const counts = (member: number) => heard.incidents.filter((one) => one.member === member);
  for (const [index, { streams }] of whole.plan.members.entries())
    t.equal(counts(index).length, streams.reseeds ?? 0, `member ${index}`);
  t.ok(heard.incidents.length >= 3 && heard.incidents.every(({ becomes }) => becomes === 'reseed'));
  t.ok(heard.incidents.every(({ error }) => error.code === 'ERR_DIVERGED'));
  t.same(inOrder(heard.epochs), inOrder(historiesOf(whole)), 'from the first epoch on');
  const lost = listen();
  const dropped = await trainEnsemble(linear(60, 5, 1), edge, lost.settings);
  t.same(
    lost.incidents.map(({ member, becomes }) => [member, becomes]),
    dropped.failures.map(({ index }) => [index, 'failure']),
  );
});

t.test('a lost thread is told of, and no epoch twice', async (t) => {
  await using pool = createPool({ threads: 1 });
  // A thread may be through before it is ended: then longer trainings, until one is lost.
  for (let epochs = 50; ; epochs *= 2) {
    const heard = listen();
    let killed = false;
    const options = { ...BASE, members: 2, hidden: [64], epochs, earlyStopping: 'none' } as const;
    const ensemble = await trainEnsemble(clusters(4000, 10, 2), options, {
      ...heard.settings,
      runner: pool,
      onEpochs: (events) => {
        heard.settings.onEpochs!(events);
        if (killed) return;
        killed = true;
        for (const thread of livingThreads()) void thread.terminate();
      },
    });
    t.same(inOrder(heard.epochs), inOrder(historiesOf(ensemble)));
    if (heard.incidents.length === 0) continue;
    t.same(
      heard.incidents.map(({ becomes, error }) => [becomes, error.code]),
      [['retry', 'ERR_THREAD_LOST']],
    );
    return;
  }
});

t.test('an extension tells of the members that are there', async (t) => {
  const old = await trainEnsemble(dataset, BASE);
  const heard = listen();
  const more = await extendEnsemble(old, dataset, { members: 6 }, heard.settings);
  const [{ plan, kept, failures }] = heard.plans as [PlannedMembers];
  t.equal(plan.members.length, 6);
  t.same(
    kept.map(({ index }) => index),
    [0, 1, 2, 3],
  );
  t.same(failures, []);
  t.same([...heard.epochs.keys()].sort(), [4, 5]);
  t.equal(more.members.length, 6);
});

t.test('a watcher that throws ends the training with its error', async (t) => {
  for (const name of ['onPlan', 'onEpochs'] as const) {
    const settings = {
      [name]: () => {
        throw new Error(`of ${name}`);
      },
    };
    await t.rejects(trainEnsemble(dataset, BASE, settings), { message: `of ${name}` });
  }
});
