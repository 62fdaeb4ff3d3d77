// The queue that other tests stand on: what it promises of both its ends, and what it does on demand.

import t from 'tap';
import type { Delivery, Handled } from '../../../src/cluster/queue/task-queue.js';
import { createMemoryQueue } from '../../support/memory-queue.js';
import { task, until, written } from './ends.js';

t.test('tasks are handed over once, in order, and their results told', async (t) => {
  const queue = createMemoryQueue();
  const { lines, events } = written();
  const sender = queue.sender(events);
  await sender.add([task('a'), task('b')]);
  await sender.add([task('a')]);
  await sender.add([task('c'), task('d')], true);
  t.match(await sender.states(['a', 'z']), [{ status: 'waiting' }, { status: 'unknown' }]);
  queue.receiver().start(1, async ({ id, report }) => {
    if (id === 'c') await report('half');
    return id === 'b' ? { as: 'failed', reason: 'no' } : { as: 'done', result: `result of ${id}` };
  });
  await until(() => lines.length === 9);
  t.same(lines, [
    ...['taken c', 'progress c half', 'done c result of c', 'taken d', 'done d result of d'],
    ...['taken a', 'done a result of a', 'taken b', 'failed b no false'],
  ]);
  t.same(await sender.states(['a', 'b']), [
    { status: 'done', result: 'result of a' },
    { status: 'failed', lost: false, reason: 'no' },
  ]);
  t.equal(queue.added, 4);
});

t.test(
  'a task whose host is lost is delivered again with what was reported, and fails after so many',
  async (t) => {
    const queue = createMemoryQueue({ maxLosses: 1 });
    const { lines, events } = written();
    const sender = queue.sender(events);
    const had: Delivery[] = [];
    const ends: ((handled: Handled) => void)[] = [];
    queue.receiver().start(3, (delivery) => {
      had.push(delivery);
      return new Promise((resolve) => ends.push(resolve));
    });
    await sender.add([task('a')]);
    await until(() => had.length === 1);
    await had[0]!.report('epoch 3');
    queue.lose('a');
    t.ok(had[0]!.signal.aborted);
    await until(() => had.length === 2);
    t.equal(had[1]!.progress, 'epoch 3');
    ends[0]!({ as: 'done', result: 'too late' });
    queue.lose('a');
    await until(() => lines.some((line) => line.startsWith('failed')));
    t.match(lines.at(-1), /^failed a .* true$/);
    t.match(await sender.states(['a']), [{ status: 'failed', lost: true }]);
  },
);

t.test('the first of two deliveries counts, and the other is told', async (t) => {
  const queue = createMemoryQueue();
  const sender = queue.sender();
  const had: Delivery[] = [];
  const ends: ((handled: Handled) => void)[] = [];
  for (const receiver of [queue.receiver(), queue.receiver()]) {
    receiver.start(1, (delivery) => {
      had.push(delivery);
      return new Promise((resolve) => ends.push(resolve));
    });
  }
  await sender.add([task('a')]);
  await until(() => had.length === 1);
  queue.deliverAgain('a');
  await until(() => had.length === 2);
  ends[1]!({ as: 'done', result: 'of the second' });
  await until(() => had[0]!.signal.aborted);
  ends[0]!({ as: 'done', result: 'of the first' });
  t.same(await sender.states(['a']), [{ status: 'done', result: 'of the second' }]);
});

t.test('what is returned, removed, drained and closed', async (t) => {
  const queue = createMemoryQueue();
  const sender = queue.sender();
  let returned = 0;
  const first = queue.receiver();
  first.start(2, async ({ signal }) => {
    if (returned++ === 0) return { as: 'returned', delayMs: 5 };
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { as: 'failed', reason: 'given up' };
  });
  await sender.add([task('a'), task('b')]);
  await until(() => returned === 3);
  await sender.remove(['a']);
  t.match(await sender.states(['a', 'b']), [{ status: 'unknown' }, { status: 'taken', progress: null }]);
  await first.close();
  t.match(await sender.states(['b']), [{ status: 'waiting' }]);
  const second = queue.receiver();
  second.start(1, async () => ({ as: 'done', result: 'b' }));
  await until(() => queue.deliveries.length === 4);
  await second.drain();
  t.same(await sender.states(['b']), [{ status: 'done', result: 'b' }]);
  t.equal(await sender.receivers(), 0);
});

t.test('a broken connection tells nothing, and is told; a wiped queue knows nothing', async (t) => {
  const queue = createMemoryQueue();
  const { lines, events } = written();
  const sender = queue.sender(events);
  const told: string[] = [];
  const receiver = queue.receiver({ told: (message) => told.push(message) });
  let end: (handled: Handled) => void = () => {};
  receiver.start(1, () => new Promise((resolve) => (end = resolve)));
  await sender.add([task('a')]);
  await until(() => lines.length === 1);
  await sender.tell('stop');
  queue.disconnect('gone');
  end({ as: 'done', result: 'kept' });
  const states = sender.states(['a']);
  await new Promise((resolve) => setTimeout(resolve, 10));
  queue.reconnect();
  t.equal((await states).length, 1);
  await until(() => lines.length === 4);
  t.same(await sender.states(['a']), [{ status: 'done', result: 'kept' }]);
  t.same(lines, ['taken a', 'disconnected', 'reconnected', 'done a kept']);
  t.same(told, ['stop']);
  queue.wipe();
  t.same(await sender.states(['a']), [{ status: 'unknown' }]);
});
