// Pools that keep a user's code in processes: whatever brings one down costs a retry, everything else goes on, and all
// has the bytes that it has on threads.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import {
  createPool,
  type Ensemble,
  type Pool,
  type TrainingOptions,
  type TrainingSettings,
  trainEnsemble,
} from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { CENTROIDS, learnerOf } from '../support/learners.js';
import { listsProcesses, processesOf } from '../support/processes.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
const centroids = join(folder, 'centroids.mjs');
const network = { hidden: [8], epochs: 3 };

let modules = 0;
/** Draws a number, and does this first: always, or as long as nobody has. */
function fitThat(path: string, does: string, how: 'once' | 'always', drawn = 'random'): string {
  const mark = JSON.stringify(`${path}.mark`);
  return `async (${drawn}) => {
    const first = !existsSync(${mark});
    writeFileSync(${mark}, '');
    if (first || ${how === 'always'}) { ${does} }
    return { drawn: random() };
  }`;
}

/** A learner of its own that does this. */
function learnerThat(does: string, how: 'once' | 'always'): string {
  const path = join(folder, `own-${++modules}.mjs`);
  const fit = fitThat(path, does, how, '{ random }');
  writeFileSync(path, `import { existsSync, writeFileSync } from 'node:fs';\n${learnerOf({ fit })}`);
  return path;
}

const membersWith = (learner: string): TrainingOptions['members'] => [
  network,
  { learner: centroids },
  { learner },
  { learner: centroids },
  network,
];

const [own, next] = [join(folder, 'own.mjs'), join(folder, 'next')];
writeFileSync(
  own,
  `import { readFileSync } from 'node:fs';
  ${learnerOf({ fit: `async ({ random }) => (await import(readFileSync(${JSON.stringify(next)}, 'utf8'))).fit(random)` })}`,
);

/** Says what the learner does next that is one file with one name, whatever it does: its members have the same bytes. */
function doesNext(does: string, how: 'once' | 'always' = 'always'): void {
  const path = join(folder, `does-${++modules}.mjs`);
  writeFileSync(
    path,
    `import { existsSync, writeFileSync } from 'node:fs';\nexport const fit = ${fitThat(path, does, how)};`,
  );
  writeFileSync(next, pathToFileURL(path).href);
}

const train = (pool: Pool | undefined, options: TrainingOptions, settings: TrainingSettings = {}) =>
  trainEnsemble(dataset, { seed: 1, ...options }, { ...settings, ...(pool && { runner: pool }) });

const indexes = ({ members }: Ensemble) => members.map(({ index }) => index);

function isolated(t: Test, threads = 2): Pool {
  const pool = createPool({ threads, isolate: 'process' });
  t.teardown(async () => {
    await pool.close();
    if (listsProcesses && processesOf('jobs').length > 0) throw new Error('A process is left');
  });
  return pool;
}

t.test('members have the bytes that they have on threads, and predict the same in processes', async (t) => {
  const members: TrainingOptions['members'] = [
    { ...network, resample: 'bootstrap' },
    { learner: centroids, resample: 'bootstrap', featureShare: 0.5 },
    { engine: 'neighbours' },
    { learner: learnerThat('', 'always') },
  ];
  const there = await train(undefined, { members });
  const apart = await train(isolated(t), { members });
  t.equal(apart.contentHash(), there.contentHash());
  t.equal(apart.isolate, 'process');
  t.equal(there.isolate, undefined);
  t.same(await apart.predict(dataset), await there.predict(dataset));
});

doesNext('');
const undisturbed = train(undefined, { members: membersWith(own) }).then((ensemble) =>
  ensemble.contentHash(),
);
const ENDS = [
  ['is killed', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});", 'signal SIGKILL'],
  [
    'has a segmentation fault',
    "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
    'signal SIGSEGV',
  ],
  ['aborts', 'process.abort();', 'signal SIGABRT'],
  ['exits', 'process.exit(3);', 'exit status 3'],
  ['exits well', 'process.exit(0);', 'exit status 0'],
  [
    'throws outside of every call',
    "setTimeout(() => { throw new Error('later'); }); await new Promise(() => {});",
    'later',
  ],
  [
    'forgets a rejection',
    "void Promise.reject(new Error('forgotten')); await new Promise(() => {});",
    'forgotten',
  ],
  ['closes the pipe', "(await import('node:fs')).closeSync(3); process.exit(5);", 'exit status 5'],
  [
    'writes into the pipe',
    "(await import('node:fs')).writeSync(3, Buffer.alloc(64, 255)); await new Promise(() => {});",
    'it answered with what is no message: bytes that are no message',
  ],
  [
    'changes JavaScript for good',
    "Object.defineProperty(Array.prototype, 'at', { value: () => 7, configurable: false });",
    'a module changed Array.prototype.at for good',
  ],
] as const;

