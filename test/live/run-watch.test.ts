// The state of a run: what the training tells makes it, and whoever joined late or was told the changes has the same.

import t from 'tap';
import { TuttiError } from '../../src/errors.js';
import type { RunHead, RunState } from '../../src/live/client/protocol.js';
import { Store } from '../../src/live/client/store.js';
import { MOST_MEMBERS, RunWatch } from '../../src/live/run-watch.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import type { TrainingSettings } from '../../src/training/session/training-settings.js';
import { preparePlan, trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear } from '../support/datasets.js';

const dataset = clusters(90, 4, 3);
const OPTIONS: TrainingOptions = { members: 3, hidden: [8], epochs: 5, seed: 2, earlyStopping: 'none' };
const HEAD: RunHead = {
  ...{ command: 'train', file: 'rows.csv', out: null, kept: false, stays: false, data: [] },
};

function heardBy(watch: RunWatch): TrainingSettings {
  return {
    onPlan: (planned) => watch.planned(planned),
    onEpochs: (events) => watch.epochs(events),
    onIncident: (incident) => watch.befell(incident),
    onMember: (member) => watch.finished(member),
    onProgress: (progress) => watch.progressed(progress),
  };
}

/** As it arrives at a page. */
const sent = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** Without what is read anew each time that it is asked for. */
function steady({ progress, ...state }: RunState): unknown {
  return { ...state, progress: progress && { ...progress, memoryBytes: 0, epochsPerSecond: 0 } };
}

function sameState(t: Tap.Test, page: Store, watch: RunWatch): void {
  const whole = sent(watch.state());
  const curves = [...page.curves].map(([member, points]) => ({ member, from: 0, points }));
  const byMember = (all: RunState['curves']): RunState['curves'] =>
    [...all].sort((a, b) => a.member - b.member);
  t.same(
    steady({ ...page.state, curves: byMember(curves) }),
    steady({ ...whole, curves: byMember(whole.curves) }),
  );
}

t.test('whoever is told the changes has what one that joins late is told', async (t) => {
  const watch = new RunWatch(HEAD);
  const page = new Store(sent(watch.state()));
  let told = 0;
  const settings = heardBy(watch);
  const tell = () => {
    const change = watch.takeChange();
    if (change === null) return;
    told++;
    page.apply(sent(change));
    page.apply(sent(change));
    sameState(t, page, watch);
  };
  watch.describeData(['digits', 'seed 2']);
  tell();
  await trainEnsemble(dataset, OPTIONS, {
    ...settings,
    onMember: (member) => {
      settings.onMember!(member);
      tell();
    },
  });
  watch.enter('measuring');
  watch.summarise('finished', { verdict: 'Well', lines: ['a', 'b'], saved: 'e.tutti', next: [] });
  tell();
  t.equal(watch.takeChange(), null, 'nothing is told twice');
  t.ok(told >= 4);
  const { members, progress, phase, summary, log, head } = page.state;
  t.equal(phase, 'finished');
  t.same(head.data, ['digits', 'seed 2']);
  t.match(summary, { verdict: 'Well', saved: 'e.tutti' });
  t.match(progress, { planned: 3, finished: 3, failed: 0, share: 1, before: 0 });
  t.ok(progress!.memoryBytes > 2 ** 20);
  t.match(
    members,
    [0, 1, 2].map((index) => ({ index, status: 'finished', epoch: 5, epochs: 5 })),
  );
  t.same(
    page.curves.get(1)!.map(([epoch]) => epoch),
    [1, 2, 3, 4, 5],
  );
  t.match(
    log.map(({ text }) => text),
    ['3 members planned with seed 2', /measuring/],
  );
});

t.test('members that begin again, or are given up, say so', async (t) => {
  const edge: TrainingOptions = {
    ...{ members: 12, hidden: [8], epochs: 6, batchSize: 10, seed: 3, earlyStopping: 'none' },
    ...{ activation: 'relu', resample: 'bootstrap' },
    ...{ optimizer: 'sgd', momentum: 0.9, learningRate: 0.1, arithmetic: 'strict' },
  };
  for (const onDivergence of ['reseed', 'drop'] as const) {
    const watch = new RunWatch(HEAD);
    const ensemble = await trainEnsemble(linear(60, 5, 1), { ...edge, onDivergence }, heardBy(watch));
    const { members, log, curves } = watch.state();
    const failed = new Set(ensemble.failures.map(({ index }) => index));
    for (const { index, status, reseeds, error } of members) {
      t.equal(status, failed.has(index) ? 'failed' : 'finished');
      t.equal(reseeds, ensemble.plan.members[index]!.streams.reseeds ?? 0);
      if (failed.has(index)) t.match(error, /diverged/);
    }
    const troubles = log.filter(({ kind }) => kind === 'trouble');
    t.equal(troubles.length, onDivergence === 'drop' ? failed.size : troubles.length);
    t.ok(troubles.length >= 3);
    for (const { index, history } of ensemble.members)
      t.equal(curves.find(({ member }) => member === index)!.points.length, history.length);
  }
});

