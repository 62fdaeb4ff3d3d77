// A cable between a client and a server on loopback, that a test can pull out and plug in again: while it is out nothing
// passes and nobody is told, as where a switch is off.

import { connect, createServer, type Socket } from 'node:net';

export interface Cable {
  /** Where clients connect to, in place of the server. */
  readonly port: number;
  cut(): void;
  /** What was sent meanwhile arrives now. */
  join(): void;
  close(): Promise<void>;
}

export async function startCable(to: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const add = (socket: Socket) => {
    sockets.add(socket);
    if (isCut) socket.pause();
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const other = connect(to, '127.0.0.1');
    for (const [from, into] of [[client, other] as const, [other, client] as const]) {
      add(from);
      from.on('data', (bytes) => into.write(bytes));
      from.on('close', () => {
        if (!isCut) into.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    join() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
