// A control group of the tests' own, with a limit of memory: what is started in it is killed when it takes more.

import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LimitedGroup {
  /** Where processes are put in, by their number. */
  readonly procs: string;
  /** Waits until all of them have ended: the last may still be about to. */
  remove(): Promise<void>;
}

const ROOTS = [
  ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
  ['/sys/fs/cgroup', 'memory.max'],
] as const;

let groups = 0;

/** Makes a group of either version; null where that is not allowed. */
export function limitedGroup(bytes: number): LimitedGroup | null {
  for (const [root, limit] of ROOTS) {
    const folder = join(root, `tutti-tests-${process.pid}-${++groups}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    if (existsSync(join(folder, limit))) {
      writeFileSync(join(folder, limit), String(bytes));
      return { procs: join(folder, 'cgroup.procs'), remove: () => removeEmpty(folder) };
    }
    rmdirSync(folder);
  }
  return null;
}

async function removeEmpty(folder: string): Promise<void> {
  for (;;) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
