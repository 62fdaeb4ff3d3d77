// What is left of a file, and of the temporary one beside it, however a write ends.

import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkWritable, writeAll, writeAtomically } from '../../src/files/atomic-file.js';

const MODULE = new URL('../../src/files/atomic-file.js', import.meta.url).href;
const posix = process.platform === 'win32' ? 'no modes or signals here' : false;

const write = (path: string, text: string) =>
  writeAtomically(path, async (file) => writeAll(file, Buffer.from(text)));

/** A process that writes a file and does `act` in the middle; resolves with how it ended. */
function writeElsewhere(path: string, act: string, before = ''): Promise<number | string | null> {
  const script = `
    import { writeAtomically } from ${JSON.stringify(MODULE)};
    ${before}
    await writeAtomically(${JSON.stringify(path)}, async (file) => { await file.write('half'); ${act} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.on('exit', (status, signal) => resolve(signal ?? status)));
}

t.test(
  'a replaced file keeps its mode, also through a link; a new one has the usual one',
  { skip: posix },
  async (t) => {
    const folder = t.testdir({ secret: 'old', shared: 'old' });
    chmodSync(join(folder, 'secret'), 0o600);
    chmodSync(join(folder, 'shared'), 0o664);
    symlinkSync(join(folder, 'secret'), join(folder, 'link'));
    const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;
    for (const name of ['link', 'shared', 'new']) await write(join(folder, name), 'new');
    t.same([modeOf('secret'), modeOf('shared'), modeOf('new')], [0o600, 0o664, 0o666 & ~process.umask()]);
    t.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'new');
  },
);

t.test('a path of a folder is refused, whether there is one or not', async (t) => {
  const folder = t.testdir({ 'a.txt': 'old' });
  for (const name of ['a.txt/', 'none/', '.', 'none/..', 'a.txt/.']) {
    await t.rejects(
      checkWritable(`${folder}/${name}`),
      { code: 'ERR_FILE', message: /^Cannot write / },
      name,
    );
  }
  t.same(readdirSync(folder), ['a.txt']);
});

t.test('a process that ends in the middle leaves the old file and no other', { skip: posix }, async (t) => {
  const folder = t.testdir({ 'a.txt': 'old' });
  const path = join(folder, 'a.txt');
  t.equal(await writeElsewhere(path, 'process.exit(7);'), 7);
  const throws = 'setTimeout(() => { throw new Error(); }); await new Promise(() => {});';
  t.equal(await writeElsewhere(path, throws), 1);
  t.same(readdirSync(folder), ['a.txt']);
  t.equal(readFileSync(path, 'utf8'), 'old');
});

t.test(
  'signals are heard during a write where that was asked for, and only then',
  { skip: posix },
  async (t) => {
    const folder = t.testdir({ 'a.txt': 'old' });
    const path = join(folder, 'a.txt');
    const hear = `import { hearSignals } from ${JSON.stringify(new URL('./temporary-file.js', MODULE).href)};
    hearSignals((signal) => process.exit(signal.length));`;
    const act = `process.kill(process.pid, 'SIGHUP'); await new Promise((go) => setTimeout(go, 1e5));`;
    t.equal(await writeElsewhere(path, act, hear), 'SIGHUP'.length);
    t.same(readdirSync(folder), ['a.txt']);
  },
);

t.test(
  'what a killed process left is removed by the next write, what a living one has is not',
  { skip: posix },
  async (t) => {
    const folder = t.testdir({ 'a.txt': 'old' });
    const path = join(folder, 'a.txt');
    const kill = `process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`;
    t.equal(await writeElsewhere(path, kill), 'SIGKILL');
    const left = readdirSync(folder).filter((name) => name !== 'a.txt');
    t.equal(left.length, 1);
    const [, host] = /^\.tutti-([0-9a-f]+)-\d+-/.exec(left[0]!)!;
    const living = `.tutti-${host}-${process.ppid}-${'0'.repeat(16)}.tmp`;
    const elsewhere = `.tutti-${'f'.repeat(8)}-1-${'0'.repeat(16)}.tmp`;
    for (const name of [living, elsewhere, '.tutti-mine.tmp']) writeFileSync(join(folder, name), '');
    await write(path, 'new');
    t.same(readdirSync(folder).sort(), [living, elsewhere, '.tutti-mine.tmp', 'a.txt'].sort());
  },
);

t.test('a write that fails leaves nothing and no listener', async (t) => {
  const folder = t.testdir({ sub: {} });
  const before = process.listenerCount('exit');
  const fails = writeAtomically(join(folder, 'sub', 'a.txt'), async () => {
    t.equal(process.listenerCount('exit'), before + 1);
    throw new Error('no luck');
  });
  await t.rejects(fails, { code: 'ERR_FILE', message: /no luck$/ });
  t.equal(process.listenerCount('exit'), before);
  t.same(readdirSync(join(folder, 'sub')), []);
  rmSync(join(folder, 'sub'), { recursive: true });
  await t.rejects(write(join(folder, 'sub', 'a.txt'), ''), {
    code: 'ERR_FILE',
    message: /there is no folder/,
  });
});
