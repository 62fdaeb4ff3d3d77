// What stands in a queue that no end of tutti's put there, and locks that are gone before their time.

import { Redis } from 'ioredis';
import t, { type Test } from 'tap';
import { connectReceiver, connectSender } from '../../../src/cluster/queue/connect-queue.js';
import type { QueueOptions } from '../../../src/cluster/queue/queue-options.js';
import type { TaskEvents } from '../../../src/cluster/queue/task-queue.js';
import { startServer, withoutServers } from '../../support/servers.js';
import { hold, isDone, task, until } from './ends.js';

const skip = withoutServers('redis');
const KEY = '{tutti}:tutti-tasks:';

async function startAll(t: Test) {
  const { url, close } = await startServer('redis');
  t.teardown(close);
  const writer = new Redis(url);
  t.teardown(() => writer.disconnect());
  return {
    writer,
    async sender(events: Partial<TaskEvents> = {}) {
      const sender = await connectSender(url, {}, events);
      t.teardown(() => sender.close());
      return sender;
    },
    async receiver(options: QueueOptions = {}) {
      const receiver = await connectReceiver(url, options, {});
      t.teardown(() => receiver.close());
      return receiver;
    },
  };
}

t.test('what is no task ends no host, and makes way for the task', { skip }, async (t) => {
  const { writer, ...ends } = await startAll(t);
  const done: string[] = [];
  const sender = await ends.sender({ done: (id) => done.push(id) });
  const ids = ['null', '{"body":7}', '[]', 'no JSON'];
  const tasks = ids.map((_, at) => ({ ...task(`t${at}`) }));
  const spoil = (at: number) => writer.hset(`${KEY}t${at}`, 'data', ids[at]!);
  await sender.add(tasks);
  for (const at of ids.keys()) await spoil(at);
  const states = await sender.states(tasks.map(({ id }) => id));
  t.same(
    states.map(({ status }) => status),
    ids.map(() => 'unknown'),
  );
  await sender.add(tasks);
  for (const at of [0, 1, 2]) await spoil(at);
  const had: string[] = [];
  const receiver = await ends.receiver();
  receiver.start(1, async ({ id }) => {
    had.push(id);
    return { as: 'done', result: id };
  });
  await until(() => done.includes('t3'));
  t.same(had, ['t3']);
});

t.test('a host that has its task once more gives up what it did before', { skip }, async (t) => {
  const { writer, ...ends } = await startAll(t);
  const sender = await ends.sender();
  // It renews its lock after ten minutes, and so does not hear that it lost it.
  const { had, end } = hold(await ends.receiver({ lockSeconds: 1800 }), 2);
  await sender.add([task('a')]);
  await until(() => had.length === 1);
  await writer.del(`${KEY}a:lock`, `${KEY}stalled-check`);
  // It takes nothing, and finds those that are lost.
  hold(await ends.receiver({ lockSeconds: 1 }), 0);
  await until(() => had.length === 2);
  t.same(
    had.map(({ signal }) => signal.aborted),
    [true, false],
  );
  end(0, { as: 'done', result: 'old' });
  end(1, { as: 'done', result: 'new' });
  await isDone(sender, 'a');
  t.match(await sender.states(['a']), [{ result: 'new' }]);
});
