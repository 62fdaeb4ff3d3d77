// Messages between processes, over a pair of sockets: whole, in order, of any size, and garbage is no harm.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { MessagePipe } from '../../src/processes/message-pipe.js';

interface End {
  readonly socket: Socket;
  readonly pipe: MessagePipe;
  readonly heard: unknown[];
  readonly garbage: string[];
  /** Resolves when so many messages have come. */
  until(count: number): Promise<void>;
}

function endOf(socket: Socket, allocate: (bytes: number) => ArrayBufferLike): End {
  const heard: unknown[] = [];
  const garbage: string[] = [];
  let look = () => {};
  const pipe = new MessagePipe(socket, {
    allocate,
    onMessage: (message) => {
      heard.push(message);
      look();
    },
    onGarbage: (reason) => garbage.push(reason),
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => heard.length >= count && resolve();
      look();
    });
  return { socket, pipe, heard, garbage, until };
}

async function pair(t: Test): Promise<readonly [End, End]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const coming = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const near = connect(port, '127.0.0.1');
  const [far] = (await coming) as [Socket];
  t.teardown(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [
    endOf(near, (bytes) => new ArrayBuffer(bytes)),
    endOf(far, (bytes) => new SharedArrayBuffer(bytes)),
  ];
}

t.test('what structured cloning knows arrives as it was, arrays in memory of their own', async (t) => {
  const [near, far] = await pair(t);
  const message = {
    nothing: undefined,
    odd: [Number.NaN, Number.POSITIVE_INFINITY, -0, 2n ** 70n],
    deep: [{ inner: { list: [Float32Array.of(1.5, 2.5), null, 'text'], ['__proto__']: 1 } }],
    bytes: Uint8Array.of(1, 2, 3).subarray(1),
    none: new Float64Array(0),
    map: new Map([[1, Int16Array.of(5)]]),
  };
  await near.pipe.send(message);
  await far.until(1);
  t.strictSame(far.heard, [message]);
  const [{ deep, bytes }] = far.heard as [typeof message];
  t.ok((deep[0]!.inner.list[0] as Float32Array).buffer instanceof SharedArrayBuffer);
  t.equal(bytes.buffer.byteLength, 2);
});

t.test('messages come in their order, however large and however many are sent at once', async (t) => {
  const [near, far] = await pair(t);
  const shared = new Float32Array(new SharedArrayBuffer(2 ** 24)).map((_, at) => at);
  const sent = Array.from({ length: 40 }, (_, at) => ({ at, array: at % 9 === 0 ? shared : null }));
  await Promise.all(sent.map((message) => near.pipe.send(message)));
  await far.until(40);
  t.same(
    far.heard.map((message) => (message as { at: number }).at),
    sent.map(({ at }) => at),
  );
  t.ok(
    Buffer.from((far.heard[9] as { array: Float32Array }).array.buffer).equals(Buffer.from(shared.buffer)),
  );
});

t.test('bytes that are no message are said, and nothing after them is read', async (t) => {
  for (const bytes of [
    Buffer.alloc(64, 0xff),
    Buffer.concat([Buffer.from(Uint32Array.of(4, 0).buffer), Buffer.from('junk')]),
    // An array of more bytes than there is memory.
    Buffer.concat([
      Buffer.from(Uint32Array.of(4, 1).buffer),
      Buffer.from(Float64Array.of(1e300).buffer),
      Buffer.from('junk'),
    ]),
    Buffer.concat([
      Buffer.from(Uint32Array.of(4, 1).buffer),
      Buffer.from(Float64Array.of(-1).buffer),
      Buffer.from('junk'),
    ]),
  ]) {
    const [near, far] = await pair(t);
    near.socket.write(bytes);
    await once(far.socket, 'close');
    t.equal(far.garbage.length, 1);
    t.same(far.heard, []);
    await near.pipe.send({ after: new Float32Array(2 ** 22) });
    t.pass('sending to nobody is no error');
  }
});

t.test('what cannot be sent rejects, and the next message is whole', async (t) => {
  const [near, far] = await pair(t);
  await t.rejects(near.pipe.send({ call: () => 1 }), /could not be cloned/);
  await near.pipe.send('next');
  await far.until(1);
  t.same(far.heard, ['next']);
});
