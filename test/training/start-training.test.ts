// Watching and stopping a training.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { Newest } from '../../src/training/newest.js';
import type { TrainingSettings } from '../../src/training/session/training-settings.js';
import { startTraining } from '../../src/training/start-training.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(70, 10, 3);
const OPTIONS = { members: 4, hidden: [8], epochs: 3, seed: 5 };

t.test('progress ends with the training, and the ensemble is that of trainEnsemble', async (t) => {
  const heard: number[] = [];
  const training = startTraining(dataset, OPTIONS, { onProgress: ({ done }) => heard.push(done) });
  const seen: number[] = [];
  for await (const { done, planned } of training.progress()) {
    t.equal(planned, 4);
    seen.push(done);
  }
  t.equal(seen.at(-1), 4);
  t.equal(heard.at(-1), 4, 'an observer of the caller’s hears it too');
  t.equal(contentHash(await training.ensemble), contentHash(await trainEnsemble(dataset, OPTIONS)));
  t.same(await training.progress().next(), { done: true, value: undefined }, 'it is over');
});

t.test('stopping keeps the members that are finished', async (t) => {
  const training = startTraining(dataset, OPTIONS, {
    onMember: ({ index }) => {
      if (index === 1) training.stop();
    },
  });
  const { members, complete } = await training.ensemble;
  t.equal(complete, false);
  t.same(
    members.map(({ index }) => index),
    [0, 1],
  );
});

t.test('stopping before the first member keeps none', async (t) => {
  const training = startTraining(dataset, OPTIONS);
  training.stop();
  for await (const { done } of training.progress()) t.equal(done, 0);
  const { members, complete } = await training.ensemble;
  t.same({ members, complete }, { members: [], complete: false });
  const signal = AbortSignal.abort(new Error('enough'));
  for (const train of [
    async (settings: TrainingSettings) => trainEnsemble(dataset, OPTIONS, settings),
    async (settings: TrainingSettings) => startTraining(dataset, OPTIONS, settings).ensemble,
  ]) {
    t.same((await train({ signal, onInterrupt: 'keep' })).members, []);
    await t.rejects(train({ signal }), { message: 'enough' });
  }
});

t.test('a signal of the caller’s rejects with its reason, or keeps where that is asked', async (t) => {
  for (const onInterrupt of ['reject', 'keep'] as const) {
    const controller = new AbortController();
    const training = startTraining(dataset, OPTIONS, {
      ...{ signal: controller.signal, onInterrupt },
      onMember: () => controller.abort(new Error('enough')),
    });
    if (onInterrupt === 'keep') t.equal((await training.ensemble).members.length, 1);
    else await t.rejects(training.ensemble, { message: 'enough' });
  }
});

t.test('what is wrong rejects both, and is nobody’s unhandled rejection once one is awaited', async (t) => {
  const training = startTraining(dataset, { ...OPTIONS, epochs: -1 });
  const watch = async () => {
    for await (const _ of training.progress());
  };
  await t.rejects(Promise.all([watch(), training.ensemble]), { code: 'ERR_OPTION' });
  const wrong = startTraining(dataset, OPTIONS, { retries: -1 } as object);
  await t.rejects(wrong.ensemble, { code: 'ERR_OPTION', details: { option: 'retries' } });
});

t.test('a watcher that looks seldom sees the newest, one that leaves sees no more', async (t) => {
  const values = new Newest<number>();
  const [slow, gone] = [values.watch(), values.watch()];
  const first = slow.next();
  values.show(1);
  values.show(2);
  values.show(3);
  t.same(await first, { done: false, value: 1 });
  t.same(await slow.next(), { done: false, value: 3 });
  await gone.return!();
  values.show(4);
  t.same(await gone.next(), { done: true, value: undefined });
  values.end();
  t.same(await slow.next(), { done: false, value: 4 }, 'what was shown before the end comes first');
  t.same(await slow.next(), { done: true, value: undefined });
  const failing = new Newest<number>();
  const watcher = failing.watch();
  failing.fail(new Error('broken'));
  await t.rejects(watcher.next(), { message: 'broken' });
  t.same(await watcher.next(), { done: true, value: undefined });
});
