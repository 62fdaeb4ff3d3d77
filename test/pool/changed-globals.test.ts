// What a learner changes of JavaScript behind its answers, from a timer say: its thread is replaced before the next member,
// which costs no retry, and no member's bytes are others than without it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { createPool, type TrainedEnsemble, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { learnerOf } from '../support/learners.js';

const dataset = clusters(60, 2, 3);
const NETWORK = { hidden: [4], epochs: 4, schedule: 'cosine' } as const;
const folder = t.testdir();

const GETTER = "Object.defineProperty(Array.prototype, '0', { get: () => 7, set() {}, configurable: true })";
const CHANGES: Readonly<Record<string, string>> = {
  'a function of Math': 'Math.cos = () => 0',
  'a function of Atomics': 'Atomics.load = () => 1',
  'a method of arrays': 'Float32Array.prototype.set = () => {}',
  'a getter where lists have their first item': GETTER,
  'what cannot be put back':
    "Object.defineProperty(Array.prototype, 'map', { value: () => [], configurable: false, writable: false })",
  'a global': 'globalThis.WebAssembly = undefined',
};

const WHEN: Readonly<Record<string, (change: string) => string>> = {
  'in a timer': (change) => `setTimeout(() => { ${change}; }, 0)`,
  'again and again': (change) => `setInterval(() => { ${change}; }, 1)`,
  'with ears for all errors': (change) =>
    `for (const name of ['uncaughtException', 'unhandledRejection']) process.on(name, () => {});
     process.exit = process.reallyExit = () => {}; setImmediate(() => { ${change}; })`,
};

let files = 0;

function learner(fit: string): { readonly learner: string } {
  const path = join(folder, `${++files}.mjs`);
  writeFileSync(path, learnerOf({ fit: `() => { ${fit}; return {}; }` }));
  return { learner: path };
}

/** The networks' weights, which no learner beside them may change. */
function weightsOf({ members }: TrainedEnsemble, networks: readonly number[]): readonly number[][] {
  return members.filter(({ index }) => networks.includes(index)).map(({ parameters }) => [...parameters]);
}

const behind = (own: { readonly learner: string }) => [own, NETWORK, NETWORK, own, NETWORK, NETWORK];
const networks = [1, 2, 4, 5];
/** That of networks behind a learner that changes nothing. */
const undisturbed = weightsOf(
  await trainEnsemble(dataset, { seed: 3, members: behind(learner('')) }),
  networks,
);

/** Trains two networks behind each of two learners on one thread, with no retry; the failures, and whether they are as ever. */
async function trainBehind(fit: string) {
  await using pool = createPool({ threads: 1 });
  const disturbed = await trainEnsemble(
    dataset,
    { seed: 3, members: behind(learner(fit)) },
    { runner: pool, retries: 0 },
  );
  return {
    failures: disturbed.failures,
    same: isDeepStrictEqual(weightsOf(disturbed, networks), undisturbed),
  };
}

for (const [what, change] of Object.entries(CHANGES)) {
  for (const [when, statement] of Object.entries(WHEN)) {
    t.test(`${what}, ${when}`, async (t) => {
      const { same, failures } = await trainBehind(statement(change));
      t.ok(same);
      t.same(
        failures.filter(({ index }) => index !== 0 && index !== 3),
        [],
      );
    });
  }
}

const HARMLESS: Readonly<Record<string, string>> = {
  'the environment': "process.env.TUTTI_ARITHMETIC = 'nonsense'; process.env.TUTTI_EXECUTOR = 'nonsense'",
  'globals of its own': 'globalThis.mine = 1; globalThis.performance = undefined',
  chance: 'Math.random = () => 0.5',
  'listeners of the process': "process.on('unhandledRejection', () => {}); process.on('warning', () => {})",
  'how errors are shown': "Error.prepareStackTrace = () => { throw new Error('no') }",
};

for (const [what, change] of Object.entries(HARMLESS)) {
  t.test(`${what} changes nothing for others`, async (t) => {
    t.same(await trainBehind(change), { failures: [], same: true });
  });
}

t.test('an error has its code where showing it throws', async (t) => {
  const show = "Error.prepareStackTrace = () => { throw new Error('no') }";
  const members = [learner(show), learner("throw new Error('mine')"), NETWORK];
  await using pool = createPool({ threads: 1 });
  const { failures } = await trainEnsemble(dataset, { seed: 3, members }, { runner: pool, retries: 0 });
  t.match(failures, [{ index: 1, error: { code: 'ERR_LEARNER', message: /mine/ } }]);
});
