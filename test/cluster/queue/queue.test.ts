// Both ends of a queue over real servers, the same for each: what they promise, and what becomes of it when hosts are lost,
// cables pulled, servers restarted and wiped.

import t, { type Test } from 'tap';
import { connectReceiver, connectSender } from '../../../src/cluster/queue/connect-queue.js';
import type { QueueOptions } from '../../../src/cluster/queue/queue-options.js';
import type { ReceiverEvents, TaskEvents, TaskReceiver } from '../../../src/cluster/queue/task-queue.js';
import { type Cable, startCable } from '../../support/cable.js';
import { type ServerKind, startServer, type TestServer, withoutServers } from '../../support/servers.js';
import { hold, isDone, task, until, written } from './ends.js';

/** Hosts are taken for lost after a second. */
const QUICK: QueueOptions = { lockSeconds: 1 };

for (const kind of ['redis', 'postgres'] as const) {
  t.test(kind, { skip: withoutServers(kind) }, async (t) => {
    const server = await startServer(kind);
    t.teardown(() => server.close());
    for (const [name, test] of Object.entries(SCENARIOS)) {
      await t.test(name, async (t) => {
        await test(t, endsAt(t, server), server, kind);
      });
    }
  });
}

type Ends = ReturnType<typeof endsAt>;

/** Ends at a server that are closed with the test. */
function endsAt(t: Test, { url }: TestServer) {
  const at = (port?: number) => (port === undefined ? url : url.replace(/:\d+(?=\/|$)/, `:${port}`));
  return {
    async sender(events: Partial<TaskEvents> = {}, port?: number) {
      const sender = await connectSender(at(port), {}, events);
      t.teardown(() => sender.close());
      return sender;
    },
    async receiver(
      options = QUICK,
      events: Partial<ReceiverEvents> = {},
      port?: number,
    ): Promise<TaskReceiver> {
      const receiver = await connectReceiver(at(port), options, events);
      t.teardown(() => receiver.close());
      return receiver;
    },
  };
}

const SCENARIOS: Record<
  string,
  (t: Test, ends: Ends, server: TestServer, kind: ServerKind) => Promise<void>
