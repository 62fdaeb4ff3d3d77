import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { slurm as scheduler } from '../../../src/plan-folder/job-files/slurm.js';
import { classCsv, tuttiProcess } from '../../cli/support.js';
import { endsIn, JOB, standIn, writeFiles } from '../../plan-folder/job-files/support.js';
import { type Slurm, slurmMissing, startSlurm } from '../../support/slurm.js';

const missing = slurmMissing();
if (missing !== null && process.env.TUTTI_REQUIRE_SERVERS === '1') throw new Error(missing);

t.test('Slurm', { skip: missing ?? false, timeout: 1_200_000 }, async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'tutti-slurm-'));
  const slurm = await startSlurm(home, 4);
  t.teardown(async () => {
    await slurm.stop();
    rmSync(home, { recursive: true });
  });

  t.test('takes the array, as it is written', async (t) => {
    const { files } = laid(home, 'dry', 4);
    // It says so on standard error, and ends with 1 where it would refuse.
    slurm.run('sbatch', '--test-only', join(files, 'array.sh'));
    t.throws(() => slurm.run('sbatch', '--test-only', '--cpus-per-task=1000', join(files, 'array.sh')));
  });

  t.test('trains every part, in as many arrays as its limit asks for', async (t) => {
    const { plan, files, asked, submit } = laid(home, 'a plan of 100 %', 6);
    const said = submit(slurm);
    t.match(said, /^Submitted parts 0 to 3 as array \d+\nSubmitted parts 4 to 5 as array \d+\n.*collect/);
    const [first, second] = arraysOf(said);
    for (const id of [0, 1, 2, 3].map((index) => `${first}_${index}`)) await slurm.until(id, 'COMPLETED');
    for (const id of [0, 1].map((index) => `${second}_${index}`)) await slurm.until(id, 'COMPLETED');
    const lines = [0, 1, 2, 3, 4, 5].map(
      (part) => `train-members --plan ${plan} --members ${2 * part}-${2 * part + 1} --threads 4`,
    );
    t.same(asked(), lines.sort());
    t.ok(existsSync(join(files, 'logs', `${first}_0.log`)), 'what a task prints is beside its files');
  });

  t.test('no more run at once than asked for, whatever array they are in', async (t) => {
    const { submit } = laid(home, 'limited', 6, 2);
    const [first, second] = arraysOf(submit(slurm, ['--hold']));
    t.equal(slurm.job(`${first}_0`).ArrayTaskThrottle, '2');
    t.match(slurm.job(`${second}_0`).Dependency, new RegExp(`afterany:${first}`));
    slurm.run('scancel', first!, second!);
  });

  t.test('begins again what ended with 1, and not what is wrong input', async (t) => {
    const { ends, submit, asked } = laid(home, 'failing', 3);
    ends('0-1', 1, 0);
    ends('2-3', 2);
    const [array] = arraysOf(submit(slurm));
    await slurm.until(`${array}_1`, 'FAILED');
    t.match(slurm.job(`${array}_1`), { ExitCode: '2:0', Restarts: '0' });
    await ended(slurm, `${array}_0`);
    t.equal(slurm.job(`${array}_0`).Restarts, '1');
    t.equal(asked().filter((line) => line.includes('--members 0-1 ')).length, 2);
  });

  t.test('stops a part whose time is over, and queues it again', async (t) => {
    const { submit, hold, stopped } = laid(home, 'slow', 2);
    hold();
    const [array] = arraysOf(submit(slurm));
    for (const id of [`${array}_0`, `${array}_1`]) await slurm.until(id, 'RUNNING');
    await until(() => stopped().began === 2);
    // What Slurm sends a minute before the end.
    slurm.run('scancel', '--batch', '--signal=USR1', `${array}_0`);
    await slurm.until(`${array}_0`, 'PENDING');
    t.equal(stopped().ended, 1, 'the part had its SIGTERM');
    t.equal(slurm.job(`${array}_0`).Restarts, '1');
    slurm.run('scancel', `${array}_1`);
    await slurm.until(`${array}_1`, 'CANCELLED', 'COMPLETING');
    t.equal(slurm.job(`${array}_1`).Restarts, '0', 'who cancels means it');
    slurm.run('scancel', array!);
  });

  t.test('queues again what ran on a node that was lost', async (t) => {
    const { submit, hold, stopped } = laid(home, 'lost', 1);
    hold();
    const [array] = arraysOf(submit(slurm));
    await until(() => stopped().began === 1);
    slurm.loseNode();
    await slurm.until(`${array}_0`, 'PENDING');
    t.equal(slurm.job(`${array}_0`).Restarts, '1');
    slurm.run('scancel', array!);
  });

  t.test('trains a plan, with a node lost on the way, to the file of one machine', async (t) => {
    const folder = mkdtempSync(join(home, 'real-'));
    writeFileSync(join(folder, 'rows.csv'), classCsv());
    const how = ['rows.csv', '--target', 'label', '--members', '8', '--hidden', '16', '--seed', '1'];
    // Long enough to be lost before the end.
    const options = [...how, '--epochs', '2000', '--early-stopping', 'none', '--quiet'];
    const tutti = async (...args: readonly string[]) => {
      const { status, stdout, stderr } = await tuttiProcess(args, { cwd: folder });
      t.equal(status, 0, stderr);
      return stdout;
    };
    const jobs = ['--for', 'slurm', '--members-per-task', '2', '--task-threads', '1'];
    t.match(await tutti('plan', ...options, '--out', 'plan', ...jobs), /8 members in 4 tasks/);
    const said = execFileSync('sh', [join(folder, 'plan', 'jobs', 'slurm', 'submit.sh')], {
      env: slurm.env,
      encoding: 'utf8',
    });
    const tasks = arraysOf(said).flatMap((array) => [0, 1, 2, 3].map((index) => `${array}_${index}`));
    await until(() => existsSync(join(folder, 'plan', 'results')));
    slurm.loseNode();
    for (const id of tasks) await ended(slurm, id);
    t.ok(tasks.some((id) => Number(slurm.job(id).Restarts) > 0));
    await tutti('collect', 'plan', '--out', 'slurm.tutti');
    await tutti('train', ...options, '--out', 'alone.tutti');
    t.ok(readFileSync(join(folder, 'slurm.tutti')).equals(readFileSync(join(folder, 'alone.tutti'))));
  });
});

