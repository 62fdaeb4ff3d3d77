// Rows 11, 15 and 16: the folder of a checkpoint that is full, read-only, somebody else's, in use, or of other data; and a full
// disk where the ensemble is saved.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { mountSmall } from '../support/small-disk.js';
import { command, dataFolder, type Ended, misdoer, until } from './support.js';

const root = t.testdir();
const TRAIN = ['train', 'data.csv', '--target', 'label', '--seed', '4', '--threads', '2', '--quiet'];
const MANY = ['--members', '40', '--hidden', '32'];
const FEW = ['--epochs', '20'];

function folderOf(name: string): string {
  const cwd = join(root, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'ok.mjs'), misdoer({}, 2));
  return dataFolder(cwd);
}

const isRoot = process.getuid?.() === 0;

const oneError = (t: Test, { status, stderr, left }: Ended, expected: number, message: RegExp) => {
  t.equal(status, expected, stderr);
  t.match(stderr, message);
  t.equal(stderr.trim().split('\n').length, 1, 'one line');
  t.same(left, []);
};

t.test(
  'a disk that is full while members are kept: what is finished is saved, and goes on elsewhere',
  async (t) => {
    const cwd = folderOf('full');
    const small = join(cwd, 'small');
    const unmount = mountSmall(small, 64 * 1024);
    if (unmount === null) return t.pass('', { skip: 'no file system can be mounted here' });
    t.teardown(unmount);
    t.equal((await command([...TRAIN, ...MANY, ...FEW, '--out', 'whole.tutti'], { cwd })).status, 0);
    const kept = join(small, 'kept');
    const ended = await command([...TRAIN, ...MANY, ...FEW, '--checkpoint', kept, '--out', 'part.tutti'], {
      cwd,
    });
    t.same(ended.left, []);
    const whole = await loadEnsemble(join(cwd, 'whole.tutti'));
    const part = await loadEnsemble(join(cwd, 'part.tutti')).catch(() => ({ members: [] }));
    // Where the last member ended before the disk had answered, nothing is missing.
    if (ended.status === 0) t.equal(part.members.length, 40);
    else t.match(ended.stderr, /small\/kept.*(ENOSPC|no space left)/);
    for (const { index, parameters } of part.members) t.same(parameters, whole.members[index]!.parameters);
    // With room again, it goes on from what was kept.
    const moved = join(cwd, 'moved');
    cpSync(kept, moved, { recursive: true });
    const resumed = await command(['resume', moved, '--quiet', '--out', 'moved.tutti'], { cwd });
    t.match(resumed, { status: 0, stderr: '', left: [] });
    t.ok(readFileSync(join(cwd, 'moved.tutti')).equals(readFileSync(join(cwd, 'whole.tutti'))));
  },
);

t.test(
  'a disk that is full where the ensemble is saved: one error, no half a file, the former one untouched',
  async (t) => {
    const cwd = folderOf('full-out');
    const small = join(cwd, 'small');
    const unmount = mountSmall(small, 64 * 1024);
    if (unmount === null) return t.pass('', { skip: 'no file system can be mounted here' });
    t.teardown(unmount);
    writeFileSync(join(small, 'e.tutti'), 'what was there before');
    const run = [...TRAIN, ...MANY, ...FEW, '--checkpoint', 'kept', '--out', 'small/e.tutti'];
    oneError(t, await command(run, { cwd }), 2, /^tutti: Cannot write small\/e\.tutti: .*ENOSPC/);
    t.equal(readFileSync(join(small, 'e.tutti'), 'utf8'), 'what was there before');
    t.same(readdirSync(small), ['e.tutti']);
    const resumed = await command(['resume', 'kept', '--quiet', '--out', 'e.tutti'], { cwd });
    t.match(resumed, { status: 0, left: [] });
    t.equal((await loadEnsemble(join(cwd, 'e.tutti'))).members.length, 40, 'nothing was lost');
  },
);

t.test('a folder that cannot be written is one error, before anything is trained', async (t) => {
  const cwd = folderOf('read-only');
  mkdirSync(join(cwd, 'closed'));
  writeFileSync(join(cwd, 'file'), '');
  const places: [string, string][] = [
    ['kept in a file', 'file/kept'],
    ['a file itself', 'file'],
  ];
  if (isRoot) {
    const unmount = mountSmall(join(cwd, 'fixed'), 4096);
    if (unmount !== null) {
      t.teardown(unmount);
      execFileSync('mount', ['-o', 'remount,ro', join(cwd, 'fixed')]);
      places.push(['a read-only file system', 'fixed/kept']);
    }
  } else {
    chmodSync(join(cwd, 'closed'), 0o500);
    places.push(['a folder without permission', 'closed/kept']);
  }
  for (const [name, folder] of places) {
    const run = [...TRAIN, ...MANY, ...FEW, '--checkpoint', folder, '--out', 'e.tutti'];
    oneError(
      t,
      await command(run, { cwd }),
      2,
      /^tutti: .*(closed|file|fixed).*\(ERR_(CHECKPOINT|FILE|OPTION)\)/,
    );
    t.notOk(existsSync(join(cwd, 'e.tutti')), name);
  }
});

