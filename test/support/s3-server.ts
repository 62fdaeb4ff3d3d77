// A server that speaks as much of S3 as stores of blobs need, and refuses what is not signed as AWS's Signature Version 4 says
// (docs.aws.amazon.com: "Authenticating Requests (AWS Signature Version 4)"), which free servers for tests do not look at.

import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Object {
  bytes: Uint8Array;
  modified: Date;
}

export interface S3Server {
  /** For `?endpoint=`. */
  readonly endpoint: string;
  /** By `BUCKET/KEY`. */
  readonly objects: Map<string, S3Object>;
  /** Method and path of every request. */
  readonly asked: string[];
  /** Answers the next requests in place of the server, one each. */
  readonly faults: ((request: IncomingMessage, response: ServerResponse) => void)[];
  close(): Promise<void>;
}

export interface S3Settings {
  readonly buckets: readonly string[];
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export async function startS3Server(settings: S3Settings): Promise<S3Server> {
  const objects = new Map<string, S3Object>();
  const asked: string[] = [];
  const faults: S3Server['faults'] = [];
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${pathOf(request)}`);
    const fault = faults.shift();
    if (fault !== undefined) return fault(request, response);
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const problem = whyRefused(request, body, settings);
    if (problem !== null) return fail(response, 403, problem);
    return answer(request, body, response);
  });

  function answer(request: IncomingMessage, body: Uint8Array, response: ServerResponse): void {
    const key = decodeURIComponent(pathOf(request).slice(1)).replace(/\/$/, '');
    if (!settings.buckets.includes(key.split('/')[0]!)) return void fail(response, 404, 'NoSuchBucket');
    if (request.method === 'PUT') write(key, body, request.headers['x-amz-copy-source'], response);
    else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else if (!key.includes('/')) list(key, new URL(request.url!, 'http://x').searchParams, response);
    else read(key, request.method === 'HEAD', response);
  }

  /** Pages of two, so that there are several. */
  function list(bucket: string, query: URLSearchParams, response: ServerResponse): void {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const from = Number(query.get('continuation-token') ?? 0);
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const contents = keys.slice(from, from + 2).map((key) => {
      const modified = objects.get(key)!.modified.toISOString();
      const name = key.slice(bucket.length + 1);
      return `<Contents><Key>${name}</Key><LastModified>${modified}</LastModified></Contents>`;
    });
    const next = from + 2 < keys.length ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
    response.writeHead(200, { 'Content-Type': 'application/xml' });
    response.end(`<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`);
  }

  function read(key: string, isHead: boolean, response: ServerResponse): void {
    const object = objects.get(key);
    if (object === undefined) return void fail(response, 404, 'NoSuchKey', isHead);
    response.setHeader('Last-Modified', object.modified.toUTCString());
    response.setHeader('Content-Length', object.bytes.length);
    response.end(isHead ? undefined : object.bytes);
  }

  function write(
    key: string,
    body: Uint8Array,
    from: string | string[] | undefined,
    response: ServerResponse,
  ): void {
    const source = from === undefined ? body : objects.get(decodeURIComponent(String(from)))?.bytes;
    if (source === undefined) return void fail(response, 404, 'NoSuchKey');
    objects.set(key, { bytes: source, modified: new Date() });
    response.end(from === undefined ? undefined : '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ objects, asked, faults },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function fail(response: ServerResponse, status: number, code: string, isHead = false): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(isHead ? undefined : `<Error><Code>${code}</Code><Message>As ${code} says.</Message></Error>`);
}

function pathOf(request: IncomingMessage): string {
  return request.url!.split('?', 1)[0]!;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();

/** The code of the error, or null for a request that is signed. */
function whyRefused(request: IncomingMessage, body: Uint8Array, settings: S3Settings): string | null {
  const { accessKeyId, secretAccessKey, region } = settings;
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (given === null) return 'AccessDenied';
  const [, id, day, place, names, signature] = given as unknown as string[];
  if (id !== accessKeyId) return 'InvalidAccessKeyId';
  if (place !== region) return 'AuthorizationHeaderMalformed';
  const time = String(request.headers['x-amz-date']);
  const payload = String(request.headers['x-amz-content-sha256']);
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const [path, query = ''] = request.url!.split('?', 2) as [string, string?];
  // Task 1: the canonical request. Paths of S3 are encoded once, as they are in the request.
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part) => (part.includes('=') ? part : `${part}=`))
      .sort()
      .join('&'),
    ...names!.split(';').map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    payload,
  ].join('\n');
  // Task 2: the string to sign. Task 3: the signature.
  const toSign = ['AWS4-HMAC-SHA256', time, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const dateKey = hmac(`AWS4${secretAccessKey}`, day!);
  const key = hmac(hmac(hmac(dateKey, region), 's3'), 'aws4_request');
  return hmac(key, toSign).toString('hex') === signature ? null : 'SignatureDoesNotMatch';
}
