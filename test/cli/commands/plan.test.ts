// `tutti plan`, `train-members` and `collect`: as many processes as one likes train the members of a plan, are killed and come
// again, and the file is that of `tutti train`. Processes end themselves at a given member, so nothing depends on how fast a
// machine is.

import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writePlan } from '../../../src/plan-folder/write-plan.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS } from '../../support/learners.js';
import { type CliResult, classCsv, instead, QUICK, tutti, tuttiProcess, valueCsv } from '../support.js';

/**
 * Class means, whose third fit on a thread ends the process where RAISE says how, once a member before it is in the
 * folder that KEPT names: what is finished is written while others train.
 */
const ENDING = CENTROIDS.replace(
  'export default {',
  `import { readdirSync } from 'node:fs';
let fits = 0;
const isKept = () => readdirSync(process.env.KEPT).some((name) => !name.startsWith('.'));
export default {`,
).replace(
  'const means',
  `if (++fits === 3 && process.env.RAISE === 'exit') process.exit(3);
    if (fits === 3 && process.env.RAISE) {
      while (!isKept()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      process.kill(process.pid, process.env.RAISE);
    }
    const means`,
);
const cwd = t.testdir({
  'data.csv': classCsv(),
  'values.csv': valueCsv(),
  'fresh.csv': valueCsv().split('\n').slice(0, 30).join('\n'),
  'ending.mjs': ENDING,
  state: {},
});
const env = { XDG_STATE_HOME: join(cwd, 'state') };
const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  tuttiProcess(args, { cwd, env: { ...env, ...more } });
const here = (args: readonly string[]) => tutti(args, { cwd });

const bytesOf = (name: string) => readFileSync(join(cwd, name));
const resultsOf = (plan: string) => readdirSync(join(cwd, plan, 'results')).sort();

/** What is printed of figures, which is the same for what was trained and what was collected. */
const figuresOf = ({ stdout }: CliResult) =>
  stdout
    .slice(stdout.search(/^(Trained|Collected) .*$/m))
    .replace(/^(Trained|Collected|Saved|Every score).*$/gm, '');

const COMMON = ['--threads', '1'] as const;
const LEARNERS = [
  'data.csv',
  '--target',
  'label',
  '--seed',
  '3',
  '--learner',
  'ending.mjs',
  '--members',
  '6',
];

t.test('three processes at once, and the file is that of one training', async (t) => {
  const kinds: Record<string, readonly string[]> = {
    calibrated: [
      ...['data.csv', '--target', 'label', '--members', '6', '--hidden', '5', '--epochs', '4', '--seed', '2'],
      ...[
        '--test-share',
        '0.3',
        '--calibrate',
        'temperature',
        '--replicates',
        '50',
        ...['--class-weights', 'yes=2', '--resample', 'bootstrap'],
      ],
    ],
    'tested on a file': [
      ...['values.csv', '--target', 'y,z', '--members', '6', '--hidden', '5', '--epochs', '6', '--seed', '2'],
      ...['--test', 'fresh.csv', '--snapshots', '2', '--clip', '--aggregator', 'arithmeticMean'],
    ],
    tied: [
      ...['data.csv', '--target', 'label', '--members', '4', '--hidden', '5', '--epochs', '3', '--seed', '2'],
      ...['--tie', '0.05', '--early-stopping', 'none'],
    ],
  };
  for (const [name, args] of Object.entries(kinds)) {
    const plan = `plan ${name}`;
    const whole = await here(['train', ...args, ...COMMON, '--out', 'whole.tutti']);
    t.equal(whole.status, 0, whole.stderr);
    const planned = await here(['plan', ...args, '--out', plan]);
    t.equal(planned.status, 0, planned.stderr);
    t.match(planned.stdout, /^Planned \d+ members/m);
    const parts = name === 'tied' ? ['0', '1,2', '3'] : ['0-1', '2,3', '3-'];
    const last = Number(/^Planned (\d+) members/m.exec(planned.stdout)?.[1]) - 1;
    const trained = await Promise.all(
      parts
        .map((own) => own.replace(/-$/, `-${last}`))
        .map((members) => run(['train-members', '--plan', plan, '--members', members, ...COMMON])),
    );
    t.strictSame(
      trained.map(({ status }) => status),
      [0, 0, 0],
      trained.map(({ stderr }) => stderr).join('\n'),
    );
    const collected = await here(['collect', plan, '--out', 'collected.tutti', ...COMMON]);
    t.equal(collected.status, 0, collected.stderr);
    t.ok(bytesOf('collected.tutti').equals(bytesOf('whole.tutti')), name);
    t.equal(figuresOf(collected), figuresOf(whole), name);
  }
});

