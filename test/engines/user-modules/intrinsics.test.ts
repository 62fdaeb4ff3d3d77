// A module that changes the language, or that is looked at and throws, is named; what it changed is put back, and
// members beside it are what they would have been.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { rememberIntrinsics, restoreIntrinsics } from '../../../src/engines/user-modules/intrinsics.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { createPool, type TrainedEnsemble, trainEnsemble } from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { CENTROIDS, learnerOf } from '../../support/learners.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS });
const centroids = join(folder, 'centroids.mjs');

let modules = 0;
function moduleOf(source: string): string {
  const path = join(folder, `own-${++modules}.mjs`);
  writeFileSync(path, source);
  return path;
}

const network = { hidden: [4], epochs: 2 };
const beside = (learner: string) => ({ seed: 5, members: [{ learner }, network, { learner: centroids }] });

async function othersOf({ members }: TrainedEnsemble) {
  return members
    .filter(({ index }) => index > 0)
    .map(({ parameters: weights, model }) => ({ weights, model }));
}

const vandalism: readonly (readonly [string, string])[] = [
  ['Array.prototype.push', 'Array.prototype.push = () => 0'],
  ['Array.prototype.0', 'Object.defineProperty(Array.prototype, 0, { set() {}, configurable: true })'],
  ['Object.prototype.inputs', 'Object.prototype.inputs = 7'],
  ['Math.fround', 'Math.fround = () => 0'],
  ['TypedArray.prototype.set', 'Object.getPrototypeOf(Float32Array).prototype.set = () => {}'],
  ['Float32Array.prototype.set', 'Float32Array.prototype.set = () => {}'],
  ['Atomics.load', 'Atomics.load = () => 1'],
  ['globalThis.SharedArrayBuffer', 'globalThis.SharedArrayBuffer = class extends SharedArrayBuffer {}'],
  ['the prototype of Array.prototype', 'Object.setPrototypeOf(Array.prototype, { evil: 1 })'],
];

for (const [name, does] of vandalism) {
  t.test(`a learner that changes ${name} fails alone, by name`, async (t) => {
    const sound = await trainEnsemble(dataset, beside(centroids));
    const learner = moduleOf(learnerOf({ fit: `() => { ${does}; return {}; }` }));
    const ensemble = await trainEnsemble(dataset, beside(learner));
    const { failures } = ensemble;
    t.equal(failures.length, 1);
    t.match(failures[0], { index: 0, error: { code: 'ERR_LEARNER' } });
    t.ok(failures[0]!.error.message.includes(`changed ${name}, which is JavaScript's own, in fit`));
    t.same(await othersOf(ensemble), await othersOf(sound));
  });
}

t.test('in a thread of a pool as well, also when it cannot be put back', async (t) => {
  const sound = await trainEnsemble(dataset, beside(centroids));
  await using pool = createPool({ threads: 1 });
  const fits = [
    ['ERR_LEARNER', 'Math.fround = () => 0'],
    ['ERR_THREAD_LOST', 'Object.defineProperty(Math, "fround", { value: () => 0, configurable: false })'],
  ] as const;
  for (const [code, does] of fits) {
    const learner = moduleOf(learnerOf({ fit: `() => { ${does}; return {}; }` }));
    const ensemble = await trainEnsemble(dataset, beside(learner), { runner: pool });
    t.match(ensemble.failures, [{ index: 0, error: { code, message: /Math\.fround/ } }]);
    t.same(await othersOf(ensemble), await othersOf(sound));
  }
});

t.test('a module that does so as it is imported is refused before anything is trained', async (t) => {
  const { map } = Array.prototype;
  const learner = moduleOf(`Array.prototype.map = () => [];\n${learnerOf({})}`);
  await t.rejects(trainEnsemble(dataset, beside(learner)), {
    code: 'ERR_MODULE',
    message: /own-\d+\.mjs changed Array\.prototype\.map, which is JavaScript's own, as it was imported/,
  });
  t.equal(Array.prototype.map, map);
});

