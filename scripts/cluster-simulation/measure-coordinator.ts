// What a member costs its coordinator and its host besides its training, as processor time: trainings of members that take no
// time, through real queues, with a store that all see and with one that the coordinator serves, of small members and of large ones.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openProgress, sealProgress } from '../../src/cluster/messages/reports.js';
import { Secret } from '../../src/cluster/messages/secret.js';
import { type ServerKind, startServer } from '../../test/support/servers.js';

const HOST = fileURLToPath(new URL('host-process.js', import.meta.url));
const COORDINATOR = fileURLToPath(new URL('coordinator-process.js', import.meta.url));

/** Units of each of two hidden layers. */
const SMALL = 8;
const LARGE = 500;

export interface CoordinatorMeasured {
  /** A member of a few hundred bytes, with a shared store. */
  readonly memberMs: number;
  readonly memberMsPerMb: number;
  /** What serving the store costs besides. */
  readonly servedMs: number;
  readonly servedMsPerMb: number;
  /** A report of a host is checked. */
  readonly openProgressMs: number;
  /** A host's process, for a small member, its training of one epoch with it. */
  readonly hostMs: number;
  /** From the first member to the last, for each. */
  readonly tookMs: number;
}

interface Run {
  readonly usedMs: number;
  readonly tookMs: number;
  readonly mb: number;
  readonly hostMs: number;
}

/** @param members of the small trainings; of the large ones a quarter. */
export async function measureCoordinator(kind: ServerKind, members: number): Promise<CoordinatorMeasured> {
  const server = await startServer(kind);
  const secret = randomBytes(24).toString('hex');
  const folder = mkdtempSync(join(tmpdir(), 'tutti-measured-'));
  try {
    const run = (store: string, count: number, units: number) =>
      measureRun({ url: server.url, secret, store, members: count, units });
    const shared = { small: await run(folder, members, SMALL), large: await run(folder, members / 4, LARGE) };
    const served = { small: await run('', members, SMALL), large: await run('', members / 4, LARGE) };
    const perMb = ({ small, large }: { readonly small: Run; readonly large: Run }) =>
      (large.usedMs - small.usedMs) / (large.mb - small.mb);
    return {
      ...{ memberMs: shared.small.usedMs, memberMsPerMb: perMb(shared) },
      ...{
        servedMs: served.small.usedMs - shared.small.usedMs,
        servedMsPerMb: perMb(served) - perMb(shared),
      },
      openProgressMs: await measureOpening(new Secret(secret)),
      ...{ hostMs: shared.small.hostMs, tookMs: shared.small.tookMs },
    };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

interface RunOptions {
  readonly url: string;
  readonly secret: string;
  readonly store: string;
  readonly members: number;
  readonly units: number;
}

/** @returns all for each member. */
async function measureRun({ url, secret, store, members, units }: RunOptions): Promise<Run> {
  const stdio = ['pipe', 'pipe', 'inherit'] as const;
  const host = spawn(process.execPath, [HOST, url, secret, '2'], { stdio: [...stdio] });
  const said = createInterface({ input: host.stdout! });
  await once(said, 'line');
  const args = [url, secret, store, String(members), String(units)];
  const coordinator = spawn(process.execPath, [COORDINATOR, ...args], { stdio: [...stdio] });
  const [line] = await once(createInterface({ input: coordinator.stdout! }), 'line');
  host.stdin!.end();
  const [hostMs] = await once(said, 'line');
  const { usedMs, tookMs, bytes } = JSON.parse(line as string) as Record<
    'usedMs' | 'tookMs' | 'bytes',
    number
  >;
  const each = (value: number) => value / members;
  return { usedMs: each(usedMs), tookMs: each(tookMs), mb: each(bytes / 1e6), hostMs: each(Number(hostMs)) };
}

async function measureOpening(secret: Secret): Promise<number> {
  const id = '0'.repeat(64);
  const progress = { member: 3, epoch: 5, epochs: 30, loss: 0.1, share: 0.2, handed: id, refused: null };
  const text = sealProgress(secret, id, { host: 'measured', ...progress });
  const times = 2000;
  for (let warm = 0; warm < times; warm++) await openProgress(secret, id, text);
  const begun = process.cpuUsage();
  for (let time = 0; time < times; time++) await openProgress(secret, id, text);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000 / times;
}
