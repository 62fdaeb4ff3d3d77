// The store that a coordinator serves itself where it was given none: a folder of its own that ends with it, over HTTP.

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from '../../blobs/blob-store.js';
import { openFileStore } from '../../blobs/file-store.js';
import { httpAddress } from '../../blobs/http-protocol.js';
import { serveBlobs } from '../../blobs/serve-blobs.js';
import { failOption, TuttiError } from '../../errors.js';
import { isLeft, ownerMark } from '../../files/temporary-file.js';
import { queueError } from '../queue/queue-server.js';

/** What the names of such folders begin with. */
const FOLDER = 'tutti-store-';

/** How long finding out by which address the queue is reached may take. */
const ROUTE_MS = 8000;

export interface ServedStore {
  readonly store: BlobStore;
  /** For hosts. */
  readonly address: string;
  close(): Promise<void>;
}

/** Where a store is served: `node7:7000`, or a host alone. */
export interface Advertised {
  readonly host: string;
  readonly port: number;
}

/** @throws ERR_OPTION */
export function parseAdvertised(text: string): Advertised {
  const [, bracketed, plain, port = '0'] =
    /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#[\]@]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535 || (bracketed !== undefined && !isIPv6(bracketed)))
    failOption('advertise', 'a host and a port, such as node7:7000 or [fd00::7]:7000', text);
  return { host, port: Number(port) };
}

/**
 * Serves a store to hosts.
 * @param advertised what hosts call this one; null: the address from which the queue is reached.
 * @param queue where that is.
 * @throws ERR_OPTION when the port is taken; ERR_QUEUE when the queue cannot be reached; ERR_STORE
 */
export async function serveStore(
  token: string,
  advertised: Advertised | null,
  queue: { readonly host: string; readonly port: number; readonly shown: string },
): Promise<ServedStore> {
  const own = advertised === null ? await localAddressTo(queue) : null;
  // A name may be of any of this machine's addresses.
  const listen = own ?? (isIPv6(advertised!.host) ? '::' : '0.0.0.0');
  await removeLeft();
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER}${ownerMark()}-`)).catch((error: Error) => {
    throw new TuttiError(
      'ERR_STORE',
      `No folder can be made to serve blobs from: ${error.message}`,
      {},
      error,
    );
  });
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', removeNow);
  const remove = async () => {
    process.removeListener('exit', removeNow);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const store = openFileStore(join(folder, randomUUID()));
    const server = await serveBlobs({ store, token, host: listen, port: advertised?.port ?? 0 });
    return {
      store,
      address: httpAddress(advertised?.host ?? listen, server.port),
      async close() {
        await server.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    if (!(error instanceof TuttiError) || error.details.option !== 'port') throw error;
    throw new TuttiError('ERR_OPTION', error.message.replace('`port`', '`advertise`'), {
      option: 'advertise',
    });
  }
}

/** Those of coordinators that were killed; what cannot be removed stays. */
async function removeLeft(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => name.startsWith(FOLDER) && isLeft(name));
  for (const name of left)
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
}

/** The address of this machine on the way to the queue: there hosts that reach the queue may reach this one too. */
async function localAddressTo(queue: Parameters<typeof serveStore>[2]): Promise<string> {
  const { host, port } = queue;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: ROUTE_MS });
    const fail = (reason: string) => {
      socket.destroy();
      reject(queueError(queue, `cannot be used: ${reason}`));
    };
    socket.once('connect', () => {
      const { localAddress } = socket;
      socket.destroy();
      if (localAddress === undefined) fail('the connection has no address');
      else resolve(localAddress.replace(/^::ffff:(?=\d+\.)/, ''));
    });
    socket.once('timeout', () => fail(`no answer within ${ROUTE_MS / 1000} s`));
    socket.once('error', ({ message }) => fail(message));
  });
}
