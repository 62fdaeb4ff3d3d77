// Who has the folder of a checkpoint: one process at a time, and none that is gone.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lockFolder } from '../../src/checkpoint/lock.js';

function makeFolder(t: Test): string {
  const folder = join(t.testdir(), 'ck');
  mkdirSync(folder);
  return folder;
}

/** What a lock of this process says, changed. */
async function lockAs(folder: string, change: object, name = 'lock-1'): Promise<void> {
  const lock = await lockFolder(folder);
  const path = join(folder, readdirSync(folder).find((file) => file.startsWith('lock-'))!);
  const owner = JSON.parse(readFileSync(path, 'utf8'));
  await lock.release();
  writeFileSync(join(folder, name), JSON.stringify({ ...owner, ...change }));
}

const inUse = { code: 'ERR_CHECKPOINT', message: /ck is in use by process \d+ on / };

t.test('a folder is held by one, and then free', async (t) => {
  const folder = makeFolder(t);
  const lock = await lockFolder(folder);
  t.same(readdirSync(folder), ['lock-1']);
  await t.rejects(lockFolder(folder), {
    ...inUse,
    message: new RegExp(`in use by process ${process.pid} on ${hostname()}$`),
  });
  await lock.release();
  t.same(readdirSync(folder), []);
  await (await lockFolder(folder)).release();
});

t.test('of many that come at once to a free folder one has it', async (t) => {
  const folder = makeFolder(t);
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  t.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
});

t.test('the lock of a process that is gone is taken over, and of many by one at most', async (t) => {
  const gone: Record<string, object> = {
    'no such process': { pid: 2 ** 22 + 1 },
    'an id that is used again': { started: 'another boot 1' },
  };
  for (const [name, change] of Object.entries(gone)) {
    const folder = makeFolder(t);
    await lockAs(folder, change, 'lock-7');
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const held = all.filter((one) => one.status === 'fulfilled');
    t.ok(held.length <= 1, name);
    for (const one of held) await one.value.release();
    await (await lockFolder(folder)).release();
    t.same(readdirSync(folder), [], 'the former one is gone');
  }
});

t.test('a process of another host cannot be asked: it has the folder', async (t) => {
  const folder = makeFolder(t);
  await lockAs(folder, { host: 'elsewhere', pid: 5 });
  await t.rejects(lockFolder(folder), {
    ...inUse,
    message: /in use by process 5 on elsewhere; if that is gone, resume with `takeOver` \(--take-over\)$/,
  });
});

t.test('the lock of another host is taken over where the caller says that it is gone, by one', async (t) => {
  const folder = makeFolder(t);
  await lockAs(folder, { host: 'elsewhere', pid: 5 }, 'lock-3');
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () => lockFolder(folder, { takeOver: true })),
  );
  const held = all.filter((one) => one.status === 'fulfilled');
  t.equal(held.length <= 1, true);
  for (const one of held) await one.value.release();
  await lockAs(folder, { host: 'elsewhere', pid: 5 }, 'lock-3');
  const lock = await lockFolder(folder, { takeOver: true });
  t.same(readdirSync(folder), ['lock-1'], 'the former one is gone');
  await t.rejects(lockFolder(folder, { takeOver: true }), inUse, 'this one is not gone');
  await lock.release();
});

t.test('what is no lock of tutti is nobody’s to take', async (t) => {
  for (const text of ['', '{', '[]', '{"pid":"x"}', '{"__proto__":{"pid":1}}']) {
    const folder = makeFolder(t);
    writeFileSync(join(folder, 'lock-1'), text);
    await t.rejects(lockFolder(folder), { code: 'ERR_CHECKPOINT', message: /its lock does not name; if/ });
    t.ok(existsSync(join(folder, 'lock-1')));
  }
});

t.test('nobody has a copy; whoever has a folder has it where it is moved to', async (t) => {
  const folder = makeFolder(t);
  const lock = await lockFolder(folder);
  cpSync(folder, `${folder}-copy`, { recursive: true });
  await (await lockFolder(`${folder}-copy`)).release();
  renameSync(folder, `${folder}-moved`);
  await t.rejects(lockFolder(`${folder}-moved`), { code: 'ERR_CHECKPOINT' });
  await lock.release();
});