t.test('a lost thread is counted', async (t) => {
  const watch = new RunWatch(HEAD);
  const plan = preparePlan(dataset, OPTIONS);
  watch.planned({ plan, kept: [], failures: [] });
  watch.befell({ member: 1, becomes: 'retry', error: new TuttiError('ERR_THREAD_LOST', 'gone') });
  t.match(watch.state().members[1], { status: 'queued', retries: 1, error: 'gone' });
});

t.test('members that are there before an extension are finished from the start', async (t) => {
  const old = await trainEnsemble(dataset, OPTIONS);
  const watch = new RunWatch(HEAD);
  let first: RunState | null = null;
  await extendEnsemble(
    old,
    dataset,
    { members: 5 },
    {
      ...heardBy(watch),
      onPlan: (planned) => {
        watch.planned(planned);
        first = sent(watch.state());
      },
    },
  );
  t.same(
    first!.members.map(({ status }) => status),
    ['finished', 'finished', 'finished', 'queued', 'queued'],
  );
  t.equal(first!.curves.length, 3);
  t.match(watch.state().progress, { planned: 2, finished: 2, before: 3, share: 1 });
});

t.test('a run that is stopped leaves no member in training', async (t) => {
  const watch = new RunWatch(HEAD);
  watch.planned({ plan: preparePlan(dataset, OPTIONS), kept: [], failures: [] });
  watch.epochs([{ member: 0, epochs: 5, epoch: 2, loss: 0.5, learningRate: 0.1 }]);
  t.equal(watch.state().members[0]!.status, 'training');
  watch.summarise('interrupted', { verdict: 'Interrupted', lines: [], saved: null, next: [] });
  t.equal(watch.state().members[0]!.status, 'queued');
});

t.test('of very many members the first are shown, and all are counted', async (t) => {
  const watch = new RunWatch(HEAD);
  const plan = preparePlan(dataset, { ...OPTIONS, members: MOST_MEMBERS + 500 });
  watch.planned({ plan, kept: [], failures: [] });
  const late = MOST_MEMBERS + 3;
  watch.epochs([{ member: late, epochs: 5, epoch: 2, loss: 0.5, learningRate: 0.1 }]);
  watch.befell({ member: late, becomes: 'failure', error: new TuttiError('ERR_DIVERGED', 'diverged') });
  const { members, curves, log } = watch.state();
  t.equal(members.length, MOST_MEMBERS);
  t.same(curves, []);
  t.match(log.at(-1)!.text, /2003/);
});

t.test('a log does not grow for ever', async (t) => {
  const watch = new RunWatch(HEAD);
  for (let line = 0; line < 5000; line++) watch.note(`line ${line}`);
  const { log } = watch.state();
  t.ok(log.length <= 400);
  t.match(log.at(-1), { text: /not shown/ });
});

t.test('epochs per second are those of the last seconds', async (t) => {
  let now = 0;
  const watch = new RunWatch(HEAD, () => now);
  watch.planned({ plan: preparePlan(dataset, OPTIONS), kept: [], failures: [] });
  const progress = {
    planned: 3,
    done: 0,
    failed: 0,
    elapsedMs: 1,
    remainingMs: null,
    loss: null,
    slots: [],
    hosts: null,
    fewerThreads: null,
  };
  const rate = () => {
    watch.progressed(progress);
    return watch.state().progress!.epochsPerSecond;
  };
  t.equal(rate(), null);
  for (let second = 1; second <= 20; second++) {
    now = 1000 * second;
    const event = { member: 0, epochs: 1000, loss: 1, learningRate: 1 };
    watch.epochs(Array.from({ length: 10 }, (_, at) => ({ ...event, epoch: 10 * second + at })));
  }
  t.ok(Math.abs(rate()! - 10) <= 2, `${rate()}`);
  now += 60_000;
  t.equal(rate(), null);
});

declare namespace Tap {
  type Test = { same(found: unknown, wanted: unknown): boolean };
}
