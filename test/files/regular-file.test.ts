// What may be read as a file, and what is refused before anything is read of it.

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { TuttiError } from '../../src/errors.js';
import { maxDataBytes, openRegularFile, readBoundedFile } from '../../src/files/regular-file.js';

const BOUNDS = { maxBytes: 1000 };

function refused(t: Test, path: string, got: RegExp, bounds = BOUNDS): void {
  try {
    readBoundedFile(path, bounds);
    t.fail(`${path} was read`);
  } catch (error) {
    const { code, message } = error as TuttiError;
    t.equal(code, 'ERR_FILE');
    t.match(message, /^Expected .* to be a readable file, got /);
    t.match(message, got);
  }
}

/** A named pipe that nobody writes to; null where the platform has none. */
function makePipe(folder: string): string | null {
  if (process.platform === 'win32') return null;
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

t.test('a regular file is read whole, an empty one and one behind a link too', async (t) => {
  const folder = t.testdir({ 'a.txt': 'some text', 'empty.txt': '' });
  symlinkSync(join(folder, 'a.txt'), join(folder, 'link.txt'));
  t.equal(readBoundedFile(join(folder, 'a.txt'), BOUNDS).toString(), 'some text');
  t.equal(readBoundedFile(join(folder, 'empty.txt'), BOUNDS).length, 0);
  t.equal(readBoundedFile(join(folder, 'link.txt'), BOUNDS).toString(), 'some text');
});

t.test('what is missing, a folder, a circle of links, or no path says what it is', async (t) => {
  const folder = t.testdir({ 'a.txt': '' });
  symlinkSync(join(folder, 'circle'), join(folder, 'circle'));
  refused(t, join(folder, 'none'), /none to be a readable file, got nothing: there is no such file$/);
  refused(t, join(folder, 'a.txt', 'below'), /there is no such file$/);
  refused(t, folder, /got a folder$/);
  refused(t, join(folder, 'circle'), /in a circle$/);
  refused(t, 'a\0b', /null byte/);
});

t.test('a file longer than the bound is refused by its length, however little of it is stored', async (t) => {
  const path = join(t.testdir({ 'sparse.csv': '' }), 'sparse.csv');
  truncateSync(path, 3.1e9);
  refused(t, path, /got 3\.1 GB where at most 1 kB are read$/);
  await t.rejects(openRegularFile(path, 2000), { code: 'ERR_FILE', message: /got 3\.1 GB/ });
  writeFileSync(path, Buffer.alloc(1000));
  t.equal(readBoundedFile(path, BOUNDS).length, 1000);
});

t.test(
  'a file whose length is not known before is read to its end',
  {
    skip: process.platform === 'linux' ? false : 'there is no /proc',
  },
  async (t) => {
    t.ok(readBoundedFile('/proc/self/status', { maxBytes: 1e6 }).length > 0);
    refused(t, '/proc/self/status', /got more where at most 5 bytes are read$/, { maxBytes: 5 });
  },
);

t.test(
  'devices are refused, though they could be read for ever',
  {
    skip: process.platform === 'win32' ? 'there are none' : false,
  },
  async (t) => {
    for (const path of ['/dev/zero', '/dev/random', '/dev/null']) {
      refused(t, path, /got a device$/);
      refused(t, path, /got a device$/, { ...BOUNDS, pipes: true } as typeof BOUNDS);
      await t.rejects(openRegularFile(path, 1e6), { code: 'ERR_FILE', message: /a device/ });
    }
  },
);

t.test('a pipe is refused without waiting for its writer where only files will do', async (t) => {
  const pipe = makePipe(t.testdir({}));
  if (pipe === null) return t.pass('no pipes here');
  refused(t, pipe, /got a pipe$/);
  await t.rejects(openRegularFile(pipe, 1e6), { code: 'ERR_FILE', message: /a pipe/ });
});

t.test('where pipes will do, one is read to its end, and no further than the bound', async (t) => {
  const pipe = makePipe(t.testdir({}));
  if (pipe === null) return t.pass('no pipes here');
  const write = (bytes: number) =>
    spawn(process.execPath, ['-e', `fs.writeFileSync(${JSON.stringify(pipe)}, Buffer.alloc(${bytes}))`]);
  write(300_000);
  t.equal(readBoundedFile(pipe, { maxBytes: 300_000, pipes: true }).length, 300_000);
  write(5000);
  refused(t, pipe, /got more where at most 4 kB are read$/, { maxBytes: 4000, pipes: true } as typeof BOUNDS);
});

t.test(
  'a file without permission says so',
  {
    skip: process.getuid?.() === 0 ? 'root may read all' : false,
  },
  async (t) => {
    const path = join(t.testdir({ secret: '' }), 'secret');
    chmodSync(path, 0);
    refused(t, path, /permission denied$/);
  },
);

t.test('the longest file of data is less than half of the memory', async (t) => {
  t.ok(maxDataBytes() > 2 ** 20);
  t.ok(maxDataBytes() < 2 ** 31);
});
