// What a store needs of an S3-compatible service, by the AWS SDK: the only module that imports @aws-sdk/client-s3, an optional
// peer, when a store of that kind is opened. Signing, credentials and the SDK's own retries are its business.

import type { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { TuttiError } from '../errors.js';
import { readAtMost } from './read-at-most.js';

/** Not a literal where it is imported, so that bundlers do not look for what need not be installed. */
const PACKAGE: string = '@aws-sdk/client-s3';

const CONNECT_MS = 10_000;
/** Of silence. */
const IDLE_MS = 30_000;
/** In all, with pauses between them that grow. */
const ATTEMPTS = 4;
const MOST_CONNECTIONS = 8;
/** An object that is used again is made as new once it is this old, so that a rule by age spares it. */
const RENEW_MS = 24 * 3600 * 1000;
/** What S3-compatible services of no region take. */
const ANY_REGION = 'us-east-1';

/** Where objects are. */
export interface S3Place {
  readonly bucket: string;
  /** What keys begin with: empty, or ending in a slash. */
  readonly prefix: string;
  /** Of another service than AWS's. */
  readonly endpoint: string | null;
  readonly region: string | null;
}

/** Objects of one bucket by their keys. Rejects with what the SDK says. */
export interface S3Objects {
  /** Null where there is none; `longer` for one of more bytes than `most`, which is not read. */
  get(key: string, most: number, signal?: AbortSignal): Promise<Uint8Array | null | 'longer'>;
  put(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  has(key: string, renew: boolean, signal?: AbortSignal): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Objects whose keys begin so, with how long ago they were written. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<{ readonly key: string; readonly ageMs: number }>;
  close(): void;
}

/** @throws ERR_ENGINE_MISSING when the package is not installed. */
export async function connectS3(place: S3Place): Promise<S3Objects> {
  const sdk = await load();
  const client = new sdk.S3Client(settingsOf(place));
  const { bucket: Bucket } = place;
  const sent = (signal?: AbortSignal) => (signal === undefined ? {} : { abortSignal: signal });

  async function renewed(Key: string, made: Date | undefined, signal?: AbortSignal): Promise<void> {
    if (made === undefined || Date.now() - made.getTime() < RENEW_MS) return;
    const CopySource = `${Bucket}/${encodeURI(Key)}`;
    const command = new sdk.CopyObjectCommand({ Bucket, Key, CopySource, MetadataDirective: 'REPLACE' });
    await client.send(command, sent(signal));
  }

  return {
    async get(Key, most, signal) {
      for (let attempt = 1; ; attempt++) {
        const { Body, ContentLength } = await client
          .send(new sdk.GetObjectCommand({ Bucket, Key }), sent(signal))
          .catch(nothingThere);
        if (Body === undefined) return null;
        try {
          return await readBody(Body as Readable, ContentLength, most);
        } catch (error) {
          // The SDK tries again what fails before an answer begins, and not what breaks off within one.
          if (attempt === ATTEMPTS || signal?.aborted) throw error;
        }
      }
    },
    async put(Key, Body, signal) {
      const ContentType = 'application/octet-stream';
      const command = new sdk.PutObjectCommand({ Bucket, Key, Body, ContentType });
      await client.send(command, sent(signal));
    },
    async has(Key, renew, signal) {
      try {
        const command = new sdk.HeadObjectCommand({ Bucket, Key });
        const { LastModified } = await client.send(command, sent(signal));
        if (renew) await renewed(Key, LastModified, signal);
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
    async delete(Key) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
    },
    async *list(Prefix, signal) {
      for (let token: string | undefined; ; ) {
        const asked = { Bucket, Prefix, ...(token === undefined ? {} : { ContinuationToken: token }) };
        const page = await client.send(new sdk.ListObjectsV2Command(asked), sent(signal));
        for (const { Key, LastModified } of page.Contents ?? [])
          if (Key !== undefined && LastModified !== undefined)
            yield { key: Key, ageMs: Date.now() - LastModified.getTime() };
        token = page.NextContinuationToken;
        if (token === undefined) return;
      }
    },
    close: () => client.destroy(),
  };
}

async function load(): Promise<typeof Sdk> {
  try {
    return (await import(/* webpackIgnore: true */ PACKAGE)) as typeof Sdk;
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0]!;
    throw new TuttiError(
      'ERR_ENGINE_MISSING',
      `A store of S3 needs the package ${PACKAGE}: npm install ${PACKAGE} (${reason})`,
      { package: PACKAGE },
      error,
    );
  }
}

function settingsOf({ endpoint, region }: S3Place): Sdk.S3ClientConfig {
  const settings: Sdk.S3ClientConfig = {
    maxAttempts: ATTEMPTS,
    // Digests are checked here; services that are compatible need not know the SDK's newest checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      httpAgent: { maxSockets: MOST_CONNECTIONS },
      httpsAgent: { maxSockets: MOST_CONNECTIONS },
    },
  };
  if (endpoint === null) return region === null ? settings : { ...settings, region };
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  // Buckets of other services have no names in the DNS.
  return {
    ...{ ...settings, endpoint, forcePathStyle: true },
    region: region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? ANY_REGION,
  };
}

function nothingThere(error: unknown): { Body?: undefined; ContentLength?: undefined } {
  if (isMissing(error)) return {};
  throw error;
}

async function readBody(
  body: Readable,
  length: number | undefined,
  most: number,
): Promise<Uint8Array | 'longer'> {
  if ((length ?? 0) <= most) return readAtMost(body, most);
  body.on('error', () => undefined).destroy();
  return 'longer';
}

/** That a bucket is missing is another error. */
function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket';
}