t.test('data that changed are refused, by both hashes; with the former ones it goes on', async (t) => {
  const cwd = folderOf('changed');
  const before = readFileSync(join(cwd, 'data.csv'), 'utf8');
  t.equal((await command([...TRAIN, ...MANY, ...FEW, '--out', 'whole.tutti'], { cwd })).status, 0);
  await startAndKill(cwd);
  for (const change of [
    () => appendFileSync(join(cwd, 'data.csv'), '1,2,no\n'),
    () => writeFileSync(join(cwd, 'data.csv'), before.replace('.9', '.8')),
    () => writeFileSync(join(cwd, 'data.csv'), before.replace('yes', 'no')),
  ]) {
    change();
    const ended = await command(['resume', 'kept', '--quiet', '--out', 'e.tutti'], { cwd });
    oneError(t, ended, 2, /^tutti: .*[0-9a-f]{8,64}.*[0-9a-f]{8,64}.*\(ERR_DATA\)/);
    t.notOk(existsSync(join(cwd, 'e.tutti')));
  }
  writeFileSync(join(cwd, 'data.csv'), before);
  t.match(await command(['resume', 'kept', '--quiet', '--out', 'e.tutti'], { cwd }), { status: 0, left: [] });
  t.ok(readFileSync(join(cwd, 'e.tutti')).equals(readFileSync(join(cwd, 'whole.tutti'))));
});

t.test('two processes with one folder: the second is refused, and the first goes on', async (t) => {
  const cwd = folderOf('two');
  t.equal((await command([...TRAIN, ...MANY, ...FEW, '--out', 'whole.tutti'], { cwd })).status, 0);
  const run = [...TRAIN, ...MANY, ...FEW, '--checkpoint', 'kept', '--out', 'e.tutti'];
  let pid = 0;
  let held = false;
  const first = command(run, {
    cwd,
    onStart: (child) => {
      pid = child.pid!;
      const timer = setInterval(() => {
        if (!existsSync(join(cwd, 'kept', 'training'))) return;
        clearInterval(timer);
        // It is held where it is, so that it cannot have ended before the second comes.
        held = child.kill('SIGSTOP');
      }, 1);
      child.once('exit', () => clearInterval(timer));
    },
  });
  await until(() => held);
  const inUse = new RegExp(`^tutti: .*kept.* is in use by process ${pid} on .*\\(ERR_CHECKPOINT\\)`);
  for (const second of [['resume', 'kept', '--quiet'], run]) {
    const { status, stderr } = await command(second, { cwd });
    t.equal(status, 2);
    t.match(stderr, inUse);
  }
  process.kill(pid, 'SIGCONT');
  t.match(await first, { status: 0, left: [] });
  t.ok(readFileSync(join(cwd, 'e.tutti')).equals(readFileSync(join(cwd, 'whole.tutti'))));
  const { status, stderr } = await command(run, { cwd });
  t.equal(status, 2);
  t.match(stderr, /holds a training.*tutti resume/, 'one that has ended is not written over either');
});

t.test(
  'eight that come at once to a folder that was left behind: one goes on, the others are refused',
  async (t) => {
    const cwd = folderOf('eight');
    await startAndKill(cwd);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => command(['resume', 'kept', '--quiet', '--out', 'e.tutti'], { cwd })),
    );
    // Whoever comes when the first has ended finds it finished.
    const [done, refused] = [
      all.filter(({ status }) => status === 0),
      all.filter(({ status }) => status !== 0),
    ];
    for (const { status, stderr } of refused) t.match([status, stderr], [2, /is in use by .*ERR_CHECKPOINT/]);
    t.ok(done.length > 0 || refused.length === 8);
    t.match(await command(['resume', 'kept', '--quiet', '--out', 'e.tutti'], { cwd }), {
      status: 0,
      left: [],
    });
  },
);

/** Leaves a training in the folder `kept` with some members in it, and no process. */
async function startAndKill(cwd: string): Promise<void> {
  const size = () => statSync(join(cwd, 'kept', 'journal'), { throwIfNoEntry: false })?.size ?? 0;
  const run = [...TRAIN, ...MANY, ...FEW, '--checkpoint', 'kept', '--out', 'e.tutti'];
  await command(run, {
    cwd,
    onStart: (child) => {
      const timer = setInterval(() => size() > 4000 && child.kill('SIGKILL'), 1);
      child.once('exit', () => clearInterval(timer));
    },
  });
  rmSync(join(cwd, 'e.tutti'), { force: true });
}
