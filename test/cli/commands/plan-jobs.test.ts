// `tutti plan --for`: what it says and writes, and scripts that really run.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CENTROIDS } from '../../support/learners.js';
import { CHILD_ENV, classCsv, instead, QUICK, tutti, tuttiProcess } from '../support.js';

const quick = instead(
  ['plan', 'rows.csv', '--target', 'label', ...QUICK, '--out', 'plan'],
  '--members',
  '6',
).filter((word, at, all) => word !== '--threads' && all[at - 1] !== '--threads');
const folder = () => t.testdir({ 'rows.csv': classCsv() });

t.test('the members of a task, counted', async (t) => {
  const cwd = folder();
  const jobs = ['--for', 'slurm', '--members-per-task', '2', '--at-once', '2', '--task-threads', '3'];
  const { status, stdout, stderr } = await tutti([...quick, ...jobs], { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^Wrote plan\/jobs\/slurm for a Slurm array: 6 members in 3 tasks on 3 threads each$/m);
  t.match(stdout, /^ {2}sh plan\/jobs\/slurm\/submit\.sh$/m);
  t.match(stdout, /^ {2}tutti collect plan --out ensemble\.tutti$/m);
  const array = readFileSync(join(cwd, 'plan/jobs/slurm/array.sh'), 'utf8');
  t.match(array, /^#SBATCH --array=0-2%2$/m);
  t.match(array, /^#SBATCH --cpus-per-task=3$/m);
  t.notMatch(array, /--time/, 'nobody knows how long a member takes');
});

t.test('the members of a task, by a member that is trained and kept', async (t) => {
  const cwd = folder();
  const { status, stdout, stderr } = await tutti(
    [...quick, '--for', 'kubernetes', '--container-image', 'a/b:1'],
    { cwd },
  );
  t.equal(status, 0, stderr);
  t.match(stderr, /Training a member on one thread to see how long it takes/);
  t.match(stdout, /5 members in 1 task on 4 threads each, the longest about \d/);
  t.match(stdout, /^ {2}kubectl apply -f plan\/jobs\/kubernetes\/job\.yaml$/m);
  t.equal(readdirSync(join(cwd, 'plan/results')).length, 1);
  t.equal(readFileSync(join(cwd, 'plan/jobs/kubernetes/parts.txt'), 'utf8'), '1-5\n');
});

t.test('the same plan for another scheduler, for what is left; and when nothing is', async (t) => {
  const cwd = folder();
  await tutti([...quick, '--for', 'slurm', '--members-per-task', '2'], { cwd });
  await tutti(['train-members', '--plan', 'plan', '--members', '0-2', '--threads', '1'], { cwd });
  const again = await tutti([...quick, '--for', 'shell', '--members-per-task', '2', '--json'], { cwd });
  t.equal(again.status, 0, again.stderr);
  t.match(JSON.parse(again.stdout), {
    jobs: { scheduler: 'shell', files: 'plan/jobs/shell', tasks: 2, threads: 1, longestMs: null },
  });
  t.equal(readFileSync(join(cwd, 'plan/jobs/shell/parts.txt'), 'utf8'), '3-4\n5\n');
  await tutti(['train-members', '--plan', 'plan', '--threads', '1'], { cwd });
  const none = await tutti([...quick, '--for', 'shell', '--quiet'], { cwd });
  t.match(none.stdout, /^Nothing is left to train, so no job files were written: tutti collect/m);
});

const REFUSED: Readonly<Record<string, readonly [args: readonly string[], message: RegExp]>> = {
  'a scheduler that there is not': [['--for', 'slurmm'], /--for.*slurm, kubernetes, shell/],
  'job options without job files': [['--at-once', '3'], /--at-once.*absent unless.*--for/],
  'minutes of tasks whose members are counted': [
    ['--for', 'shell', '--members-per-task', '2', '--task-minutes', '3'],
    /--task-minutes.*absent unless/,
  ],
  'Kubernetes without an image': [['--for', 'kubernetes'], /--container-image.*image/],
  'an image without Kubernetes': [
    ['--for', 'shell', '--container-image', 'a'],
    /--container-image.*kubernetes/,
  ],
  'no threads': [['--for', 'shell', '--task-threads', '0'], /--task-threads.*≥ 1/],
};

for (const [name, [args, message]] of Object.entries(REFUSED)) {
  t.test(`${name}: refused in a line, with nothing made`, async (t) => {
    const cwd = folder();
    const { status, stdout, stderr } = await tutti([...quick, ...args], { cwd });
    t.equal(status, 2);
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    t.notOk(existsSync(join(cwd, 'plan')));
  });
}

t.test('a folder that Slurm cannot name is refused before anything is trained', async (t) => {
  const cwd = folder();
  const { status, stderr } = await tutti(instead([...quick, '--for', 'slurm'], '--out', 'a "plan"'), { cwd });
  t.equal(status, 2);
  t.match(stderr, /--out.*quotes/);
});

t.test('shells, one of them killed on the way, make the file of one machine', async (t) => {
  const cwd = folder();
  const how = ['rows.csv', '--target', 'label', '--members', '6', '--hidden', '8', '--seed', '1', '--quiet'];
  const training = [...how, '--epochs', '400', '--early-stopping', 'none'];
  const jobs = ['--for', 'shell', '--members-per-task', '1'];
  await tuttiProcess(['plan', ...training, '--out', 'plan', ...jobs], { cwd });
  const script = join(cwd, 'plan', 'jobs', 'shell', 'run.sh');
  const killed = spawn('sh', [script], { env: CHILD_ENV, stdio: 'ignore', detached: true });
  const over = new Promise((resolve) => killed.on('exit', resolve));
  const results = () =>
    existsSync(join(cwd, 'plan/results')) ? readdirSync(join(cwd, 'plan/results')).length : 0;
  while (results() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(-killed.pid!, 'SIGKILL');
  await over;
  const shares = ['1/2', '2/2'].map((share) => {
    const child = spawn('sh', [script, share], { env: CHILD_ENV, stdio: 'ignore' });
    return new Promise((resolve) => child.on('exit', resolve));
  });
  t.same(await Promise.all(shares), [0, 0]);
  await tuttiProcess(['collect', 'plan', '--out', 'shells.tutti', '--quiet'], { cwd });
  await tuttiProcess(['train', ...training, '--out', 'alone.tutti'], { cwd });
  t.ok(readFileSync(join(cwd, 'shells.tutti')).equals(readFileSync(join(cwd, 'alone.tutti'))));
  t.ok(statSync(script).mode & 0o100);
});

t.test('a learner finds what it imports beside it, and its copy runs where that is not there', async (t) => {
  const cwd = t.testdir({
    'rows.csv': classCsv(),
    own: { 'centroids.mjs': `import './beside.mjs';\n${CENTROIDS}`, 'beside.mjs': '' },
  });
  const args = [
    'plan',
    'rows.csv',
    '--target',
    'label',
    '--members',
    '3',
    '--seed',
    '1',
    '--quiet',
    '--out',
    'plan',
  ];
  const jobs = ['--learner', 'own/centroids.mjs', '--for', 'shell'];
  const { status, stderr } = await tuttiProcess([...args, ...jobs], { cwd });
  t.equal(status, 0, stderr);
  const part = () =>
    spawnSync('sh', [join(cwd, 'plan/jobs/shell/part.sh'), '0'], { env: CHILD_ENV, encoding: 'utf8' });
  t.equal(readdirSync(join(cwd, 'plan/results')).length, 1, 'the first was trained to be measured');
  renameSync(join(cwd, 'own'), join(cwd, 'moved'));
  const copy = part();
  t.equal(copy.status, 2);
  t.match(copy.stderr, /plan\/modules\/\w+-centroids\.mjs cannot be imported: .*beside\.mjs/);
  renameSync(join(cwd, 'moved'), join(cwd, 'own'));
  t.equal(part().status, 0);
  t.equal(readdirSync(join(cwd, 'plan/results')).length, 3);
});

t.test('wrong input ends all parts at once, with a message', async (t) => {
  const cwd = folder();
  await tutti([...quick, '--for', 'shell', '--members-per-task', '1'], { cwd });
  const env = { ...CHILD_ENV, TUTTI: '/nowhere/tutti' };
  const { status, stderr } = spawnSync('sh', [join(cwd, 'plan/jobs/shell/run.sh')], {
    env,
    encoding: 'utf8',
  });
  t.equal(status, 2);
  t.match(stderr, /\/nowhere\/tutti/);
});
