// A cluster of real processes on this machine for the tests of faults: a server of the queue, `tutti worker` for each host, `tutti
// train --cluster` for the coordinator. What happens is steered by what has been written and said, never by time.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { JOURNAL_FILE } from '../../../src/checkpoint/journal-format.js';
import { type CommandOptions, command, dataFolder, type Ended, until } from '../../faults/support.js';
import {
  type ServerKind,
  type ServerSettings,
  startServer,
  type TestServer,
  withoutServers,
} from '../../support/servers.js';

const MAIN = fileURLToPath(new URL('../../../bin/tutti.js', import.meta.url));

/** Seconds after which a host that says nothing is taken for lost: short, but longer than a busy machine lets one wait. */
export const LOCK_SECONDS = 4;

/** Members of the kinds that travel differently, of some tenths of a second each. */
export const CONFIG = {
  ...{ target: 'label', testShare: 0.2 },
  members: [
    ...Array.from({ length: 10 }, (_, at) => ({ hidden: [48, 16 + at], epochs: 400, hiddenKeep: 0.8 })),
    { hidden: [32], epochs: 200, snapshots: 2 },
    { engine: 'neighbours', neighbours: 3 },
    ...Array.from({ length: 2 }, () => ({ hidden: [24], epochs: 300, earlyStopping: 'validation' })),
  ],
};

/** A host: one process of `tutti worker`. */
export interface TestHost {
  readonly name: string;
  readonly child: ChildProcess;
  /** All that it said. */
  said(): string;
  /** Resolves with how it ended. */
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface HostSettings {
  readonly threads?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the process is started by, before `node`. */
  readonly through?: readonly string[];
  readonly secretFile?: string;
  /** What is run in place of this package. */
  readonly main?: string;
  /** Called with the process as soon as it is there. */
  readonly begun?: (child: ChildProcess) => Promise<void>;
}

export interface ClusterSettings {
  readonly config?: Readonly<Record<string, unknown>>;
  /** By which hosts and coordinators reach the server, if not by loopback. */
  readonly address?: string;
  readonly server?: ServerSettings;
}

export interface TestCluster {
  readonly cwd: string;
  readonly url: string;
  readonly server: TestServer;
  readonly secretFile: string;
  /** Starts a host; resolves when it says that it is ready. */
  host(name: string, settings?: HostSettings): Promise<TestHost>;
  /** Runs a command of tutti's against this cluster. */
  command(args: readonly string[], options?: Partial<CommandOptions>): Promise<Ended>;
  /**
   * Begins a training that is kept in a folder of its own, so that its end can be waited for, and its members counted.
   * @param seed another one each time: what a queue has done of a training it need not do again.
   */
  train(seed: number, options?: TrainOptions): TestTraining;
  /** Ends all of it. */
  close(): Promise<void>;
}

export interface TrainOptions extends Partial<CommandOptions> {
  readonly args?: readonly string[];
  /** Flags that only a cluster has a use for. */
  readonly there?: readonly string[];
}

export interface TestTraining {
  readonly ended: Promise<Ended>;
  /** Its checkpoint, in the cluster's folder. */
  readonly kept: string;
  /** Resolves when so many members are finished, or the training is over. */
  finished(members: number): Promise<void>;
  /** What it saved. */
  file(): Buffer;
  /** What it would have saved on threads of this machine, where nothing happens to it. */
  undisturbed(): Promise<Buffer>;
}

const TRAIN = ['train', 'data.csv', '--config', 'config.json', '--quiet'];

/** What a finished member takes in the journal, or less: where it is more, faults come earlier. */
const MEMBER_BYTES = 3000;

/** A cluster in a folder with data.csv and config.json. */
export async function startCluster(
  kind: ServerKind,
  folder: string,
  { config = CONFIG, address = '127.0.0.1', server: settings = {} }: ClusterSettings = {},
): Promise<TestCluster> {
  const cwd = dataFolder(folder);
  writeFileSync(join(cwd, 'config.json'), JSON.stringify(config));
  const secretFile = join(cwd, 'secret');
  writeFileSync(secretFile, 'a secret of this test, and of no other one');
  const server = await startServer(kind, settings);
  const url = server.url.replace('127.0.0.1', address);
  const hosts: TestHost[] = [];
  return {
    ...{ cwd, url, server, secretFile },
    async host(name, own = {}) {
      const host = startHost(name, { url, cwd, secretFile, ...own });
      hosts.push(host);
      await own.begun?.(host.child);
      await until(() => /takes tasks of/.test(host.said()) || host.child.exitCode !== null);
      return host;
    },
    command(args, options = {}) {
      return command([...args, '--cluster', url, '--secret-file', secretFile], { cwd, ...options });
    },
    train(this: TestCluster, seed, { args = [], there = [], ...options } = {}) {
      const [kept, out, whole] = [`kept-${seed}`, `out-${seed}.tutti`, `whole-${seed}.tutti`];
      const train = [...TRAIN, '--seed', String(seed), ...args];
      let isOver = false;
      const run = this.command(
        [...train, ...there, '--checkpoint', kept, '--checkpoint-seconds', '1', '--out', out],
        options,
      );
      return {
        kept,
        ended: run.finally(() => {
          isOver = true;
        }),
        finished: (members) => until(() => isOver || journalBytes(join(cwd, kept)) > members * MEMBER_BYTES),
        file: () => readFileSync(join(cwd, out)),
        async undisturbed() {
          const ended = await command([...train, '--threads', '2', '--out', whole], { cwd });
          if (ended.status !== 0) throw new Error(ended.stderr);
          return readFileSync(join(cwd, whole));
        },
      };
    },
    async close() {
      for (const { child } of hosts) child.kill('SIGKILL');
      await Promise.all(hosts.map(({ ended }) => ended));
      await server.close();
    },
  };
}

interface HostPlace {
  readonly url: string;
  readonly cwd: string;
  readonly secretFile: string;
}

function startHost(name: string, settings: HostPlace & HostSettings): TestHost {
  const { url, cwd, secretFile, threads = 1, args = [], env = {}, through = [], main = MAIN } = settings;
  const cache = join(cwd, `cache-${name}`);
  mkdirSync(cache, { recursive: true });
  const own = ['worker', '--cluster', url, '--secret-file', secretFile, '--name', name];
  const rest = [
    '--threads',
    String(threads),
    '--lock-seconds',
    String(LOCK_SECONDS),
    '--cache-folder',
    cache,
  ];
  const [program, ...before] = [...through, process.execPath];
  const child = spawn(program!, [...before, main, ...own, ...rest, ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: join(cwd, 'tmp'), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  }
  const ended = new Promise<Awaited<TestHost['ended']>>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal }));
  });
  return { name, child, said: () => text, ended };
}

/** How long the journal of a checkpoint is by now: it grows with each member that is finished. */
function journalBytes(folder: string): number {
  return statSync(join(folder, JOURNAL_FILE), { throwIfNoEntry: false })?.size ?? 0;
}

/** Asks hosts to end, which they do in order. */
export async function endHosts(t: Test, hosts: readonly TestHost[]): Promise<void> {
  for (const { child } of hosts) child.kill('SIGTERM');
  for (const { ended, said } of hosts) t.match(await ended, { status: 0 }, said());
}

export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

export { type ServerKind, type TestServer, withoutServers };
