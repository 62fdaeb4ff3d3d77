// A server of this process on an address of this machine: as it begins to listen, and what becomes of it from then on.

import type { AddressInfo, Server } from 'node:net';
import type { TuttiError } from '../errors.js';

/** Why a server cannot listen. */
export interface NotListening {
  /** The port is another program's. */
  readonly isTaken: boolean;
  /** As a message ends with it: `which another program has`, or what the system says. */
  readonly reason: string;
  readonly cause: NodeJS.ErrnoException;
}

/**
 * Has a server listen, and survive what goes wrong later, such as too many open files: a request may fail then, and the rest
 * must not.
 * @param port 0 for one that is free.
 * @param refusal what is thrown where it cannot.
 * @returns the port.
 */
export async function listenAt(
  server: Server,
  host: string,
  port: number,
  refusal: (why: NotListening) => TuttiError,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    const isTaken = cause.code === 'EADDRINUSE';
    throw refusal({ isTaken, reason: isTaken ? 'which another program has' : cause.message, cause });
  });
  server.on('error', () => undefined);
  return (server.address() as AddressInfo).port;
}
