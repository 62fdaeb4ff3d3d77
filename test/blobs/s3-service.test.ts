// The same against a real service, where one is named: TUTTI_TEST_S3=s3://BUCKET/PREFIX?endpoint=… with credentials in the
// environment. What it writes lies under a prefix of its own and is removed.

import t from 'tap';
import { digestOf } from '../../src/blobs/digest.js';
import { openS3Store } from '../../src/blobs/s3-store.js';
import { sweepStore } from '../../src/blobs/sweep.js';
import { noise } from '../support/noise.js';
import { behavesAsAStore } from './every-store.js';

const ADDRESS = process.env.TUTTI_TEST_S3;
const skip = ADDRESS === undefined ? 'TUTTI_TEST_S3 names no service' : false;
/** All that is there, whatever the service's clock says. */
const EVERYTHING = { olderThanMs: Number.NEGATIVE_INFINITY };

function open() {
  const url = new URL(ADDRESS!);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/tests of tutti ${process.pid}`;
  return openS3Store(url.href);
}

t.test('a service does what every store does', { skip }, (t) => {
  behavesAsAStore(t, open);
  t.end();
});

t.test('it is swept of what is old', { skip }, async (t) => {
  const store = await open();
  await sweepStore(store, EVERYTHING);
  const blobs = Array.from({ length: 12 }, (_, at) => noise(70_000, at + 1));
  for (const bytes of blobs) await store.put(digestOf(bytes), bytes);
  t.equal(await sweepStore(store, { olderThanMs: 24 * 3600 * 1000 }), 0);
  t.equal(await store.raw.holds(digestOf(blobs[0]!), true), true);
  t.ok(Buffer.from(blobs[0]!).equals(await store.get(digestOf(blobs[0]!))));
  t.equal(await sweepStore(store, EVERYTHING), 12);
  t.equal(await store.has(digestOf(blobs[0]!)), false);
});

t.test('a wrong key and a bucket that is not there are errors of the store', { skip }, async (t) => {
  const url = new URL(ADDRESS!);
  url.host = 'tutti-has-no-such-bucket';
  const none = await openS3Store(url.href);
  const bytes = noise(10);
  await t.rejects(none.put(digestOf(bytes), bytes), { code: 'ERR_STORE' });
  const secret = process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = 'another';
  t.teardown(() => Object.assign(process.env, { AWS_SECRET_ACCESS_KEY: secret }));
  await t.rejects((await open()).get(digestOf(bytes)), {
    code: 'ERR_STORE',
    message: /SignatureDoesNotMatch/,
  });
});