> = {
  async 'tasks are handed over once, in order, and their results told'(t, ends) {
    const { lines, events } = written();
    const sender = await ends.sender(events);
    await sender.add([task('a'), task('b')]);
    await sender.add([task('a')]);
    await sender.add([task('c'), task('d')], true);
    t.match(await sender.states(['a', 'z']), [{ status: 'waiting' }, { status: 'unknown' }]);
    const bodies: string[] = [];
    const receiver = await ends.receiver();
    t.equal(await sender.receivers(), 1);
    receiver.start(1, async ({ id, body, progress, report }) => {
      bodies.push(body);
      t.equal(progress, null);
      if (id === 'c') await report('half');
      return id === 'b'
        ? { as: 'failed', reason: 'job stalled more than allowable limit' }
        : { as: 'done', result: id };
    });
    await until(() => lines.length === 9);
    t.same(
      bodies,
      ['c', 'd', 'a', 'b'].map((id) => `body of ${id}`),
    );
    // What a host says of itself is never taken for its loss.
    const failed = { status: 'failed', lost: false, reason: 'job stalled more than allowable limit' };
    const of = (id: string) => lines.filter((line) => line.split(' ')[1] === id);
    t.same(of('c'), ['taken c', 'progress c half', 'done c c']);
    t.same(of('b'), ['taken b', `failed b ${failed.reason} false`]);
    t.same(await sender.states(['a', 'b']), [{ status: 'done', result: 'a' }, failed]);
  },

  async 'events of tasks that another sender added are not told'(t, ends) {
    const { lines, events } = written();
    await ends.sender(events);
    const other = written();
    const sender = await ends.sender(other.events);
    await sender.add([task('other')]);
    (await ends.receiver()).start(1, async () => ({ as: 'done', result: 'r' }));
    await until(() => other.lines.length === 2);
    t.same(lines, []);
  },

  async 'a task that is returned goes to others at once, and comes again with what was reported'(t, ends) {
    const sender = await ends.sender();
    const first = hold(await ends.receiver(), 1);
    await sender.add([task('returned')]);
    await until(() => first.had.length === 1);
    await first.had[0]!.report('epoch 3');
    await sender.add([task('behind')]);
    first.end(0, { as: 'returned', delayMs: 500 });
    // What waits is before it, and it does not come again before its time.
    await until(() => first.had.length === 2);
    t.equal(first.had[1]!.id, 'behind');
    const second = hold(await ends.receiver(), 1);
    await until(() => second.had.length === 1);
    t.match(second.had[0], { id: 'returned', progress: 'epoch 3' });
    second.end(0, { as: 'returned', delayMs: 3600_000 });
    first.end(1, { as: 'done', result: '' });
    await until(() => first.had.length === 3);
    t.equal(first.had[2]!.id, 'returned');
    first.end(2, { as: 'done', result: '' });
    await isDone(sender, 'returned');
    t.equal(second.had.length, 1);
  },

  async 'what a task asks can be replaced while it waits'(t, ends) {
    const sender = await ends.sender();
    await sender.add([task('moved')]);
    await sender.update({ ...task('moved'), body: 'another store' });
    await sender.update({ ...task('nowhere'), body: 'another store' });
    const { had, end } = hold(await ends.receiver(), 1);
    await until(() => had.length === 1);
    t.equal(had[0]!.body, 'another store');
    end(0, { as: 'done', result: '' });
    await isDone(sender, 'moved');
  },

  async 'removed tasks are not delivered, taken back from who has them, and can be added again'(t, ends) {
    const sender = await ends.sender();
    const { had, end } = hold(await ends.receiver(), 1);
    await sender.add([task('held'), task('waiting')]);
    await until(() => had.length === 1);
    await sender.remove(['held', 'waiting', 'nowhere']);
    t.same(await sender.states(['held', 'waiting']), [{ status: 'unknown' }, { status: 'unknown' }]);
    await until(() => had[0]!.signal.aborted);
    end(0, { as: 'done', result: 'too late' });
    await until(async () => {
      await sender.add([task('held')]);
      return (await sender.states(['held']))[0]!.status !== 'unknown';
    });
    await until(() => had.length === 2);
    end(1, { as: 'done', result: 'in time' });
    await isDone(sender, 'held');
    t.same(await sender.states(['held']), [{ status: 'done', result: 'in time' }]);
  },

  async 'what a sender tells comes to all receivers, and once'(t, ends) {
    const sender = await ends.sender();
    const told: string[] = [];
    await ends.receiver(QUICK, { told: (message) => told.push(`1 ${message}`) });
    await ends.receiver(QUICK, { told: (message) => told.push(`2 ${message}`) });
    for (const message of ['stop', 'pause']) await sender.tell(message);
    await until(() => told.length === 4);
    t.same(told.sort(), ['1 pause', '1 stop', '2 pause', '2 stop']);
  },

  async 'a receiver drains, and one that is closed gives back what it has, which is no loss'(t, ends) {
    const sender = await ends.sender();
    const ids = ['given', 'left'];
    for (let turn = 0; turn < 5; turn += 1) {
      const first = await ends.receiver();
      const { had } = hold(first, 1);
      if (turn === 0) await sender.add([task('given')]);
      await until(() => had.length === 1);
      t.equal(had[0]!.id, 'given');
      await first.close();
      t.ok(had[0]!.signal.aborted);
    }
    const second = await ends.receiver();
    const { had, end } = hold(second, 1);
    await until(() => had.length === 1);
    await sender.add([task('left')]);
    const drained = second.drain();
    end(0, { as: 'done', result: 'r' });
    await drained;
    t.equal(had.length, 1);
    t.match(await sender.states(ids), [{ status: 'done', result: 'r' }, { status: 'waiting' }]);
    await sender.remove(['left']);
  },

  async 'a host that is cut off loses its task to another, and is told when it is there again'(
    t,
    ends,
    server,
  ) {
    const cable = await startCable(server.port);
    t.teardown(() => cable.close());
    const sender = await ends.sender();
    const far = hold(await ends.receiver(QUICK, {}, cable.port), 1);
    await sender.add([task('cut')]);
    await until(() => far.had.length === 1);
    await far.had[0]!.report('epoch 7');
    cable.cut();
    const near = hold(await ends.receiver(), 1);
    await until(() => near.had.length === 1);
    t.equal(near.had[0]!.progress, 'epoch 7');
    near.end(0, { as: 'done', result: 'near' });
    await isDone(sender, 'cut');
    cable.join();
    await until(() => far.had[0]!.signal.aborted);
    far.end(0, { as: 'done', result: 'far' });
    t.same(await sender.states(['cut']), [{ status: 'done', result: 'near' }]);
    // It takes tasks again.
    await sender.add([task('next'), task('after')]);
    await until(() => far.had.length === 2 && near.had.length === 2);
    far.end(1, { as: 'done', result: '' });
    near.end(1, { as: 'done', result: '' });
    for (const id of ['next', 'after']) await isDone(sender, id);
  },

  async 'a task that kills every host fails as lost, not before the fourth'(t, ends, server) {
    const { lines, events } = written();
    const sender = await ends.sender(events);
    await sender.add([task('poison')]);
    const cables: Cable[] = [];
    for (let host = 0; host < 4; host += 1) {
      const cable = await startCable(server.port);
      cables.push(cable);
      t.teardown(() => cable.close());
      const { had } = hold(await ends.receiver(QUICK, {}, cable.port), 1);
      await until(() => had.length === 1);
      cable.cut();
    }
    const last = hold(await ends.receiver(), 1);
    await until(() => lines.some((line) => line.startsWith('failed')));
    t.match(lines.at(-1), /^failed poison .* true$/);
    t.match(await sender.states(['poison']), [{ status: 'failed', lost: true }]);
    t.equal(last.had.length, 0, 'who finds it so often lost does not have it');
    for (const cable of cables) cable.join();
  },

  async 'a server that is restarted keeps tasks and their hosts, and both ends are told'(t, ends, server) {
    const { lines, events } = written();
    const sender = await ends.sender(events);
    const told: string[] = [];
    const connection = {
      disconnected: () => told.push('disconnected'),
      reconnected: () => told.push('reconnected'),
    };
    const { had, end } = hold(await ends.receiver({}, connection), 1);
    await sender.add([task('kept'), task('queued')]);
    await until(() => had.length === 1);
    await server.stop();
    // A machine that is too busy to answer is told of too.
    await until(() => [told, lines].every((own) => own.at(-1) === 'disconnected'));
    end(0, { as: 'done', result: 'told later' });
    const added = sender.add([task('new')]);
    await server.start();
    await added;
    await until(() => told.at(-1) === 'reconnected' && lines.includes('reconnected'));
    t.same(told.slice(-2), ['disconnected', 'reconnected']);
    await until(() => had.length === 2);
    end(1, { as: 'done', result: '' });
    await until(() => had.length === 3);
    end(2, { as: 'done', result: '' });
    await isDone(sender, 'new');
    t.same(await sender.states(['kept']), [{ status: 'done', result: 'told later' }]);
    t.same(
      had.map(({ id }) => id),
      ['kept', 'queued', 'new'],
      'each was delivered once',
    );
  },

  async 'a server that was wiped knows nothing, and takes all anew'(t, ends, server) {
    const sender = await ends.sender();
    const { had, end } = hold(await ends.receiver(), 1);
    await sender.add([task('wiped')]);
    await until(() => had.length === 1);
    await server.wipe();
    t.same(await sender.states(['wiped']), [{ status: 'unknown' }]);
    await until(() => had[0]!.signal.aborted);
    end(0, { as: 'done', result: 'of a task that is not there' });
    await sender.add([task('wiped')]);
    await until(() => had.length === 2);
    end(1, { as: 'done', result: 'anew' });
    await isDone(sender, 'wiped');
    t.same(await sender.states(['wiped']), [{ status: 'done', result: 'anew' }]);
  },

  async 'both ends close while the server is away'(t, ends, server) {
    const sender = await ends.sender();
    const receiver = await ends.receiver();
    const { had } = hold(receiver, 1);
    await sender.add([task('left alone')]);
    await until(() => had.length === 1);
    await server.kill();
    const waiting = t.rejects(sender.states(['left alone']), { code: 'ERR_QUEUE' });
    await Promise.all([sender.close(), receiver.close()]);
    t.ok(had[0]!.signal.aborted);
    await waiting;
    await server.start();
  },
};
