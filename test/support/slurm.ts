// A real Slurm on loopback for as long as a test takes: a controller and one node of many processors, in a temporary
// folder, without munge (its plugins auth/none and cred/none). Debian's packages slurmctld, slurmd and slurm-client.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Slurm {
  /** With it, Slurm's commands speak to this one. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command of Slurm's; throws where it fails. */
  run(command: string, ...args: readonly string[]): string;
  /** What `scontrol show job` says of a task, by its keys; with `JobState`, `Restarts` and `ExitCode`. */
  job(id: string): Readonly<Record<string, string>>;
  /** Waits until a task is in one of these states. */
  until(id: string, ...states: readonly string[]): Promise<void>;
  /** Has a task that waits since it was queued again begin soon. */
  hurry(id: string): void;
  /** Has the controller take the node for lost, and then find it again. */
  loseNode(): void;
  stop(): Promise<void>;
}

/** Why there can be none here; null where there can. */
export function slurmMissing(): string | null {
  const missing = ['slurmctld', 'slurmd', 'sbatch'].filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: ENV }).status !== 0,
  );
  if (missing.length > 0) return `no ${missing.join(', no ')} here`;
  return process.getuid?.() === 0 ? null : 'slurmd is for root alone';
}

const ENV = {
  ...process.env,
  NODE_OPTIONS: '',
  PATH: `${process.env.PATH}:/usr/sbin`,
  // Whatever cluster the machine belongs to is not meant.
  SLURM_CONF: '/dev/null',
};

/** @param folder an absolute path without blanks. @param most MaxArraySize: an array has indexes below it. */
export async function startSlurm(folder: string, most: number): Promise<Slurm> {
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  const file = join(folder, 'slurm.conf');
  writeFileSync(file, await configuration(folder, most));
  const env = { ...ENV, SLURM_CONF: file };
  const run: Slurm['run'] = (command, ...args) => execFileSync(command, args, { env, encoding: 'utf8' });
  const job: Slurm['job'] = (id) => {
    const pairs = run('scontrol', 'show', 'job', id).matchAll(/(\w+)=(\S*)/g);
    return Object.fromEntries(Array.from(pairs, ([, key, value]) => [key!, value!]));
  };
  const hurried = new Set<string>();
  const daemon = (name: string) => spawn(name, ['-D', '-f', file], { env, stdio: 'ignore' });
  const controller = daemon('slurmctld');
  const node = daemon('slurmd');
  const ready = () => spawnSync('sinfo', ['-h', '-o', '%T'], { env, encoding: 'utf8' }).stdout.trim();
  await eventually(() => ['idle', 'mixed', 'allocated'].includes(ready()), 'a node that is up');
  return {
    ...{ env, run, job },
    until: (id, ...states) =>
      eventually(() => states.includes(job(id).JobState!), `task ${id} to be ${states.join(' or ')}`),
    hurry: (id) => {
      const { Reason, Restarts } = job(id);
      const time = `${id} after ${Restarts}`;
      if (Reason !== 'BeginTime' || hurried.has(time)) return;
      hurried.add(time);
      // In the second in which it ended the run before, slurmd launches no other: "already killed, do not launch".
      run('scontrol', 'update', `JobId=${id}`, 'StartTime=now+2');
    },
    loseNode: () => {
      run('scontrol', 'update', `NodeName=${nodeName()}`, 'State=DOWN', 'Reason=lost');
      // It may be there again already, of its own.
      spawnSync('scontrol', ['update', `NodeName=${nodeName()}`, 'State=RESUME'], { env });
    },
    stop: async () => {
      spawnSync('scancel', ['--user', userInfo().username], { env });
      await eventually(() => run('squeue', '-h', '-t', 'R,CG') === '', 'no task at work').catch(
        () => undefined,
      );
      await Promise.all([node, controller].map(ended));
    },
  };
}

function nodeName(): string {
  return hostname().split('.')[0]!;
}

async function configuration(folder: string, most: number): Promise<string> {
  const host = nodeName();
  const [controller, node] = [await freePort(), await freePort()];
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
AuthType=auth/none
CredType=cred/none
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=1
ReturnToService=2
KillWait=5
MaxArraySize=${most}
NodeName=${host} NodeAddr=127.0.0.1 CPUs=16 Sockets=16 RealMemory=64000 State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Longer than Slurm takes to ask a node again for what it did not hear: two minutes. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    if (holds()) return;
    await sleep(100);
  }
  throw new Error(`Expected ${what} within four minutes`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
  });
}
