// A store for other hosts over HTTP, such as a coordinator serves: to whoever has the token, a blob at a time by its
// digest. Nothing is listed, and nothing is stored that is not what its name says. It does not keep the process alive.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TuttiError } from '../errors.js';
import { settledWithin } from '../long-calls.js';
import { listenAt } from '../machine/listen.js';
import { isBlobError } from './blob-errors.js';
import type { BlobStore, Digest } from './blob-store.js';
import { digestIn, FORM_TYPE, httpAddress, isBearerOf, STORE_HEADER } from './http-protocol.js';
import { hasForms } from './raw-store.js';
import { fromStoredForm, MOST_STORED_BYTES, toStoredForm } from './stored-form.js';
import { Turns } from './turns.js';

export interface ServeBlobsOptions {
  readonly store: BlobStore;
  /** Whoever has it may read, write and delete. */
  readonly token: string;
  /** The address to listen on; `0.0.0.0` or `::` for all of the host's. @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0, one that is free */
  readonly port?: number;
  /** Nobody may be silent for longer, in milliseconds. @default 60000 */
  readonly idleMs?: number;
}

export interface BlobServer {
  /** For {@link openHttpStore}: `http://HOST:PORT`. */
  readonly address: string;
  readonly port: number;
  /** Lets those have theirs that are being answered, for a few seconds, and ends. */
  close(): Promise<void>;
}

/** Blobs in memory at once, on their way to or from hosts: at most some 256 MiB. */
const MOST_TRANSFERS = 32;
/** Blobs read at once to say whether they are there, and whole; nobody waits for a host meanwhile. */
const MOST_LOOKS = 8;
const MOST_CONNECTIONS = 8192;
const HEADERS_MS = 10_000;
/** For a blob to come, or to go: of 8 MiB that is 70 kB a second. */
const REQUEST_MS = 120_000;
const IDLE_MS = 60_000;
const FAREWELL_MS = 5000;

/** @throws ERR_OPTION when the address or the port cannot be had. */
export async function serveBlobs(options: ServeBlobsOptions): Promise<BlobServer> {
  const { host = '127.0.0.1', port = 0, idleMs = IDLE_MS } = options;
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 8192 };
  const server = createServer(limits, new BlobAnswers(options).answer);
  server.setTimeout(idleMs);
  server.keepAliveTimeout = Math.min(30_000, idleMs);
  server.maxHeadersCount = 50;
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connection', (socket: Socket) => socket.unref());
  const taken = await listenAt(server, host, port, ({ reason, cause }) => {
    const message = `Expected \`port\` to be one that blobs can be served on at ${host}, got ${port}, ${reason}`;
    return new TuttiError('ERR_OPTION', message, { option: 'port' }, cause);
  });
  server.unref();
  return {
    address: httpAddress(host, taken),
    port: taken,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await settledWithin(FAREWELL_MS, closed);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What a request is refused with. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

class BlobAnswers {
  readonly #store: BlobStore;
  readonly #token: string;
  readonly #transfers = new Turns(MOST_TRANSFERS);
  readonly #looks = new Turns(MOST_LOOKS);
  /** Forms that are being read: many hosts ask for the same at once when a training begins. */
  readonly #reading = new Map<Digest, Promise<Uint8Array>>();

  constructor({ store, token }: ServeBlobsOptions) {
    this.#store = store;
    this.#token = token;
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    response.setHeader(STORE_HEADER, '1');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    this.#answer(request, response).catch((error) => this.#refuse(request, response, error));
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isBearerOf(this.#token, request.headers.authorization))
      throw new Refusal(401, 'The token is missing or another one.');
    const digest = digestIn(request.url);
    if (digest === null) throw new Refusal(404, 'There is nothing of this name.');
    switch (request.method) {
      case 'GET':
        return this.#transfers.take(() => this.#send(digest, response));
      case 'PUT':
        await this.#transfers.take(() => this.#keep(digest, request));
        break;
      case 'HEAD':
        if (!(await this.#looks.take(() => this.#store.has(digest)))) throw missing();
        break;
      case 'POST':
        if (!(await this.#looks.take(() => this.#renew(digest)))) throw missing();
        break;
      case 'DELETE':
        await this.#store.delete(digest);
        break;
      default:
        response.setHeader('Allow', 'GET, HEAD, PUT, POST, DELETE');
        throw new Refusal(405, 'Blobs are read, written, renewed and deleted.');
    }
    response.writeHead(204).end();
  }

  async #send(digest: Digest, response: ServerResponse): Promise<void> {
    if (response.destroyed) return;
    const form = await this.#read(digest);
    response.writeHead(200, { 'Content-Type': FORM_TYPE, 'Content-Length': form.length });
    response.end(form);
    const late = setTimeout(() => response.destroy(), REQUEST_MS).unref();
    // Until it is sent, or whoever asked is gone.
    if (!response.closed) await new Promise((resolve) => response.once('close', resolve));
    clearTimeout(late);
  }

  #read(digest: Digest): Promise<Uint8Array> {
    const reading = this.#reading.get(digest) ?? this.#formOf(digest);
    this.#reading.set(digest, reading);
    const done = () => this.#reading.delete(digest);
    reading.then(done, done);
    return reading;
  }

  async #formOf(digest: Digest): Promise<Uint8Array> {
    if (!hasForms(this.#store)) return toStoredForm(await this.#store.get(digest));
    const form = await this.#store.raw.read(digest);
    if (form === null) throw missing();
    return form;
  }

  async #keep(digest: Digest, request: IncomingMessage): Promise<void> {
    const form = await readBody(request);
    const content = await fromStoredForm(form, digest, 'what was sent').catch((error) => {
      throw isBlobError(error) ? new Refusal(422, 'What was sent has another SHA-256.') : error;
    });
    if (!hasForms(this.#store)) return this.#store.put(digest, content);
    if (!(await this.#store.raw.holds(digest, true))) await this.#store.raw.write(digest, form);
  }

  async #renew(digest: Digest): Promise<boolean> {
    return hasForms(this.#store) ? this.#store.raw.holds(digest, true) : this.#store.has(digest);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: Error): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const { status, message } = refusalFor(error);
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    // What is still to come is taken and thrown away, so that the answer arrives; but no more than may have been sent.
    if (lengthOf(request) > MOST_STORED_BYTES) response.setHeader('Connection', 'close');
    response.writeHead(status);
    response.end(request.method === 'HEAD' ? undefined : `${message}\n`);
  }
}

function missing(): Refusal {
  return new Refusal(404, 'There is no such blob.');
}

function refusalFor(error: Error): { readonly status: number; readonly message: string } {
  if (error instanceof Refusal) return error;
  if (isBlobError(error, 'missing')) return missing();
  if (isBlobError(error)) return { status: 404, message: error.message };
  if (!(error instanceof TuttiError)) return { status: 500, message: 'The store failed.' };
  const isFull = (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
  return { status: isFull ? 507 : 500, message: error.message };
}

/** What is sent along, as long as it says that it is, and no longer than a blob may be. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length))
    throw new Refusal(411, 'The length of what is sent must be said before.');
  if (length > MOST_STORED_BYTES) throw new Refusal(413, `A blob has at most ${MOST_STORED_BYTES} bytes.`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** As it was said; of what comes in chunks nobody knows. */
function lengthOf({ headers, method }: IncomingMessage): number {
  const said = headers['content-length'];
  if (said !== undefined) return Number(said);
  return method === 'PUT' || headers['transfer-encoding'] !== undefined ? Number.POSITIVE_INFINITY : 0;
}