t.test('whatever ends a process', { skip: process.platform === 'win32' }, async (t) => {
  // One for all of them: what one brings down is there again for the next.
  const breaking = isolated(t);
  for (const [what, does, reason] of ENDS) {
    await t.test(`one that ${what} once costs a retry, and always is named`, async (t) => {
      doesNext(does, 'once');
      const ensemble = await train(breaking, { members: membersWith(own) });
      t.same(ensemble.failures, []);
      t.equal(ensemble.contentHash(), await undisturbed);
      doesNext(does);
      const poison = await train(breaking, { members: membersWith(own) });
      t.same(indexes(poison), [0, 1, 3, 4]);
      t.match(poison.failures, [{ index: 2, error: { code: 'ERR_THREAD_LOST', details: { member: 2 } } }]);
      const { message } = poison.failures[0]!.error;
      t.match(message, /^Member 2 \(.*own\.mjs\) lost its thread 2 times and was given up: the process died/);
      t.ok(message.endsWith(`(${reason})`), message);
    });
  }
});

t.test('one that asks for more memory than V8 lets it have at once costs a retry', async (t) => {
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=64`;
  t.teardown(() => {
    process.env.NODE_OPTIONS = process.env.NODE_OPTIONS!.replace(' --max-old-space-size=64', '');
  });
  doesNext('globalThis.all = new Array(2 ** 25).fill(1.5);', 'once');
  const ensemble = await train(isolated(t), { members: membersWith(own) });
  t.same(ensemble.failures, []);
  t.equal(ensemble.contentHash(), await undisturbed);
});

t.test('one that loops, ignores signals or is stopped by the system has its deadline', async (t) => {
  const endless = [
    'for (;;) {}',
    "process.on('SIGTERM', () => {}); for (;;) {}",
    "process.kill(process.pid, 'SIGSTOP'); await new Promise(() => {});",
    "(await import('node:child_process')).execSync('sleep 1000');",
  ].map((does) => ({ learner: learnerThat(does, 'always') }));
  const members = [network, { learner: centroids }, ...endless, { learner: centroids }, network];
  // All at once, whose processes start beside loops.
  const ensemble = await train(isolated(t, 4), { members, deadline: 8 });
  t.same(indexes(ensemble), [0, 1, 6, 7]);
  const late = { error: { code: 'ERR_DEADLINE' } };
  t.match(
    ensemble.failures,
    [2, 3, 4, 5].map((index) => ({ index, ...late })),
  );
});

t.test('a stop ends processes too, and keeps what is finished', async (t) => {
  const abort = new AbortController();
  const members = [{ learner: centroids }, { learner: learnerThat('for (;;) {}', 'always') }];
  const ensemble = await train(
    isolated(t, 1),
    { members },
    { signal: abort.signal, onInterrupt: 'keep', onMember: () => setTimeout(() => abort.abort(), 300) },
  );
  t.same(indexes(ensemble), [0]);
});

t.test('one that ends after its answer costs whoever comes next no more than a retry', async (t) => {
  const later = learnerThat('setTimeout(() => process.exit(1), 1);', 'always');
  const members = Array.from({ length: 6 }, () => ({ learner: later }));
  const ensemble = await train(isolated(t, 1), { members }, { retries: 6 });
  t.same(ensemble.failures, []);
});

t.test(
  'processes are used again, at most one for each thread, by trainings at once',
  { skip: !listsProcesses },
  async (t) => {
    const pool = isolated(t);
    const pid = join(folder, 'pid.mjs');
    writeFileSync(pid, learnerOf({ fit: '() => ({ pid: process.pid })' }));
    const options = { members: 4, learner: pid };
    const all = await Promise.all([train(pool, options), train(pool, options), train(pool, options)]);
    all.push(await train(pool, options));
    const models = all.flatMap(({ members }) =>
      members.map(({ model }) => Buffer.from(model!).toString('latin1')),
    );
    t.equal(models.length, 16);
    t.ok(new Set(models).size <= 2);
  },
);

t.test('pools close, or end, with processes at work', async (t) => {
  const closing = createPool({ threads: 2, isolate: 'process' });
  const training = train(closing, { members: membersWith(centroids) });
  await closing.close();
  t.ok((await training).complete);
  const ending = createPool({ threads: 1, isolate: 'process' });
  const path = learnerThat('for (;;) {}', 'always');
  const looping = train(ending, { members: 3, learner: path }).catch((error) => error);
  while (!existsSync(`${path}.mark`)) await new Promise((resolve) => setTimeout(resolve, 20));
  await ending.destroy();
  t.match(await looping, { code: 'ERR_CANCELLED' });
  if (listsProcesses) t.same(processesOf('jobs'), []);
});

t.test('what one has started ends with it', { skip: !listsProcesses }, async (t) => {
  const file = join(folder, 'sleeper');
  const does = `
    const child = (await import('node:child_process')).spawn('sleep', ['1000'], { stdio: 'ignore' });
    writeFileSync(${JSON.stringify(file)}, String(child.pid));
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});`;
  await train(isolated(t), { members: membersWith(learnerThat(does, 'once')) });
  const { readFileSync } = await import('node:fs');
  const { untilGone } = await import('../support/processes.js');
  await untilGone(Number(readFileSync(file, 'utf8')));
  t.pass('it is gone');
});
