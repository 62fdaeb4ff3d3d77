// What Linux says of memory in its files, as figures: pure functions of their texts, so that every kind of system can be
// tried on any. Where the files are, and what follows from them, is available-memory.ts's business.

/** A hierarchy of control groups: version 2, or version 1's for memory. */
export type GroupVersion = 1 | 2;

/** Where the process's control group is to be found in the file system. */
export interface GroupPath {
  readonly version: GroupVersion;
  /** Folders of the group and of those it lies in, the innermost first, as far as they can be seen. */
  readonly folders: readonly string[];
}

/**
 * The process's control groups that may limit its memory.
 * @param cgroup text of /proc/self/cgroup. @param mountinfo text of /proc/self/mountinfo.
 */
export function groupPaths(cgroup: string, mountinfo: string): GroupPath[] {
  const mounts = linesOf(mountinfo)
    .map(readMount)
    .filter((mount) => mount !== null);
  return linesOf(cgroup).flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    const version = controllers === '' ? 2 : controllers.split(',').includes('memory') ? 1 : null;
    if (version === null) return [];
    return mounts
      .filter((mount) => mount.version === version)
      .map((mount) => ({ version, folders: foldersOf(mount, path) }));
  });
}

interface Mount {
  readonly version: GroupVersion;
  /** The group that is to be seen at the mount point: the root, but in a container its own. */
  readonly root: string;
  readonly point: string;
}

/** `35 31 0:32 /docker/4f… /sys/fs/cgroup/memory ro,nosuid shared:1 - cgroup cgroup rw,memory`. */
function readMount(line: string): Mount | null {
  const [fields, type] = line.split(' - ').map((part) => part.split(' '));
  const [root, point] = fields?.slice(3, 5).map(unescaped) ?? [];
  const [kind, options] = [type?.[0], type?.at(-1)];
  if (root === undefined || point === undefined) return null;
  if (kind === 'cgroup2') return { version: 2, root, point };
  if (kind === 'cgroup' && options?.split(',').includes('memory')) return { version: 1, root, point };
  return null;
}

/** Spaces and the like are written in octal. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** A group that lies outside of what is mounted, as /proc tells a process that was moved, is taken for the outermost seen. */
function foldersOf({ root, point }: Mount, path: string): string[] {
  const within =
    root === '/' ? path : path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : '';
  const names = within.split('/').filter((name) => name !== '');
  const inner = names.includes('..') ? [] : names;
  const base = point === '/' ? '' : point;
  return [...inner.keys(), inner.length].map((count) => [base, ...inner.slice(0, count)].join('/')).reverse();
}

/** Files of a group's folder, by which text they have; null for one that is not there. */
export type FolderReader = (file: string) => string | null;

/** A control group's memory, in bytes. */
export interface GroupMemory {
  /** Infinite without a limit. */
  readonly limit: number;
  /** What its processes have, without files that can be dropped. */
  readonly used: number;
  /** Whether the groups that it lies in count what it has. */
  readonly inOthers: boolean;
}

/** What a group's files say; null where there are none, as in a root. */
export function groupMemory(version: GroupVersion, read: FolderReader): GroupMemory | null {
  return version === 2 ? memoryOfVersion2(read) : memoryOfVersion1(read);
}

/** From `memory.high` on processes are slowed until they hardly move, which is as good as a limit. */
function memoryOfVersion2(read: FolderReader): GroupMemory | null {
  const limits = [read('memory.max'), read('memory.high')].map(readLimit);
  const current = readCount(read('memory.current'));
  if (current === null) return null;
  const stat = readTable(read('memory.stat'));
  const files = {
    active: stat.get('active_file'),
    inactive: stat.get('inactive_file'),
    mapped: stat.get('file_mapped'),
  };
  return { limit: Math.min(...limits), used: withoutFiles(current, files), inOthers: true };
}

function memoryOfVersion1(read: FolderReader): GroupMemory | null {
  const usage = readCount(read('memory.usage_in_bytes'));
  if (usage === null) return null;
  const stat = readTable(read('memory.stat'));
  const files = {
    active: stat.get('total_active_file'),
    inactive: stat.get('total_inactive_file'),
    mapped: stat.get('total_mapped_file'),
  };
  // The kernel adds up the limits of those around it where they count.
  const hierarchical = stat.get('hierarchical_memory_limit') ?? Number.POSITIVE_INFINITY;
  const limit = Math.min(readLimit(read('memory.limit_in_bytes')), orNone(hierarchical));
  return { limit, used: withoutFiles(usage, files), inOthers: read('memory.use_hierarchy')?.trim() !== '0' };
}

/** Files that were read stay in memory until it is wanted; those that are mapped, such as code, are wanted themselves. */
function withoutFiles(
  used: number,
  {
    active = 0,
    inactive = 0,
    mapped = 0,
  }: { active?: number | undefined; inactive?: number | undefined; mapped?: number | undefined },
): number {
  return Math.max(0, used - Math.max(0, active + inactive - mapped));
}

/** A limit's file: `max`, a number of bytes, or one that is none; infinite where there is none. */
function readLimit(text: string | null): number {
  return orNone(readCount(text) ?? Number.POSITIVE_INFINITY);
}

/** Version 1 writes the largest number there is, rounded to pages. */
function orNone(limit: number): number {
  return limit >= Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : limit;
}

function readCount(text: string | null): number | null {
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : null;
}

/** `anon 12\nfile 34` as it is. */
function readTable(text: string | null): ReadonlyMap<string, number> {
  const rows = linesOf(text ?? '').map((line) => line.trim().split(/\s+/));
  return new Map(rows.map(([name, value]) => [name ?? '', Number(value)]));
}

/** The machine's memory, or a container's whose file system says so, in bytes. */
export interface MachineMemory {
  readonly total: number;
  /** What can be had without swapping; what lies on disk meanwhile is no memory to compute with. */
  readonly available: number;
}

/** @param meminfo text of /proc/meminfo. @returns null where it does not say. */
export function machineMemory(meminfo: string): MachineMemory | null {
  const bytesOf = (name: string) => {
    const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  };
  const total = bytesOf('MemTotal');
  if (total === null) return null;
  const files = (bytesOf('Buffers') ?? 0) + (bytesOf('Cached') ?? 0) - (bytesOf('Shmem') ?? 0);
  // Before Linux 3.14 it had to be guessed.
  const available = bytesOf('MemAvailable') ?? (bytesOf('MemFree') ?? 0) + Math.max(0, files / 2);
  return { total, available: Math.min(total, available) };
}

/** A process's own limits and what of them it has, in bytes; infinite without one. */
export interface ProcessMemory {
  /** `ulimit -v`: all addresses, whether there is memory behind them or not. */
  readonly addresses: { readonly limit: number; readonly used: number };
  /** `ulimit -d`: memory of its own that it may write to. */
  readonly data: { readonly limit: number; readonly used: number };
}

/** @param limits text of /proc/self/limits. @param status text of /proc/self/status. */
export function processMemory(limits: string, status: string): ProcessMemory {
  const limitOf = (name: string) => {
    const [, soft] = new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(limits) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  };
  const usedOf = (name: string) => {
    const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  };
  return {
    addresses: { limit: limitOf('Max address space'), used: usedOf('VmSize') },
    data: { limit: limitOf('Max data size'), used: usedOf('VmData') },
  };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
