// An S3-compatible object store: an object for each blob, under a prefix of a bucket. Credentials come from where the AWS
// SDK finds them (environment, profile, the machine's role) and are never in an address.

import { failAddress, failBlob, storeError } from './blob-errors.js';
import type { Digest } from './blob-store.js';
import { isDigest } from './digest.js';
import { type FormStore, type RawStore, storeOver } from './raw-store.js';
import { connectS3, type S3Objects, type S3Place } from './s3-client.js';
import { MOST_STORED_BYTES } from './stored-form.js';

/** A question costs as much as a small object. */
const ASKS_FROM_BYTES = 2 ** 16;

const EXPECTED =
  's3://BUCKET/PREFIX, with ?endpoint=https://HOST and &region=NAME where they are needed, without a name or a password';

/**
 * @param address as EXPECTED says.
 * @throws ERR_OPTION for another one, ERR_ENGINE_MISSING without the package @aws-sdk/client-s3.
 */
export async function openS3Store(address: string): Promise<FormStore> {
  const place = placeOf(address);
  return storeOver(new S3Forms(addressOf(place), place, await connectS3(place)));
}

/** @throws ERR_OPTION */
export function placeOf(address: string): S3Place {
  const url = URL.canParse(address) ? new URL(address) : null;
  const known = ['endpoint', 'region'];
  const isPlace =
    url?.protocol === 's3:' &&
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host) &&
    [url.username, url.password, url.hash].every((part) => part === '') &&
    [...url.searchParams.keys()].every((name) => known.includes(name));
  if (!isPlace) return failAddress(EXPECTED, 'another address');
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null) checkEndpoint(endpoint);
  const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
  return {
    bucket: url.host,
    prefix: path === '' ? '' : `${path}/`,
    endpoint,
    region: url.searchParams.get('region'),
  };
}

function checkEndpoint(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isEndpoint =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  if (!isEndpoint) failAddress(EXPECTED, 'an endpoint that is none');
}

function addressOf({ bucket, prefix, endpoint, region }: S3Place): string {
  const query = Object.entries({ endpoint, region }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${inUrl(value)}`],
  );
  return `s3://${bucket}/${inUrl(prefix)}${query.length === 0 ? '' : '?'}${query.join('&')}`;
}

/** Escaped, but for what may stand in paths and queries and reads better as it is. */
function inUrl(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3A', ':');
}

class S3Forms implements RawStore {
  readonly asksFromBytes = ASKS_FROM_BYTES;

  constructor(
    readonly address: string,
    readonly place: S3Place,
    readonly objects: S3Objects,
  ) {}

  async read(digest: Digest, signal?: AbortSignal): Promise<Uint8Array | null> {
    const stored = await this.#ask('cannot be read', signal, () =>
      this.objects.get(this.#keyOf(digest), MOST_STORED_BYTES, signal),
    );
    if (stored === 'longer') return failBlob(this.address, digest, 'damaged', 'it is longer than any blob');
    return stored;
  }

  async write(digest: Digest, stored: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#ask('cannot be written', signal, () => this.objects.put(this.#keyOf(digest), stored, signal));
  }

  async holds(digest: Digest, renew: boolean, signal?: AbortSignal): Promise<boolean> {
    return this.#ask('cannot be read', signal, () => this.objects.has(this.#keyOf(digest), renew, signal));
  }

  async remove(digest: Digest): Promise<void> {
    await this.#ask('cannot be written', undefined, () => this.objects.delete(this.#keyOf(digest)));
  }

  async removeOlder(ageMs: number, signal?: AbortSignal): Promise<number> {
    const { prefix } = this.place;
    return this.#ask('cannot be cleaned up', signal, async () => {
      let removed = 0;
      for await (const object of this.objects.list(prefix, signal)) {
        // Whatever else lies under the prefix is somebody else's.
        if (!isDigest(object.key.slice(prefix.length)) || object.ageMs < ageMs) continue;
        await this.objects.delete(object.key);
        removed++;
      }
      return removed;
    });
  }

  async close(): Promise<void> {
    this.objects.close();
  }

  #keyOf(digest: Digest): string {
    return `${this.place.prefix}${digest}`;
  }

  /** With the signal's own reason where that is why, and otherwise the SDK's words. */
  async #ask<Result>(
    what: string,
    signal: AbortSignal | undefined,
    act: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      signal?.throwIfAborted();
      throw storeError(this.address, what, named(error as Error));
    }
  }
}

/** Services answer with a code, which some give no words to. */
function named(error: Error): Error {
  if (error.name === 'Error' || error.message.includes(error.name)) return error;
  return new Error(`${error.name}: ${error.message}`, { cause: error });
}