/** A plan of so many parts of two members, with a program in tutti's place. */
function laid(home: string, name: string, count: number, atOnce: number | null = null) {
  const plan = join(home, name);
  const parts = Array.from({ length: count }, (_, part) => ({ members: [2 * part, 2 * part + 1] }));
  const files = writeFiles(plan, 'slurm', scheduler.files({ ...JOB, folder: plan, parts, atOnce }));
  // What TUTTI names may be several words, and so has no blank.
  const own = mkdtempSync(join(home, 'own-'));
  let program = standIn(own);
  return {
    ...{ plan, files },
    submit: ({ env }: Slurm, args: readonly string[] = []) =>
      execFileSync('sh', [join(files, 'submit.sh'), ...args], {
        env: { ...env, TUTTI: program },
        encoding: 'utf8',
      }),
    asked: () => readFileSync(join(own, 'asked'), 'utf8').split('\n').filter(Boolean).sort(),
    ends: endsIn(own),
    /** From now on a part ends when it is told to. */
    hold: () => {
      program = join(own, 'hold.sh');
      const text = `#!/bin/sh\ntrap 'echo ended >> ${own}/said; exit 143' TERM\necho began >> ${own}/said\nwhile :; do sleep 0.1; done\n`;
      writeFileSync(program, text, { mode: 0o755 });
    },
    stopped: () => {
      const said = existsSync(join(own, 'said')) ? readFileSync(join(own, 'said'), 'utf8') : '';
      return { began: said.split('began').length - 1, ended: said.split('ended').length - 1 };
    },
  };
}

function arraysOf(said: string): string[] {
  return Array.from(said.matchAll(/as array (\d+)/g), ([, id]) => id!);
}

/** Waits until a task is completed, and that no longer than it must where it is queued again. */
async function ended(slurm: Slurm, id: string): Promise<void> {
  for (;;) {
    const { JobState } = slurm.job(id);
    if (JobState === 'COMPLETED') return;
    if (JobState === 'FAILED') throw new Error(`Task ${id} failed`);
    slurm.hurry(id);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}
