// A store that another host serves over HTTP (serve-blobs.ts). A network that stumbles, or a coordinator that is
// started again, is tried again for a few seconds; a longer silence is ERR_STORE, and the business of whoever asked.

import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { failOption } from '../errors.js';
import { failBlob, storeError } from './blob-errors.js';
import type { Digest } from './blob-store.js';
import { bearer, FORM_TYPE, pathOf, STORE_HEADER } from './http-protocol.js';
import { type FormStore, type RawStore, storeOver } from './raw-store.js';
import { readAtMost } from './read-at-most.js';
import { MOST_STORED_BYTES } from './stored-form.js';

export interface HttpStoreOptions {
  /** How long it may be silent, in milliseconds. @default 30000 */
  readonly idleMs?: number;
  /** Pauses before it is tried again, in milliseconds. @default [200, 1000, 3000] */
  readonly pausesMs?: readonly number[];
}

/** Connections to one store: pieces of a dataset come side by side. */
const MOST_CONNECTIONS = 4;
/** What a network of 1 Gb/s carries in half a millisecond, as long as a question takes. */
const ASKS_FROM_BYTES = 2 ** 16;
/** What is said beside a status. */
const MOST_TEXT_BYTES = 1000;

/**
 * @param url of the server, `http://HOST:PORT` or `https://HOST/PATH`.
 * @param token that it wants.
 * @throws ERR_OPTION when it is no such URL, or has credentials in it.
 */
export function openHttpStore(url: string, token: string, options: HttpStoreOptions = {}): FormStore {
  return storeOver(new HttpForms(baseOf(url), token, options));
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isBase =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  // Not what was given, which may hold a password.
  if (!isBase) failOption('store', 'a URL such as http://HOST:PORT, without a name or a password', 'another');
  return url;
}

/** What came back; `longer` than any blob, its body is not read. */
interface Answer {
  readonly status: number;
  readonly body: Uint8Array | 'longer';
}

class HttpForms implements RawStore {
  readonly asksFromBytes = ASKS_FROM_BYTES;
  readonly address: string;
  readonly #token: string;
  readonly #agent: Agent;
  readonly #idleMs: number;
  readonly #pausesMs: readonly number[];
  /** Aborted when it is closed: nothing is tried again then, which would keep the process. */
  readonly #closed = new AbortController();

  constructor(base: URL, token: string, { idleMs = 30_000, pausesMs = [200, 1000, 3000] }: HttpStoreOptions) {
    this.address = base.href.replace(/\/+$/, '');
    this.#token = token;
    this.#idleMs = idleMs;
    this.#pausesMs = pausesMs;
    const settings = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
    this.#agent = base.protocol === 'http:' ? new Agent(settings) : new TlsAgent(settings);
  }

  async read(digest: Digest, signal?: AbortSignal): Promise<Uint8Array | null> {
    const { status, body } = await this.#ask('GET', digest, null, signal);
    if (status === 404) return null;
    if (body === 'longer') return failBlob(this.address, digest, 'damaged', 'it is longer than any blob');
    return body;
  }

  async write(digest: Digest, stored: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#ask('PUT', digest, stored, signal);
  }

  async holds(digest: Digest, renew: boolean, signal?: AbortSignal): Promise<boolean> {
    return (await this.#ask(renew ? 'POST' : 'HEAD', digest, null, signal)).status !== 404;
  }

  async remove(digest: Digest): Promise<void> {
    await this.#ask('DELETE', digest, null);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#agent.destroy();
  }

  /** Resolves with what went well, or with 404. */
  async #ask(method: string, digest: Digest, form: Uint8Array | null, signal?: AbortSignal): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      const answer = await this.#askOnce(method, digest, form, signal).catch((error: Error) => error);
      signal?.throwIfAborted();
      if (!(answer instanceof Error) && (answer.status < 300 || answer.status === 404)) return answer;
      const pauseMs = this.#pausesMs[attempt];
      if (pauseMs === undefined || !isPassing(answer)) throw this.#problem(answer);
      await pause(pauseMs, undefined, { signal: signal ?? this.#closed.signal }).catch(() => undefined);
      if (this.#closed.signal.aborted) throw this.#problem(answer);
    }
  }

  #askOnce(method: string, digest: Digest, form: Uint8Array | null, signal?: AbortSignal): Promise<Answer> {
    const ask = this.address.startsWith('https:') ? requestTls : request;
    const options = {
      method,
      agent: this.#agent,
      timeout: this.#idleMs,
      headers: {
        Authorization: bearer(this.#token),
        'Content-Length': form?.length ?? 0,
        ...(form === null ? {} : { 'Content-Type': FORM_TYPE }),
      },
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const asked = ask(`${this.address}${pathOf(digest)}`, options);
      asked.on('timeout', () => asked.destroy(new Error(`nothing came for ${this.#idleMs / 1000} s`)));
      asked.on('error', reject);
      asked.on('response', (response) => readAnswer(asked, response).then(resolve, reject));
      asked.end(form ?? undefined);
    });
  }

  #problem(answer: Answer | Error): Error {
    if (answer instanceof Error) return storeError(this.address, 'cannot be reached', answer);
    const { status, body } = answer;
    if (status === 401)
      return storeError(this.address, 'refuses this host: it was started with another secret');
    const text =
      body === 'longer' ? '' : Buffer.from(body.subarray(0, MOST_TEXT_BYTES)).toString('utf8').trim();
    return storeError(this.address, `answered with ${status}${text === '' ? '' : `: ${text}`}`);
  }
}

/** Whether it may well be over when it is tried again. */
function isPassing(answer: Answer | Error): boolean {
  if (answer instanceof NoStore) return answer.status >= 500;
  return answer instanceof Error || (answer.status >= 500 && answer.status !== 507) || answer.status === 429;
}

/** Something else answers there: a proxy, or another program that has the port now. */
class NoStore extends Error {
  constructor(readonly status: number) {
    super(`what answers there, with ${status}, is no store of blobs`);
  }
}

async function readAnswer(asked: ClientRequest, response: IncomingMessage): Promise<Answer> {
  const body = await readAtMost(response, MOST_STORED_BYTES);
  if (body === 'longer') asked.destroy();
  const { statusCode: status = 0, headers } = response;
  if (headers[STORE_HEADER] === undefined) throw new NoStore(status);
  return { status, body };
}
