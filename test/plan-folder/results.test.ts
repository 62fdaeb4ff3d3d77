// What may be wrong with the folder of a plan, and what is done about it: nothing is believed, everything that is missing or wrong
// is named, and training again mends it.

import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ensembleToBytes } from '../../src/bundle/save.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { collectPlan } from '../../src/plan-folder/collect-plan.js';
import { openPlan } from '../../src/plan-folder/open-plan.js';
import { rangesText } from '../../src/plan-folder/planned-results.js';
import { readPlan } from '../../src/plan-folder/read-plan.js';
import { hashOfResult, readResult, resultBytes, resultName } from '../../src/plan-folder/result-file.js';
import { trainPlanned } from '../../src/plan-folder/train-planned.js';
import { writePlan } from '../../src/plan-folder/write-plan.js';
import { createPool } from '../../src/pool/pool.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(60, 4, 2);
const OPTIONS = {
  ...{ members: 4, hidden: [5], epochs: 3, seed: 8, earlyStopping: 'none' },
} as const satisfies TrainingOptions;

const bytesOf = async (ensemble: TrainedEnsemble) => Buffer.from(await ensembleToBytes(ensemble));
const whole = await bytesOf(await trainEnsemble(dataset, OPTIONS));

/** A plan of these options, of which these members are trained. */
async function planned(t: Test, members: number[] = [0, 1, 2, 3]) {
  const folder = join(t.testdir({}), 'plan');
  await writePlan(folder, dataset, OPTIONS);
  if (members.length > 0) await trainPlanned(folder, { members });
  return folder;
}

/** The file of a member's result. */
async function fileOf(folder: string, member: number): Promise<string> {
  const names = await readdir(join(folder, 'results'));
  return join(folder, 'results', names.find((name) => name.startsWith(`${member}-`))!);
}

async function isWhole(folder: string): Promise<boolean> {
  return (await bytesOf((await collectPlan(folder)).ensemble)).equals(whole);
}

t.test('members that nobody has trained are named, and may be left out', async (t) => {
  const folder = await planned(t, [1]);
  await t.rejects(collectPlan(folder), {
    code: 'ERR_PLAN',
    message:
      /lacks 3 of its 4 members \(0, 2-3\): `tutti train-members --plan \S+ --members 0,2-3` trains them$/,
  });
  const { ensemble } = await collectPlan(folder, { missing: 'leave' });
  t.strictSame([ensemble.complete, ensemble.members.map(({ index }) => index)], [false, [1]]);
  const extended = await extendEnsemble(ensemble, dataset, { members: 4 });
  t.ok((await bytesOf(extended)).equals(whole), 'extending trains the others, to the same bytes');
  t.strictSame((await readPlan(folder)).missing, [0, 2, 3]);
});

