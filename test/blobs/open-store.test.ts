// Addresses of stores, as options and tasks say them.

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { openStore } from '../../src/blobs/open-store.js';

t.test('an address is that of the store which it opens', async (t) => {
  const folder = t.testdir();
  const cases: readonly (readonly [string, string])[] = [
    [folder, pathToFileURL(folder).href],
    ['relative/folder', pathToFileURL(resolve('relative/folder')).href],
    [pathToFileURL(join(folder, 'a b')).href, pathToFileURL(join(folder, 'a b')).href],
    ['http://10.0.0.1:8080', 'http://10.0.0.1:8080'],
    ['https://host.example/tutti/', 'https://host.example/tutti'],
    ['s3://bucket', 's3://bucket/'],
    ['s3://bucket/some/where', 's3://bucket/some/where/'],
    ['s3://bucket/a%20b/ü?region=x', 's3://bucket/a%20b/%C3%BC/?region=x'],
    [
      's3://bucket/a?endpoint=http://127.0.0.1:9000&region=eu-west-1',
      's3://bucket/a/?endpoint=http://127.0.0.1:9000&region=eu-west-1',
    ],
  ];
  for (const [address, expected] of cases) {
    const store = await openStore(address, { token: 'token' });
    t.equal(store.address, expected);
    const again = await openStore(store.address, { token: 'token' });
    t.equal(again.address, expected, 'which opens the same store');
    await store.close();
    await again.close();
  }
});

t.test('another one is refused, without a word of what may be a secret', async (t) => {
  const addresses = [
    '',
    ' ',
    'ftp://host/hunter2',
    'redis://:hunter2@host',
    'http://me:hunter2@host',
    'https://host/?key=hunter2',
    's3://key:hunter2@bucket/a',
    's3://bucket/a?secret=hunter2',
    's3://bucket/a?endpoint=http://me:hunter2@host',
    's3://bucket/a?endpoint=hunter2',
    's3:///a',
    's3:bucket',
    's3://Bucket_/a',
    'file://host/share',
  ];
  for (const address of addresses) {
    const error = await openStore(address, { token: 'token' }).then(
      () => null,
      (error) => error,
    );
    t.equal(error?.code, 'ERR_OPTION', address);
    t.match(error?.message, /^Expected `store` to be /);
    t.notMatch(error?.message, /hunter2/);
  }
});
