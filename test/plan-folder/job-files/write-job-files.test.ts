import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { type JobOptions, resolveJobOptions } from '../../../src/plan-folder/job-files/job-options.js';
import { writeJobFiles } from '../../../src/plan-folder/job-files/write-job-files.js';
import { readPlan } from '../../../src/plan-folder/read-plan.js';
import { trainPlanned } from '../../../src/plan-folder/train-planned.js';
import { writePlan } from '../../../src/plan-folder/write-plan.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { clusters } from '../../support/datasets.js';

const dataset = clusters(60, 4, 2);
const SMALL: TrainingOptions = { seed: 1, hidden: [4], epochs: 3, batchSize: 16, earlyStopping: 'none' };

/** A plan in a folder, and its job files as `tutti plan` writes them. */
async function laid(t: Test, options: TrainingOptions) {
  const folder = join(t.testdir({}), 'plan');
  const { plan, hash } = await writePlan(folder, dataset, { ...SMALL, ...options });
  const write = (jobs: JobOptions, signal?: AbortSignal) =>
    writeJobFiles(
      {
        ...{ folder, plan, hash, dataset, program: null, modules: [] },
        settled: async () => (await readPlan(folder)).settled,
        train: (members, watch) => trainPlanned(folder, { members, ...watch }),
      },
      resolveJobOptions(jobs),
      signal,
    );
  const parts = (scheduler: string) =>
    readFileSync(join(folder, 'jobs', scheduler, 'parts.txt'), 'utf8')
      .split('\n')
      .slice(0, -1);
  return { folder, hash, write, parts };
}

t.test('so many members to a task, none of them trained by then', async (t) => {
  const { folder, hash, write, parts } = await laid(t, { members: 7 });
  const { files, commands, job } = await write({ scheduler: 'slurm', membersPerTask: 3, atOnce: 2 });
  t.equal(files, join(folder, 'jobs', 'slurm'));
  t.same(parts('slurm'), ['0-2', '3-5', '6']);
  t.match(job, {
    name: `tutti-${hash.slice(0, 10)}`,
    folder: resolve(folder),
    threads: 4,
    atOnce: 2,
    partMs: null,
  });
  t.match(commands, [`sh ${files}/submit.sh`]);
  t.ok(statSync(join(files!, 'part.sh')).mode & 0o100, 'a script can be run by its name');
  t.same((await readPlan(folder)).settled, []);
});

t.test('the first member of each kind is trained to measure it, and that is kept', async (t) => {
  const members = [{}, {}, { engine: 'neighbours' }, {}, { engine: 'neighbours' }] as const;
  const { folder, write, parts } = await laid(t, { members });
  const { job } = await write({ scheduler: 'shell', taskMinutes: 60 });
  t.same((await readPlan(folder)).settled, [0, 2]);
  t.same(parts('shell'), ['1,3-4'], 'what is trained is in no task');
  t.ok(job.partMs! > 0 && job.partMs! < 60 * 60_000);
});

t.test('where nothing is left, nothing is written', async (t) => {
  const { folder, write } = await laid(t, { members: 2 });
  await trainPlanned(folder, {});
  const { files, commands } = await write({ scheduler: 'shell' });
  t.equal(files, null);
  t.same(commands, []);
  t.throws(() => statSync(join(folder, 'jobs')));
});

t.test('files are written anew for what is left', async (t) => {
  const { folder, write, parts } = await laid(t, { members: 4 });
  await write({ scheduler: 'shell', membersPerTask: 1 });
  t.same(parts('shell'), ['0', '1', '2', '3']);
  await trainPlanned(folder, { members: [1] });
  await write({ scheduler: 'shell', membersPerTask: 2 });
  t.same(parts('shell'), ['0,2', '3']);
});

t.test('who stops the trial stops the writing, and nothing is written', async (t) => {
  const { folder, write } = await laid(t, { members: 2 });
  const controller = new AbortController();
  controller.abort(new Error('Ctrl-C'));
  await t.rejects(write({ scheduler: 'shell' }, controller.signal), /Ctrl-C/);
  t.throws(() => statSync(join(folder, 'jobs')));
});

t.test('a folder that cannot be written to is an error by name', async (t) => {
  const { folder, write } = await laid(t, { members: 2 });
  mkdirSync(join(folder, 'jobs'));
  writeFileSync(join(folder, 'jobs', 'shell'), 'a file');
  await t.rejects(write({ scheduler: 'shell', membersPerTask: 1 }), {
    code: 'ERR_FILE',
    message: /jobs\/shell/,
  });
});
