// The whole process, cold: read a CSV file, train 16 members, save them, exit. As a user at a shell sees it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isPeer, PEERS, ROOT, variantOf } from '../contenders.js';
import { environmentOf } from '../instruction-set.js';
import type { Command } from '../protocol.js';
import { interleave, type Session } from '../session.js';
import { type Spread, spread } from '../statistics.js';

export interface ColdRow {
  readonly job: 'digits';
  readonly contender: string;
  readonly threads: number;
  readonly seconds: Spread;
  /** Seconds of batched PyTorch over this contender's; null without it. */
  readonly toTorchBatched: number | null;
}

interface Job {
  readonly name: string;
  readonly command: Command;
}

export async function measureCold(session: Session): Promise<ColdRow[]> {
  const { rounds, threads } = session.options;
  const samples = await interleave(
    jobs(session),
    rounds,
    async (job) => {
      const seconds = await secondsOf(job.command);
      session.log(`  cold: ${job.name} ${seconds.toFixed(2)} s`);
      return seconds;
    },
    (job, error) => session.leaveOut('cold', job.name, error),
  );
  const rows = [...samples].map(([job, taken]) => ({ contender: job.name, seconds: spread(taken) }));
  const torch = rows.find((row) => row.contender === 'torch-batched')?.seconds.median ?? null;
  return rows.map((row) => {
    const toTorchBatched =
      torch === null || row.contender === 'torch-batched' ? null : torch / row.seconds.median;
    return { job: 'digits', ...row, threads, toTorchBatched };
  });
}

function jobs(session: Session): Job[] {
  const { threads, contenders, peers, isa } = session.options;
  const csv = join(ROOT, 'data/digits.csv');
  const options =
    `--target digit --members 16 --hidden 64 --epochs 40 --learning-rate 0.001 --early-stopping none --seed 1 --threads ${threads}`.split(
      ' ',
    );
  const cli = join(ROOT, 'dist/bin/tutti.js');
  const list: Job[] = [];
  // Strict arithmetic would be another job.
  for (const name of contenders.filter((one) => !isPeer(one) && one !== 'tutti-strict')) {
    const variant = variantOf(name, session.options);
    if (typeof variant === 'string') session.leaveOut('cold', name, variant);
    else {
      const args = [cli, 'train', csv, ...options, '--out', session.temporary(`${name}.tutti`)];
      list.push({ name, command: { ...variant, args } });
    }
  }
  if (peers === undefined) {
    session.leaveOut('cold', 'torch-batched', 'no Python with the peers was given (--peers)');
    return list;
  }
  const args = [join(PEERS, 'digits_torch.py'), csv, String(threads), session.temporary('torch.pt')];
  return [...list, { name: 'torch-batched', command: { file: peers, args, env: environmentOf(isa) } }];
}

/** Wall seconds from starting a process to its exit. */
function secondsOf(command: Command): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(command.file, command.args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...command.env },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk).slice(-2000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve((performance.now() - begun) / 1000);
      else reject(new Error(`exit status ${code}: ${stderr.trim().split('\n').at(-1)}`));
    });
  });
}
