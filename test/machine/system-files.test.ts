// What Linux says of memory, on the systems that there are: texts as they are found there.

import t from 'tap';
import {
  type FolderReader,
  groupMemory,
  groupPaths,
  machineMemory,
  processMemory,
} from '../../src/machine/system-files.js';

const GIB = 2 ** 30;

const UNIFIED =
  '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const MEMORY = '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory';

t.test('a service of systemd lies in slices, each of which may have a limit', async (t) => {
  const cgroup = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u12.scope\n';
  const base = '/sys/fs/cgroup/user.slice';
  t.same(groupPaths(cgroup, `${UNIFIED}\n`), [
    {
      version: 2,
      folders: [
        `${base}/user-1000.slice/user@1000.service/app.slice/run-u12.scope`,
        `${base}/user-1000.slice/user@1000.service/app.slice`,
        `${base}/user-1000.slice/user@1000.service`,
        `${base}/user-1000.slice`,
        base,
        '/sys/fs/cgroup',
      ],
    },
  ]);
});

t.test('a container of version 2 sees its own group as the root', async (t) => {
  const inside =
    '1203 1198 0:29 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n';
  t.same(groupPaths('0::/\n', inside), [{ version: 2, folders: ['/sys/fs/cgroup'] }]);
});

t.test('a container of version 1 has its own group mounted, whatever /proc calls it', async (t) => {
  const id = '/docker/4f6cbd1f1b1c';
  const cgroup = `12:pids:${id}\n7:cpu,cpuacct:${id}\n4:memory:${id}\n1:name=systemd:${id}\n0::/system.slice/containerd.service\n`;
  const mountinfo = [
    `731 726 0:29 ${id} /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:15 - cgroup cgroup rw,cpu,cpuacct`,
    `735 726 0:33 ${id} /sys/fs/cgroup/memory ro,nosuid master:19 - cgroup cgroup rw,memory`,
  ].join('\n');
  t.same(groupPaths(cgroup, mountinfo), [{ version: 1, folders: ['/sys/fs/cgroup/memory'] }]);
});

t.test('a pod of Kubernetes lies in groups of its class and node', async (t) => {
  const cgroup = '4:memory:/kubepods/burstable/pod7/c1\n';
  const base = '/sys/fs/cgroup/memory/kubepods';
  const [path] = groupPaths(cgroup, MEMORY);
  t.same(path!.folders, [
    `${base}/burstable/pod7/c1`,
    `${base}/burstable/pod7`,
    `${base}/burstable`,
    base,
    '/sys/fs/cgroup/memory',
  ]);
});

t.test('both versions beside each other are both looked at', async (t) => {
  const cgroup = '9:name=systemd:/\n4:memory:/box\n1:cpu:/\n0::/box.scope\n';
  const unified = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';
  t.same(groupPaths(cgroup, `${MEMORY}\n${unified}\n`), [
    { version: 1, folders: ['/sys/fs/cgroup/memory/box', '/sys/fs/cgroup/memory'] },
    { version: 2, folders: ['/sys/fs/cgroup/unified/box.scope', '/sys/fs/cgroup/unified'] },
  ]);
});

t.test('a group outside of what is mounted, and a folder with a space', async (t) => {
  const odd = '35 31 0:32 /lxc/a /mnt/my\\040groups rw - cgroup cgroup rw,memory';
  t.same(groupPaths('4:memory:/lxc/a/b\n', odd)[0]!.folders, ['/mnt/my groups/b', '/mnt/my groups']);
  t.same(groupPaths('4:memory:/lxc/abc\n', odd)[0]!.folders, ['/mnt/my groups']);
  t.same(groupPaths('0::/../../other\n', UNIFIED)[0]!.folders, ['/sys/fs/cgroup']);
});

t.test('no groups, and texts that are none', async (t) => {
  t.same(groupPaths('', ''), []);
  t.same(groupPaths('0::/\n', ''), []);
  t.same(groupPaths('nonsense\n1:2\n', 'no mount\n - \n'), []);
});

