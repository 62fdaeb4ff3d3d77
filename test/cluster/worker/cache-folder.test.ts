// Where a worker keeps datasets and modules that was told no folder: never where others can put theirs.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { defaultCacheFolder } from '../../../src/cluster/worker/worker-options.js';

const temporary = mkdtempSync(join(tmpdir(), 'tutti-cache-'));
const own = join(temporary, `tutti-${userInfo().uid}`);
const { HOME, XDG_CACHE_HOME, TMPDIR } = process.env;
t.teardown(() => {
  for (const [name, value] of Object.entries({ HOME, XDG_CACHE_HOME, TMPDIR }))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(temporary, { recursive: true, force: true });
});

t.test('of the user’s caches, where there is a home', async (t) => {
  Object.assign(process.env, { XDG_CACHE_HOME: '/caches', HOME: '/home/a', TMPDIR: temporary });
  t.equal(await defaultCacheFolder(), '/caches/tutti');
  process.env.XDG_CACHE_HOME = '';
  t.equal(await defaultCacheFolder(), '/home/a/.cache/tutti');
});

t.test('without a home one of temporary files that nobody else can read or write', async (t) => {
  process.env.HOME = '';
  t.equal(await defaultCacheFolder(), own);
  t.equal(statSync(own).mode & 0o777, 0o700);
  t.equal(await defaultCacheFolder(), own, 'the same again');
  chmodSync(own, 0o777);
  await t.rejects(defaultCacheFolder(), { code: 'ERR_FILE', message: /alone.*--cache-folder/ });
  rmSync(own, { recursive: true });
  const other = join(temporary, 'other');
  mkdirSync(other, { mode: 0o700 });
  symlinkSync(other, own);
  await t.rejects(defaultCacheFolder(), { code: 'ERR_FILE' }, 'a link leads anywhere');
});
