// How much memory this process may have, in one place: the least of what the machine has left, what its control groups
// leave it and those they lie in, and its own limits. Read anew each time, because others take and give back meanwhile.

import { nodeBuiltin, nodeProcess } from '../node-builtins.js';
import { groupMemory, groupPaths, machineMemory, processMemory } from './system-files.js';

/** Memory within one limit, in bytes. */
export interface MemoryRoom {
  /** What can still be had. */
  readonly available: number;
  /** What can be had in all. */
  readonly limit: number;
  /** Whose limit it is, for messages. */
  readonly of:
    | 'this machine'
    | 'its control group'
    | 'its address space (ulimit -v)'
    | 'its data (ulimit -d)';
}

/** The system as it is read; a test's own is another. */
export interface System {
  /** Text of a file; null where it cannot be read. */
  read(path: string): string | null;
  /** The machine's memory where no file says so. */
  readonly machine: () => { readonly available: number; readonly total: number };
  /** A limit that Node.js knows of, and what the process has of it; infinite for none. */
  readonly constrained: () => { readonly limit: number; readonly used: number };
}

/** Browsers tell nobody what there is: what a page of a telephone may have. */
const OF_A_PAGE = 2 ** 30;

const NODE: System = {
  read(path) {
    try {
      return nodeBuiltin('node:fs')?.readFileSync(path, 'utf8') ?? null;
    } catch {
      return null;
    }
  },
  machine() {
    const os = nodeBuiltin('node:os');
    if (os === undefined) return { total: OF_A_PAGE, available: OF_A_PAGE };
    const [total, free] = [os.totalmem(), os.freemem()];
    // macOS counts as in use what it would give away at once, and swaps rather than end a process.
    return { total, available: nodeProcess?.platform === 'darwin' ? Math.max(free, total / 2) : free };
  },
  constrained() {
    const limit = nodeProcess?.constrainedMemory?.() ?? 0;
    // It says 0, or a number that is no number of bytes, where there is none.
    if (limit <= 0 || limit >= Number.MAX_SAFE_INTEGER) return { limit: Number.POSITIVE_INFINITY, used: 0 };
    return { limit, used: nodeProcess!.memoryUsage.rss() };
  },
};

/**
 * WebAssembly reserves so much of the addresses for a memory, however small, to do without checks: the four gigabytes
 * that an address can name and an offset of as much, and what lies around them.
 */
const RESERVED_ADDRESSES = 10 * 2 ** 30;

/** The narrowest of all limits: how much memory can still be had. */
export function availableMemory(system: System = NODE): MemoryRoom {
  return narrowest(rooms(system), ({ available }) => available);
}

/** The memory that this process may use, were it alone: the least of all limits, in bytes. */
export function usableMemory(system: System = NODE): number {
  return narrowest(rooms(system), ({ limit }) => limit).limit;
}

function rooms(system: System): MemoryRoom[] {
  const machine = machineMemory(system.read('/proc/meminfo') ?? '') ?? system.machine();
  const groups = groupRooms(system);
  const { limit, used } = system.constrained();
  const known = Math.min(...groups.map((room) => room.limit));
  return [
    { of: 'this machine', limit: machine.total, available: machine.available },
    ...groups,
    // What the process has counts the code of Node.js too, which other processes share: for systems without such files.
    ...(limit < known
      ? [{ of: 'its control group', limit, available: Math.max(0, limit - used) } as const]
      : []),
    ...ownRooms(system),
  ];
}

/** The process's control groups and those they lie in: each counts all that is inside. */
function groupRooms({ read }: System): MemoryRoom[] {
  const paths = groupPaths(read('/proc/self/cgroup') ?? '', read('/proc/self/mountinfo') ?? '');
  const found: MemoryRoom[] = [];
  for (const { version, folders } of paths) {
    for (const [at, folder] of folders.entries()) {
      const memory = groupMemory(version, (file) => read(`${folder}/${file}`));
      if (memory === null) continue;
      // Of version 1, a group may count alone.
      if (at > 0 && !memory.inOthers) break;
      const { limit, used } = memory;
      if (limit < Number.POSITIVE_INFINITY) {
        found.push({ of: 'its control group', limit, available: Math.max(0, limit - used) });
      }
    }
  }
  return found;
}

function ownRooms({ read }: System): MemoryRoom[] {
  const { addresses, data } = processMemory(read('/proc/self/limits') ?? '', read('/proc/self/status') ?? '');
  const roomIn = (of: MemoryRoom['of'], limit: number, used: number): MemoryRoom[] =>
    limit === Number.POSITIVE_INFINITY ? [] : [{ of, limit, available: Math.max(0, limit - used) }];
  return [
    ...roomIn('its address space (ulimit -v)', addresses.limit, addresses.used + RESERVED_ADDRESSES),
    ...roomIn('its data (ulimit -d)', data.limit, data.used),
  ];
}

function narrowest(all: readonly MemoryRoom[], sizeOf: (room: MemoryRoom) => number): MemoryRoom {
  return all.reduce((least, room) => (sizeOf(room) < sizeOf(least) ? room : least));
}