function folder(files: Readonly<Record<string, string>>): FolderReader {
  return (file) => files[file] ?? null;
}

const STAT_2 =
  'anon 300000\nfile 900000\nkernel 1000\nshmem 4096\nfile_mapped 100000\ninactive_file 500000\nactive_file 350000\n';

t.test('version 2: files that were read can be dropped, mapped ones cannot', async (t) => {
  const files = {
    'memory.max': '2147483648\n',
    'memory.high': 'max\n',
    'memory.current': '1250000\n',
    'memory.stat': STAT_2,
  };
  t.same(groupMemory(2, folder(files)), { limit: 2 * GIB, used: 1_250_000 - 750_000, inOthers: true });
  const slowed = groupMemory(2, folder({ ...files, 'memory.high': '1073741824\n' }));
  t.equal(slowed!.limit, GIB, 'beyond memory.high nothing moves');
  const none = groupMemory(2, folder({ ...files, 'memory.max': 'max\n' }));
  t.equal(none!.limit, Number.POSITIVE_INFINITY);
  const bare = groupMemory(2, folder({ 'memory.max': '100\n', 'memory.current': '40\n' }));
  t.same(bare, { limit: 100, used: 40, inOthers: true });
});

t.test('version 2: the root has no such files', async (t) => {
  t.equal(groupMemory(2, folder({ 'memory.stat': STAT_2 })), null);
});

const STAT_1 = [
  'cache 900000',
  'inactive_file 1',
  'hierarchical_memory_limit 314572800',
  'total_cache 900000',
  'total_mapped_file 100000',
  'total_inactive_file 500000',
  'total_active_file 350000',
].join('\n');

t.test('version 1: limits around a group count where they are added up', async (t) => {
  const files = {
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.usage_in_bytes': '1250000\n',
    'memory.use_hierarchy': '1\n',
    'memory.stat': STAT_1,
  };
  t.same(groupMemory(1, folder(files)), { limit: 314572800, used: 500_000, inOthers: true });
  const alone = {
    ...files,
    'memory.use_hierarchy': '0\n',
    'memory.limit_in_bytes': '1000000\n',
    'memory.stat': '',
  };
  t.same(groupMemory(1, folder(alone)), { limit: 1e6, used: 1_250_000, inOthers: false });
  const none = { ...files, 'memory.stat': 'hierarchical_memory_limit 9223372036854771712\n' };
  t.equal(groupMemory(1, folder(none))!.limit, Number.POSITIVE_INFINITY);
  t.equal(groupMemory(1, folder({})), null);
});

t.test("the machine's memory, with and without the kernel's own estimate", async (t) => {
  const meminfo =
    'MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:   12000 kB\nBuffers:   200 kB\nCached:   10000 kB\nSwapFree:   90000 kB\nShmem:   400 kB\n';
  t.same(machineMemory(meminfo), { total: 16000 * 1024, available: 12000 * 1024 });
  const old = meminfo.replace(/MemAvailable.*\n/, '');
  t.same(machineMemory(old), { total: 16000 * 1024, available: (1000 + (200 + 10000 - 400) / 2) * 1024 });
  // lxcfs, which counts the files of the whole machine.
  const beyond = meminfo.replace('12000', '17000');
  t.equal(machineMemory(beyond)!.available, 16000 * 1024);
  t.equal(machineMemory(''), null);
});

t.test("a process's own limits", async (t) => {
  const limits = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max data size             524288000            unlimited            bytes     ',
    'Max address space         unlimited            unlimited            bytes     ',
  ].join('\n');
  const status = 'Name:\tnode\nVmSize:\t 1082112 kB\nVmData:\t  101000 kB\n';
  t.same(processMemory(limits, status), {
    addresses: { limit: Number.POSITIVE_INFINITY, used: 1082112 * 1024 },
    data: { limit: 524288000, used: 101000 * 1024 },
  });
  t.equal(processMemory('', '').data.limit, Number.POSITIVE_INFINITY);
});
