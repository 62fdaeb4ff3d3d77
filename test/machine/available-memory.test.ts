// How much memory a process may have: the narrowest of what several systems say.

import { totalmem } from 'node:os';
import t from 'tap';
import { availableMemory, type System, usableMemory } from '../../src/machine/available-memory.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** A system with 16 GiB, of which 12 are available, and these files. */
function system(files: Readonly<Record<string, string>>, constrained = Number.POSITIVE_INFINITY): System {
  return {
    read: (path) => files[path] ?? null,
    machine: () => ({ total: 16 * GIB, available: 12 * GIB }),
    constrained: () => ({ limit: constrained, used: 100 * MIB }),
  };
}

const UNIFIED = {
  '/proc/self/cgroup': '0::/a.slice/b.service\n',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n',
};

function group(folder: string, max: number | 'max', current: number): Record<string, string> {
  return {
    [`/sys/fs/cgroup${folder}/memory.max`]: `${max}\n`,
    [`/sys/fs/cgroup${folder}/memory.high`]: 'max\n',
    [`/sys/fs/cgroup${folder}/memory.current`]: `${current}\n`,
  };
}

t.test('without limits it is what the machine has', async (t) => {
  t.same(availableMemory(system({})), { of: 'this machine', limit: 16 * GIB, available: 12 * GIB });
  t.equal(usableMemory(system({})), 16 * GIB);
  const meminfo = { '/proc/meminfo': `MemTotal: ${8 * MIB} kB\nMemAvailable: ${MIB} kB\n` };
  t.same(availableMemory(system(meminfo)), { of: 'this machine', limit: 8 * GIB, available: GIB });
});

t.test('a group, or one that it lies in, has less', async (t) => {
  const inner = system({
    ...UNIFIED,
    ...group('/a.slice/b.service', 300 * MIB, 100 * MIB),
    ...group('/a.slice', 'max', GIB),
  });
  t.same(availableMemory(inner), { of: 'its control group', limit: 300 * MIB, available: 200 * MIB });
  const outer = system({
    ...UNIFIED,
    ...group('/a.slice/b.service', 2 * GIB, 100 * MIB),
    ...group('/a.slice', 3 * GIB, Math.floor(2.9 * GIB)),
  });
  const room = availableMemory(outer);
  t.equal(room.limit, 3 * GIB, 'others in the slice have nearly all of it');
  t.equal(Math.round((room.available / GIB) * 10), 1);
  t.equal(usableMemory(outer), 2 * GIB, 'were it alone');
  const over = system({ ...UNIFIED, ...group('/a.slice/b.service', 300 * MIB, 400 * MIB) });
  t.equal(availableMemory(over).available, 0);
});

t.test('a group of version 1 that counts alone is not limited by those around it', async (t) => {
  const around = (hierarchy: string) => {
    const folder = '/sys/fs/cgroup/memory';
    return system({
      '/proc/self/cgroup': '4:memory:/a/b\n',
      '/proc/self/mountinfo': `35 31 0:32 / ${folder} rw - cgroup cgroup rw,memory\n`,
      [`${folder}/a/b/memory.limit_in_bytes`]: `${GIB}\n`,
      [`${folder}/a/b/memory.usage_in_bytes`]: '0\n',
      [`${folder}/a/memory.limit_in_bytes`]: `${100 * MIB}\n`,
      [`${folder}/a/memory.usage_in_bytes`]: '0\n',
      [`${folder}/a/memory.use_hierarchy`]: hierarchy,
    });
  };
  t.equal(availableMemory(around('1\n')).limit, 100 * MIB);
  t.equal(availableMemory(around('0\n')).limit, GIB);
});

t.test("the process's own limits: addresses are reserved for a memory beside it", async (t) => {
  const status = { '/proc/self/status': `VmSize: ${MIB} kB\nVmData: ${100 * 1024} kB\n` };
  const limits = (name: string, bytes: number) => ({
    '/proc/self/limits': `${name}  ${bytes}  unlimited bytes\n`,
  });
  const addresses = system({ ...status, ...limits('Max address space', 12 * GIB) });
  t.match(availableMemory(addresses), { of: 'its address space (ulimit -v)', available: GIB });
  const data = system({ ...status, ...limits('Max data size', 500 * MIB) });
  t.match(availableMemory(data), { of: 'its data (ulimit -d)', available: 400 * MIB });
});

t.test('a limit that Node.js alone knows of', async (t) => {
  t.same(availableMemory(system({}, GIB)), {
    of: 'its control group',
    limit: GIB,
    available: GIB - 100 * MIB,
  });
  const same = system({ ...UNIFIED, ...group('/a.slice/b.service', GIB, 50 * MIB) }, GIB);
  t.equal(availableMemory(same).available, GIB - 50 * MIB, 'its files know what is used');
});

t.test('here', async (t) => {
  const room = availableMemory();
  t.ok(room.available > 0 && room.available <= room.limit);
  t.ok(usableMemory() > 0 && usableMemory() <= totalmem());
});