t.test('where members are missing here and there, the command that trains them names none', async (t) => {
  const folder = join(t.testdir({}), 'plan');
  await writePlan(folder, dataset, { ...OPTIONS, members: 26, epochs: 1 });
  await trainPlanned(folder, { members: Array.from({ length: 13 }, (_, place) => 2 * place + 1) });
  await t.rejects(collectPlan(folder), {
    code: 'ERR_PLAN',
    message: /22 and 1 more ranges\): `tutti train-members --plan [^ `]+` trains them$/,
  });
});

t.test('what is there is not trained again, and files stay as they are', async (t) => {
  const folder = await planned(t, [0, 2]);
  const before = await readFile(await fileOf(folder, 2));
  const trained: number[] = [];
  const part = await trainPlanned(folder, { members: [1, 2], onMember: ({ index }) => trained.push(index) });
  t.strictSame(trained, [1]);
  t.strictSame([part.members, part.before, part.trained], [[1, 2], [2], [1]]);
  t.ok((await readFile(await fileOf(folder, 2))).equals(before));
  const none = await trainPlanned(folder, { members: [0, 1, 2] });
  t.strictSame([none.before, none.trained], [[0, 1, 2], []]);
});

t.test('several train the same members at once, and nothing comes of it but the result', async (t) => {
  const folder = await planned(t, []);
  await using pool = createPool({ threads: 2 });
  await Promise.all([0, 1, 2].map(() => trainPlanned(folder, { runner: pool })));
  t.equal((await readdir(join(folder, 'results'))).length, 4, 'one file for each member');
  t.ok(await isWhole(folder));
});

t.test('a result that is cut short, altered or of nothing is named, and training replaces it', async (t) => {
  const alterations: Record<string, (bytes: Buffer) => Buffer> = {
    empty: () => Buffer.alloc(0),
    header: (bytes) => bytes.subarray(0, 44),
    cut: (bytes) => bytes.subarray(0, bytes.length - 1),
    longer: (bytes) => Buffer.concat([bytes, Buffer.of(0)]),
    weight: (bytes) => {
      const altered = Buffer.from(bytes);
      altered[bytes.length - 2]! ^= 1;
      return altered;
    },
    foreign: () => Buffer.from('{"not": "a result"}'),
  };
  const folder = await planned(t);
  for (const [name, alter] of Object.entries(alterations)) {
    const file = await fileOf(folder, 2);
    await writeFile(file, alter(await readFile(file)));
    await t.rejects(
      collectPlan(folder, { missing: 'leave' }),
      {
        code: 'ERR_PLAN',
        message: /has a file results\/2-[0-9a-f]{64} that (is|cannot).*: train member 2 again/,
      },
      name,
    );
    const { trained, replaced } = await trainPlanned(folder);
    t.strictSame(trained, [2], name);
    t.equal(replaced.length, 1, name);
    t.ok(await isWhole(folder), name);
  }
});

t.test('a result under the name of another member, or of another plan, is no result', async (t) => {
  const folder = await planned(t);
  const [one, two] = [await fileOf(folder, 1), await fileOf(folder, 2)];
  await rm(two);
  await copyFile(one, two);
  await t.rejects(collectPlan(folder), {
    code: 'ERR_PLAN',
    message: /results\/2-.* does not hold the members/,
  });
  await trainPlanned(folder);
  const other = join(folder, '..', 'other');
  await writePlan(other, dataset, { ...OPTIONS, seed: 9 });
  await trainPlanned(other);
  const foreign = await fileOf(other, 3);
  await copyFile(foreign, join(folder, 'results', foreign.split('/').at(-1)!));
  await t.rejects(collectPlan(folder), {
    code: 'ERR_PLAN',
    message: /results\/3-.* is that of another training/,
  });
});

t.test('results of members that the plan does not have are refused', async (t) => {
  const folder = await planned(t);
  const file = await fileOf(folder, 3);
  await copyFile(file, join(folder, 'results', `7${file.split('/').at(-1)!.slice(1)}`));
  await t.rejects(collectPlan(folder), { code: 'ERR_PLAN', message: /has results of member 7/ });
});

t.test('two hosts that trained other bytes for a member are both named', async (t) => {
  const folder = await planned(t);
  const { plan } = await openPlan(folder);
  const name = { strand: 1, hash: (await fileOf(folder, 1)).split('-').at(-1)! };
  const result = await readResult(folder, plan, name, [1]);
  const member = result.members.get(1)!;
  const parameters = Float32Array.from(member.parameters) as unknown as typeof member.parameters;
  parameters[0]! += 1;
  const wrong = { ...result, members: new Map([[1, { ...member, parameters }]]) };
  const wrongName = resultName({ strand: 1, hash: hashOfResult(plan, 1, wrong) });
  await writeFile(join(folder, 'results', wrongName), Buffer.concat(resultBytes(plan, wrong)));
  const expected = {
    code: 'ERR_HOST_DIFFERS',
    message: new RegExp(`different bytes for member 1 .*${name.hash}.*|.*${wrongName}`),
  };
  await t.rejects(collectPlan(folder), expected);
  await t.rejects(trainPlanned(folder), expected);
  for (const file of await readdir(join(folder, 'results')))
    if (file.startsWith('1-')) await rm(join(folder, 'results', file));
  await trainPlanned(folder);
  t.ok(await isWhole(folder), 'once both are gone it is trained again');
});

t.test('what ran the kernels and where is no part of a result’s name', async (t) => {
  const folder = await planned(t, [0]);
  const { plan } = await openPlan(folder);
  const hash = (await fileOf(folder, 0)).split('-').at(-1)!;
  const result = await readResult(folder, plan, { strand: 0, hash }, [0]);
  t.equal(hashOfResult(plan, 0, { ...result, executors: ['another'] }), hash);
  t.type(result.host, 'string');
});

t.test('a failure that may not come again is known, and is tried again', async (t) => {
  const folder = join(t.testdir({}), 'plan');
  await writePlan(folder, dataset, { ...OPTIONS, members: 2, epochs: 5_000_000, deadline: 0.2 });
  await using pool = createPool({ threads: 2 });
  const part = await trainPlanned(folder, { runner: pool });
  t.strictSame(
    part.again.map(({ index, error }) => [index, error.code]),
    [0, 1].map((index) => [index, 'ERR_DEADLINE']),
  );
  t.strictSame((await readPlan(folder)).again, [0, 1]);
  t.strictSame((await readdir(join(folder, 'results'))).sort(), ['0-again', '1-again']);
  await t.rejects(
    collectPlan(folder),
    { code: 'ERR_MEMBERS_FAILED', message: /deadline/ },
    'as one machine says it',
  );
});

t.test('a failure for good is a result, and is not tried again', async (t) => {
  const folder = join(t.testdir({}), 'plan');
  const hopeless = { optimizer: 'sgd', learningRate: 1e25 } as const;
  await writePlan(folder, dataset, {
    ...OPTIONS,
    members: [{}, hopeless],
  } as TrainingOptions);
  const { failures, trained } = await trainPlanned(folder, { members: [1] });
  t.strictSame([failures.map(({ error }) => error.code), trained], [['ERR_DIVERGED'], [1]]);
  const again = await trainPlanned(folder, { members: [1] });
  t.strictSame([again.trained, again.before, again.failures.length], [[], [1], 1], 'it is known');
});

t.test(
  'a folder with anything else, or another plan, is left alone; the same plan keeps what is trained',
  async (t) => {
    const folder = await planned(t, [1]);
    await t.rejects(writePlan(folder, dataset, { ...OPTIONS, seed: 9 }), {
      code: 'ERR_PLAN',
      message: /holds another plan, of 4 members: name another folder/,
    });
    const again = await writePlan(folder, dataset, OPTIONS, { note: 'another' });
    t.equal((await readPlan(folder)).hash, again.hash);
    t.strictSame(again.settled, [1], 'whoever plans again is told of it');
    t.strictSame((await readPlan(folder)).settled, [1]);
    t.equal((await readPlan(folder)).note, 'another');
    const other = join(folder, '..', 'other');
    await mkdir(other);
    await writeFile(join(other, 'mine.txt'), 'mine');
    await t.rejects(writePlan(other, dataset, OPTIONS), { code: 'ERR_PLAN', message: /such as mine\.txt/ });
    t.strictSame(await readdir(other), ['mine.txt']);
  },
);

t.test('a plan that is cut short, altered or none is refused, and nothing is trained', async (t) => {
  const folder = await planned(t, []);
  const path = join(folder, 'plan');
  const bytes = await readFile(path);
  for (let at = 0; at < bytes.length; at += 97) {
    const altered = Buffer.from(bytes);
    altered[at]! ^= 4;
    await writeFile(path, altered);
    await t.rejects(trainPlanned(folder), { code: 'ERR_PLAN' }, `byte ${at}`);
  }
  await writeFile(path, bytes.subarray(0, bytes.length - 1));
  await t.rejects(collectPlan(folder), { code: 'ERR_PLAN', message: /cannot be read: .*plan is cut short/ });
  await rm(path);
  await t.rejects(readPlan(folder), { code: 'ERR_PLAN', message: /holds no plan: `tutti plan` makes one/ });
  await mkdir(path);
  await t.rejects(readPlan(folder), { code: 'ERR_STORE' }, 'a folder in its place');
  await t.rejects(readPlan(join(folder, 'not', 'there')), { code: 'ERR_PLAN' });
});

t.test('a dataset that is gone or damaged is named', async (t) => {
  const folder = await planned(t, [0]);
  const { plan } = await openPlan(folder);
  const { train } = plan.datasets;
  const path = join(folder, 'blobs', train.slice(0, 2), train);
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length - 5));
  await t.rejects(trainPlanned(folder), { code: 'ERR_PLAN', message: /has lost its dataset: .*damaged/ });
  await rename(path, `${path}.away`);
  await t.rejects(collectPlan(folder), { code: 'ERR_PLAN', message: /has lost its dataset: .*missing/ });
  await writePlan(folder, dataset, OPTIONS);
  await trainPlanned(folder);
  t.ok(await isWhole(folder), 'planning the same again brings it back');
});

t.test('nothing is written through a link that lies in a stranger’s folder', async (t) => {
  const folder = await planned(t, [0]);
  const file = await fileOf(folder, 0);
  const victim = join(folder, '..', 'victim');
  await writeFile(victim, 'precious');
  await rm(file);
  await symlink(victim, file);
  await trainPlanned(folder);
  t.equal(await readFile(victim, 'utf8'), 'precious');
});

t.test('members and settings that make no sense are refused', async (t) => {
  const folder = await planned(t, []);
  await t.rejects(trainPlanned(folder, { members: [4] }), {
    code: 'ERR_OPTION',
    message: 'Expected `members` to be places in a plan of 4 members, 0 to 3, got 4',
  });
  await t.rejects(trainPlanned(folder, { members: [-1] }), { code: 'ERR_OPTION' });
  await t.rejects(trainPlanned(folder, { onFailure: 'fail' } as object), { code: 'ERR_OPTION' });
  await t.rejects(collectPlan(folder, { missing: 'maybe' as 'leave' }), { code: 'ERR_OPTION' });
  await t.rejects(writePlan('', dataset), { code: 'ERR_OPTION' });
  await t.rejects(writePlan(folder, dataset, OPTIONS, { note: () => 1 }), { code: 'ERR_OPTION' });
  await t.rejects(writePlan(folder, dataset, OPTIONS, { test: clusters(9, 5, 2) }), { code: 'ERR_SHAPE' });
});

t.test('ranges are short', async (t) => {
  t.equal(rangesText([0, 1, 2, 5, 7, 8]), '0-2, 5, 7-8');
  t.equal(rangesText([3]), '3');
  t.equal(rangesText([0, 2, 4, 6], 2), '0, 2 and 2 more ranges');
});
