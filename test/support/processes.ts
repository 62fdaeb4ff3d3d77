// Which processes of tutti's there are, for tests that want none left.

import { readdirSync, readFileSync } from 'node:fs';
import type { Role } from '../../src/processes/protocol.js';

/** Whether that can be found out here. */
export const listsProcesses = process.platform === 'linux';

/** The processes for a user's code that this one has started, of one role. */
export function processesOf(role: Role, parent: number = process.pid): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isOne(pid, role) && parentOf(pid) === parent);
}

/** Waits until a process is gone, however long that takes. */
export async function untilGone(pid: number): Promise<void> {
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Whether it is there and not merely waiting to be counted. */
function isThere(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== 'Z';
}

function isOne(pid: number, role: Role): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`/process.js\0${role}\0`) && isThere(pid);
  } catch {
    return false;
  }
}

function parentOf(pid: number): number {
  return Number(statOf(pid)?.[1]);
}

/** State and parent, which follow the name in brackets. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  } catch {
    return undefined;
  }
}
