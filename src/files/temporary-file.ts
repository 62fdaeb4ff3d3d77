// Temporary files beside the files they become: none outlives its process if that can be helped, and those of
// processes that were killed are removed by the next that writes to the folder.

import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Paths that may be there now. */
const unfinished = new Set<string>();

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Tells hosts apart that write to the same folder over a network, since each has process ids of its own. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** `.tutti-<host>-<pid>-<random>.tmp` */
const NAME = /^\.tutti-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.tmp$/;

/**
 * Runs `use` with the path of a file that is not there yet, in a folder. Whatever is there afterwards is removed,
 * also when the process exits meanwhile.
 */
export async function withTemporary<Result>(
  folder: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const path = join(folder, `.tutti-${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
  if (unfinished.size === 0) listen();
  unfinished.add(path);
  try {
    return await use(path);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
    unfinished.delete(path);
    if (unfinished.size === 0) unlisten();
  }
}

/** Whether a file of this name is one, of whatever host and process. */
export function isTemporary(name: string): boolean {
  return NAME.test(name);
}

/** Removes temporary files of this host whose processes are gone; what cannot be removed stays. */
export async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host !== HOST) continue;
    const path = join(folder, name);
    const stale = Number(pid) === process.pid ? await isOlder(path) : !isProcess(Number(pid));
    if (stale && !unfinished.has(path)) await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Whether a file with this process's id is of an earlier one, as in containers, whose first process is always 1. */
async function isOlder(path: string): Promise<boolean> {
  const started = Date.now() - 1000 * process.uptime();
  const at = await stat(path).catch(() => null);
  return at !== null && at.mtimeMs < started - CLOCK_SLACK_MS;
}

/** File systems keep times as coarsely as this. */
const CLOCK_SLACK_MS = 2000;

/** `<host>-<pid>`, by which names of folders say whose they are. */
export function ownerMark(): string {
  return `${HOST}-${process.pid}`;
}

/** Whether a name that holds an {@link ownerMark} is of a process of this host that is gone. */
export function isLeft(name: string): boolean {
  const [, host, pid] = /(?:^|-)([0-9a-f]{8})-(\d+)(?:-|$)/.exec(name) ?? [];
  return host === HOST && !isProcess(Number(pid));
}

/** Whether there is a process with this id, of whomever. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let onSignal: ((signal: NodeJS.Signals) => void) | null = null;

/**
 * Has signals heard while a temporary file is there. Only for a process of one's own, which ends then: a library that
 * listens would take them from its host.
 */
export function hearSignals(handler: (signal: NodeJS.Signals) => void): void {
  onSignal = handler;
}

function listen(): void {
  process.on('exit', removeUnfinished);
  if (onSignal !== null) for (const signal of SIGNALS) process.on(signal, onSignal);
}

function unlisten(): void {
  process.removeListener('exit', removeUnfinished);
  if (onSignal !== null) for (const signal of SIGNALS) process.removeListener(signal, onSignal);
}

function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The process ends; there is nobody to tell.
    }
  }
}