t.test('killed half-way and started again, it goes on, to the same file', async (t) => {
  const whole = await run(['train', ...LEARNERS, ...COMMON, '--out', 'learners.tutti']);
  t.equal(whole.status, 0, whole.stderr);
  for (const [signal, expected] of [
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    const plan = `killed by ${signal}`;
    t.equal((await run(['plan', ...LEARNERS, '--out', plan])).status, 0);
    const args = ['train-members', '--plan', plan, ...COMMON];
    const killed = await run(args, { RAISE: signal, KEPT: join(cwd, plan, 'results') });
    t.equal(killed.status, expected, killed.stderr);
    if (signal !== 'SIGKILL') t.match(killed.stderr, /the same command goes on/);
    const again = await run(args);
    t.equal(again.status, 0, again.stderr);
    t.match(again.stdout, /^Trained \d members of .*; \d members? had been trained before$/m);
    const collected = await run(['collect', plan, '--out', 'again.tutti']);
    t.equal(collected.status, 0, collected.stderr);
    t.ok(bytesOf('again.tutti').equals(bytesOf('learners.tutti')), signal);
    t.equal(
      readdirSync(join(cwd, plan)).includes('states') ? readdirSync(join(cwd, plan, 'states')).length : 0,
      0,
    );
  }
});

t.test('a member whose thread was lost is worth another try, and says so by 1', async (t) => {
  t.equal((await run(['plan', ...LEARNERS, '--retries', '0', '--out', 'lost'])).status, 0);
  const args = ['train-members', '--plan', 'lost', ...COMMON];
  const lost = await run(args, { RAISE: 'exit' });
  t.equal(lost.status, 1, lost.stderr);
  t.match(lost.stderr, /Member 2 .*lost its thread/);
  t.match(lost.stderr, /^The same command tries 2.* again$/m);
  t.ok(resultsOf('lost').includes('2-again'));
  t.equal((await run(args)).status, 0);
  t.notOk(resultsOf('lost').includes('2-again'));
  const collected = await run(['collect', 'lost', '--out', 'found.tutti']);
  t.equal(collected.status, 0, collected.stderr);
  t.ok(bytesOf('found.tutti').equals(bytesOf('learners.tutti')));
});

t.test('a member that failed for good is settled, and collected as a training has it', async (t) => {
  const args = [
    ...['values.csv', '--target', 'y', '--members', '2', '--hidden', '4', '--epochs', '2', '--seed', '1'],
    ...['--optimizer', 'sgd', '--learning-rate', '1e30', '--grid', '{"learningRate": [0.01, 1e30]}'],
  ];
  writeFileSync(join(cwd, 'grid.json'), JSON.stringify({ grid: { learningRate: [0.01, 1e30] } }));
  const own = [...args.slice(0, -4), '--config', 'grid.json'];
  const whole = await here(['train', ...own, ...COMMON, '--out', 'some.tutti']);
  t.equal(whole.status, 1, whole.stderr);
  t.equal((await here(['plan', ...own, '--out', 'some'])).status, 0);
  const trained = await here(['train-members', '--plan', 'some', ...COMMON, '--json']);
  t.equal(trained.status, 0, 'trying again would change nothing');
  t.match(trained.stderr, /Member 1 .*diverged/i);
  t.match(JSON.parse(trained.stdout), { trained: [0, 1], failed: [1], again: [], left: 0 });
  const collected = await here(['collect', 'some', '--out', 'some-collected.tutti', ...COMMON]);
  t.equal(collected.status, 1, 'as a training');
  t.ok(bytesOf('some-collected.tutti').equals(bytesOf('some.tutti')));
  t.equal((await here(['collect', 'some', '--allow-failures', ...COMMON])).status, 0);
});

t.test('where modules of somebody else’s are planned, none runs that is not allowed', async (t) => {
  t.equal((await run(['plan', ...LEARNERS, '--out', 'of-modules'])).status, 0);
  const stranger = { XDG_STATE_HOME: join(cwd, 'nobody') };
  renameSync(join(cwd, 'ending.mjs'), join(cwd, 'away.mjs'));
  const args = ['train-members', '--plan', 'of-modules', ...COMMON];
  const refused = await run(args, stranger);
  t.equal(refused.status, 2);
  const [, copy] = /if you trust it, give --allow-modules (\S+),/.exec(refused.stderr) ?? [];
  t.match(copy, /^of-modules\/modules\/[0-9a-f]{12}-ending\.mjs$/);
  t.notOk(readdirSync(join(cwd, 'of-modules')).includes('states'));
  const allowed = await run([...args, '--allow-modules', copy!], stranger);
  t.equal(allowed.status, 0, allowed.stderr);
  t.equal((await run(['collect', 'of-modules'], stranger)).status, 2);
  const collect = ['collect', 'of-modules', '--out', 'modules.tutti'];
  t.equal((await run([...collect, '--allow-modules', copy!], stranger)).status, 0);
  t.ok(bytesOf('modules.tutti').equals(bytesOf('learners.tutti')), 'wherever the module lay');
  t.equal((await run(['collect', 'of-modules'])).status, 0, 'who planned it need not allow it');
  writeFileSync(join(cwd, copy!), 'export default 1');
  t.equal((await run(['collect', 'of-modules', '--allow-modules', copy!], stranger)).status, 2, 'altered');
  renameSync(join(cwd, 'away.mjs'), join(cwd, 'ending.mjs'));
});

const PLAN = ['plan', 'data.csv', '--target', 'label', ...QUICK.slice(0, 6), '--seed', '1'];

t.test('what is missing is named with the command that trains it, and may be left out', async (t) => {
  t.equal((await here([...PLAN, '--out', 'part'])).status, 0);
  t.equal((await here(['train-members', '--plan', 'part', '--members', '1'])).status, 0);
  const lacking = await here(['collect', 'part', '--out', 'part.tutti']);
  t.equal(lacking.status, 2);
  t.match(
    lacking.stderr,
    /lacks 2 of its 3 members \(0, 2\): `tutti train-members --plan part --members 0,2` trains them \(ERR_PLAN\)/,
  );
  t.notOk(readdirSync(cwd).includes('part.tutti'));
  const partly = await here(['collect', 'part', '--incomplete', '--out', 'part.tutti', '--json']);
  t.equal(partly.status, 0, partly.stderr);
  t.match(JSON.parse(partly.stdout), { planned: 3, members: 1, complete: false });
  const extended = await here(['extend', 'part.tutti', 'data.csv', '--out', 'part-extended.tutti']);
  t.equal(extended.status, 0, extended.stderr);
});

t.test('the folder may move, and nothing else is needed of it', async (t) => {
  t.equal((await here([...PLAN, '--out', 'moving'])).status, 0);
  mkdirSync(join(cwd, 'elsewhere'));
  cpSync(join(cwd, 'moving'), join(cwd, 'elsewhere', 'moved'), { recursive: true });
  rmSync(join(cwd, 'moving'), { recursive: true });
  const elsewhere = { cwd: join(cwd, 'elsewhere') };
  t.equal((await tutti(['train-members', '--plan', 'moved'], elsewhere)).status, 0);
  t.equal((await tutti(['collect', 'moved', '--out', 'moved.tutti'], elsewhere)).status, 0);
  const whole = await here(['train', ...PLAN.slice(1), '--out', 'unmoved.tutti', ...COMMON]);
  t.equal(whole.status, 0);
  t.ok(bytesOf('elsewhere/moved.tutti').equals(bytesOf('unmoved.tutti')));
});

t.test('rows may come from standard input, and a seed that was drawn is kept', async (t) => {
  const { status, stdout, stderr } = await tuttiProcess(
    [
      'plan',
      '-',
      '--target',
      'label',
      '--members',
      '2',
      '--hidden',
      '3',
      '--epochs',
      '1',
      '--out',
      'piped',
      '--json',
    ],
    { cwd, stdin: classCsv() },
  );
  t.equal(status, 0, stderr);
  const { seed, members, rows } = JSON.parse(stdout);
  t.strictSame([members, rows], [2, 60]);
  t.equal((await here(['train-members', '--plan', 'piped'])).status, 0);
  const collected = await here(['collect', 'piped', '--json']);
  t.equal(JSON.parse(collected.stdout).seed, seed);
});

t.test('what is wrong with the usage is said before anything is done', async (t) => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [PLAN, /Expected `--out` to be the path of a folder for the plan/],
    [['train-members'], /Expected `--plan` to be the folder that tutti plan wrote, got nothing/],
    [['train-members', '--plan', 'nowhere'], /holds no plan: `tutti plan` makes one/],
    [['train-members', '--plan', 'moving'], /holds no plan/],
    [['collect', 'nowhere'], /holds no plan/],
    [
      ['train-members', '--plan', 'part', '--members', '3'],
      /`--members` to be places in a plan of 3 members, 0 to 2/,
    ],
    [['train-members', '--plan', 'part', '--members', '2-1'], /such as 0-15,20/],
    [['train-members', '--plan', 'part', '--members', 'all'], /such as 0-15,20/],
    [['train-members', '--plan', 'part', '--members', '0,,1'], /such as 0-15,20/],
    [[...PLAN, '--out', 'data.csv'], /ERR_STORE|ERR_PLAN/],
    [
      instead([...PLAN, '--out', 'part'], '--seed', '2'),
      /holds another plan, of 3 members: name another folder/,
    ],
    [[...PLAN, '--out', 'x', '--checkpoint', 'ck'], /Unknown option `--checkpoint` of tutti plan/],
    [['collect', 'part', '--out', 'nowhere/e.tutti'], /there is no folder/],
  ];
  for (const [args, expected] of wrong) {
    const { status, stderr } = await here(args);
    t.match(stderr, expected, args.join(' '));
    t.ok(status === 2 || status === 1, `${status}`);
  }
  t.notOk(readdirSync(cwd).includes('x'));
});

t.test('a plan of a program’s is for programs to collect', async (t) => {
  await writePlan(join(cwd, 'program'), clusters(40, 3, 2), { members: 2, epochs: 1, seed: 1 });
  t.equal((await here(['train-members', '--plan', 'program'])).status, 0, 'though anybody may train it');
  const { status, stderr } = await here(['collect', 'program']);
  t.equal(status, 2);
  t.match(stderr, /was made by a program, which collects it by `collectPlan`/);
});