t.test('one that does so as it predicts is named then', async (t) => {
  const predict = `(model, x, rows) => {
    if (rows > 32) JSON.stringify = () => '';
    return new Float32Array(rows * 3).fill(1 / 3);
  }`;
  const ensemble = await trainEnsemble(dataset, { members: 1, learner: moduleOf(learnerOf({ predict })) });
  const message = /^Member 0: the learner .* changed JSON\.stringify, which is JavaScript's own, in predict/;
  await t.rejects(predictEnsemble(ensemble, dataset.x), { code: 'ERR_LEARNER', message });
  t.equal(JSON.stringify([1]), '[1]');
});

t.test("polyfills, seeded chance and stack traces are nobody's business", (t) => {
  const before = rememberIntrinsics();
  const { random } = Math;
  Object.assign(Array.prototype, { polyfilled: () => 1 });
  Math.random = () => 0.5;
  t.equal(restoreIntrinsics(before), null);
  t.equal(Math.random(), 0.5);
  Math.random = random;
  Reflect.deleteProperty(Array.prototype, 'polyfilled');
  t.end();
});

t.test('a default export that throws when it is looked at is no learner', async (t) => {
  for (const source of [
    'export default { get fit() { throw new Error("boom"); }, predict() {} };',
    'export default new Proxy({}, { get() { throw new Error("boom"); } });',
  ]) {
    const error = { code: 'ERR_MODULE', message: /exports no learner: its default export threw boom/ };
    await t.rejects(trainEnsemble(dataset, beside(moduleOf(source))), error);
  }
});

t.test('functions are taken once, whatever a getter would answer next', async (t) => {
  const source = `let reads = 0;
    export default {
      get fit() { return ++reads > 1 ? undefined : () => ({}); },
      predict: (model, x, rows) => new Float32Array(rows * 3).fill(1 / 3),
    };`;
  const ensemble = await trainEnsemble(dataset, { members: 4, learner: moduleOf(source) });
  t.same(ensemble.failures, []);
});

const lookedAt: readonly (readonly [string, Parameters<typeof learnerOf>[0], RegExp])[] = [
  [
    'throws what throws when it is looked at',
    { fit: '() => { throw new Proxy({}, { getPrototypeOf() { throw new Error("no"); } }); }' },
    /threw in fit: something that cannot be shown/,
  ],
  ['throws an object without a text', { fit: '() => { throw Object.create(null); }' }, /cannot be shown/],
  [
    'returns a model that throws when it is read',
    { fit: '() => new Proxy({}, { ownKeys() { throw new Error("keys"); } })' },
    /threw in fit: keys/,
  ],
  [
    'answers with what throws when it is read',
    { predict: '(m, x, rows) => ({ length: rows * 3, get 0() { throw new Error("zero"); } })' },
    /threw in predict: zero/,
  ],
  ['answers with texts that are no numbers', { predict: '(m, x, rows) => Array(rows * 3).fill("a")' }, /NaN/],
];

for (const [name, functions, message] of lookedAt) {
  t.test(`a learner that ${name} fails alone, by name`, async (t) => {
    const ensemble = await trainEnsemble(dataset, beside(moduleOf(learnerOf(functions))));
    t.match(ensemble.failures, [{ index: 0, error: { code: 'ERR_LEARNER', message } }]);
  });
}

t.test('an answer is read by its places, so that an iterator that never ends is no matter', async (t) => {
  const predict = `(m, x, rows) =>
    Object.assign(Array(rows * 3).fill(1 / 3), { *[Symbol.iterator]() { for (;;) yield 1; } })`;
  const ensemble = await trainEnsemble(dataset, beside(moduleOf(learnerOf({ predict }))));
  t.same(ensemble.failures, []);
});

t.test('what a learner is told of the task and its options is a copy', async (t) => {
  const fit = '({ task, options }) => { task.classes[0] = "x"; options.depth = 9; return {}; }';
  const options = { members: 1, learner: moduleOf(learnerOf({ fit })), learnerOptions: { depth: 3 } };
  const classes = dataset.task.kind === 'classification' ? [...dataset.task.classes] : [];
  const { task, plan } = await trainEnsemble(dataset, options);
  t.same(task.kind === 'classification' ? task.classes : [], classes);
  t.match(plan.members[0], { options: { depth: 3 } });
});
