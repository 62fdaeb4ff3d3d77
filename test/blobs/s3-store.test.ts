// An S3-compatible store, through the real SDK, against a server that checks signatures.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MOST_BLOB_BYTES } from '../../src/blobs/blob-store.js';
import { digestOf } from '../../src/blobs/digest.js';
import { openS3Store } from '../../src/blobs/s3-store.js';
import { noise } from '../support/noise.js';
import { fail, startS3Server } from '../support/s3-server.js';
import { behavesAsAStore } from './every-store.js';

const MODULE = new URL('../../src/blobs/s3-store.js', import.meta.url).href;
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SETTINGS = { ...KEYS, buckets: ['bucket'], region: 'eu-west-1' };

/** As a user sets them; nothing of this machine's is asked. */
function setCredentials(secret = KEYS.secretAccessKey): void {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
}

/** A server and a store on it, both ended with the test. */
async function opened(t: Test, secret?: string, bucket = 'bucket') {
  setCredentials(secret);
  const server = await startS3Server(SETTINGS);
  const store = await openS3Store(`s3://${bucket}/some where/?endpoint=${server.endpoint}&region=eu-west-1`);
  t.teardown(async () => {
    await store.close();
    await server.close();
  });
  return { server, store };
}

t.test('over requests that are signed', (t) => {
  behavesAsAStore(t, async () => (await opened(t)).store);
  t.end();
});

t.test('an object is the stored form, its key the prefix and the digest', async (t) => {
  const { server, store } = await opened(t);
  const bytes = new Uint8Array(50_000);
  await store.put(digestOf(bytes), bytes);
  t.same([...server.objects.keys()], [`bucket/some where/${digestOf(bytes)}`]);
  t.ok([...server.objects.values()][0]!.bytes.length < 500, 'compressed');
});

t.test('what is there is not sent again, unless asking would take as long', async (t) => {
  const { server, store } = await opened(t);
  for (const [length, methods] of [
    [1000, ['PUT', 'PUT']],
    [100_000, ['HEAD', 'PUT', 'HEAD']],
  ] as const) {
    const bytes = noise(length);
    server.asked.length = 0;
    await store.put(digestOf(bytes), bytes);
    await store.put(digestOf(bytes), bytes);
    t.same(
      server.asked.map((line) => line.split(' ')[0]),
      methods,
    );
  }
});

t.test('what is used again counts as new, so that a rule by age spares it', async (t) => {
  const { server, store } = await opened(t);
  const bytes = noise(100_000);
  await store.put(digestOf(bytes), bytes);
  const object = () => server.objects.get(`bucket/some where/${digestOf(bytes)}`)!;
  object().modified = new Date(Date.now() - 3 * 24 * 3600 * 1000);
  t.equal(await store.has(digestOf(bytes)), true);
  t.ok(Date.now() - object().modified.getTime() > 24 * 3600 * 1000, 'asking alone does nothing');
  await store.put(digestOf(bytes), bytes);
  t.ok(Date.now() - object().modified.getTime() < 3600 * 1000);
  t.ok(Buffer.from(bytes).equals(await store.get(digestOf(bytes))));
});

t.test('a wrong key is an error of the store, without the key', async (t) => {
  const { server, store } = await opened(t, 'another-secret-hunter2');
  const bytes = noise(10);
  for (const call of [() => store.put(digestOf(bytes), bytes), () => store.get(digestOf(bytes))]) {
    const error = await call().then(
      () => null,
      (error) => error,
    );
    t.match(error, { code: 'ERR_STORE', message: /SignatureDoesNotMatch/ });
    t.notMatch(String(error.message), /hunter2|AKID/);
  }
  t.equal(server.objects.size, 0);
});

t.test('without credentials the SDK says so', async (t) => {
  const { store } = await opened(t);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  await t.rejects(store.get(digestOf(noise(3))), { code: 'ERR_STORE', message: /credentials/i });
});

t.test('a bucket that is not there is an error of the store, and no missing blob', async (t) => {
  const { store } = await opened(t, undefined, 'other-bucket');
  const bytes = noise(10);
  await t.rejects(store.get(digestOf(bytes)), { code: 'ERR_STORE', message: /NoSuchBucket/ });
  await t.rejects(store.put(digestOf(bytes), bytes), { code: 'ERR_STORE', message: /NoSuchBucket/ });
});

t.test('a service that stumbles is tried again', async (t) => {
  const { server, store } = await opened(t);
  const bytes = noise(5000);
  const digest = digestOf(bytes);
  server.faults.push((_, response) => fail(response, 503, 'SlowDown'));
  await store.put(digest, bytes);
  const stored = [...server.objects.values()][0]!.bytes;
  server.faults.push(
    (_, response) => fail(response, 500, 'InternalError'),
    (_, response) => response.destroy(),
    (_, response) => {
      response.writeHead(200, { 'Content-Length': stored.length });
      response.write(stored.subarray(0, 100), () => response.destroy());
    },
    (_, response) => response.end(stored.map((byte, at) => (at === 9 ? byte ^ 4 : byte))),
  );
  t.ok(Buffer.from(bytes).equals(await store.get(digest)));
  t.equal(server.faults.length, 0);
});

t.test('an object that is not the blob is damaged, and one that is too long is not read', async (t) => {
  const { server, store } = await opened(t);
  const bytes = noise(5000);
  const digest = digestOf(bytes);
  await store.put(digest, bytes);
  const object = [...server.objects.values()][0]!;
  for (const other of [
    object.bytes.subarray(0, 100),
    new Uint8Array(0),
    new Uint8Array(MOST_BLOB_BYTES + 2),
  ]) {
    object.bytes = other;
    await t.rejects(store.get(digest), { code: 'ERR_BLOB', details: { digest, problem: 'damaged' } });
  }
});

t.test('a service that is gone is an error in the end', async (t) => {
  const { server, store } = await opened(t);
  await server.close();
  await t.rejects(store.get(digestOf(noise(3))), { code: 'ERR_STORE', message: /ECONNREFUSED/ });
});

t.test('a request that is under way stops when it is told to', async (t) => {
  const { server, store } = await opened(t);
  server.faults.push(() => undefined);
  const controller = new AbortController();
  const asked = store.get(digestOf(noise(3)), controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await t.rejects(asked, { message: 'enough' });
});

t.test('without the package one error says what to install', async (t) => {
  const hook = `export async function resolve(name, context, next) {
    if (!name.startsWith('@aws-sdk/')) return next(name, context);
    throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
  }`;
  const folder = t.testdir({
    'absent.mjs': `import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));`,
  });
  const script = `
    const { openS3Store } = await import(${JSON.stringify(MODULE)});
    const error = await openS3Store('s3://bucket').catch((error) => error);
    console.log(JSON.stringify([error.code, error.message]));`;
  const args = ['--import', join(folder, 'absent.mjs'), '--input-type=module', '--eval', script];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const [code, message] = JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
  t.equal(code, 'ERR_ENGINE_MISSING');
  t.match(message, /needs the package @aws-sdk\/client-s3: npm install @aws-sdk\/client-s3 \(Cannot find/);
});
