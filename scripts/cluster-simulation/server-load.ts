// What a server of a queue has used so far: processor time of its process and of
// all that it started, from Linux's /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** The process that listens on a port, by its command line. @throws when there is none. */
export function serverOn(port: number, program: 'redis' | 'postgres'): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const isIt =
        program === 'redis'
          ? line.includes(`:${port}`)
          : line.includes(`\0-p\0${port}\0`) && line.includes('/postgres\0');
      if (isIt && line.includes(program)) return Number(pid);
    } catch {
      // It ended while it was looked at.
    }
  }
  throw new Error(`No ${program} listens on ${port}`);
}

/** What processes have used so far, by their ids, in nanoseconds of processor time. */
export type Used = ReadonlyMap<number, number>;

/** Of a process and all that live below it, their threads together. */
export function usedBelow(root: number): Used {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : null;
    if (parent !== null) parents.set(Number(name), parent);
  }
  const used = new Map<number, number>();
  for (const pid of parents.keys()) {
    let at: number | undefined = pid;
    while (at !== undefined && at !== root) at = parents.get(at);
    if (at === root) used.set(pid, usedBy(pid));
  }
  return used;
}

/** Milliseconds between two looks, of those that lived at the second. */
export function millisecondsSince(before: Used, after: Used): number {
  let nanoseconds = 0;
  for (const [pid, used] of after) nanoseconds += Math.max(0, used - (before.get(pid) ?? 0));
  return nanoseconds / 1e6;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // pid (name) state parent …: the name may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** In nanoseconds; what ends while it is looked at counts for nothing. */
function usedBy(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
    return times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0);
  } catch {
    return 0;
  }
}

/** How many connections a server on a port has, by the system's table. */
export function connectionsTo(port: number): number {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01';
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1),
  );
  return lines.filter((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local?.endsWith(hex) && state === established;
  }).length;
}
