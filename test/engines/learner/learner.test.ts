// Learners of the user's own: what they are given, what becomes of what they return, and that one that fails is
// named, with its module, and takes nobody else with it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { contentHash } from '../../../src/bundle/content-hash.js';
import { drawFeatureSubset, drawResample } from '../../../src/data/resample.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { unpackArrays } from '../../../src/files/plain-data.js';
import {
  createPool,
  Dataset,
  type LearnerData,
  type TrainedEnsemble,
  type TrainingOptions,
  trainEnsemble,
} from '../../../src/index.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { clusters, linear, taught } from '../../support/datasets.js';
import { CENTROIDS, learnerOf, RECORDER } from '../../support/learners.js';

const dataset = clusters(90, 6, 3);
const folder = t.testdir({ 'centroids.mjs': CENTROIDS, 'recorder.mjs': RECORDER });
const centroids = join(folder, 'centroids.mjs');
const recorder = join(folder, 'recorder.mjs');
const SHARED = { seed: 11, members: 2, resample: 'bootstrap' } as const;

let modules = 0;
/** The path of a new module. */
function moduleOf(source: string): string {
  const path = join(folder, `own-${++modules}.mjs`);
  writeFileSync(path, source);
  return path;
}

type Recorded = Omit<LearnerData, 'random'> & { readonly draws: Float64Array };

function recordOf({ members }: TrainedEnsemble, at: number): Recorded {
  return unpackArrays(members[at]!.model!) as Recorded;
}

t.test('it is given its resample, row by row, with the labels that belong to it', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...SHARED, learner: recorder });
  const all = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
  for (const member of [0, 1]) {
    const { x, labels, targets, rows, features, outputs, rowWeights } = recordOf(ensemble, member);
    const inBag = drawResample({ kind: 'bootstrap', share: 1 }, 11, member, dataset, all);
    t.same([rows, features, outputs, targets.length, rowWeights], [90, 6, 3, 0, null]);
    t.same(
      labels,
      Int32Array.from(inBag, (row) => dataset.labels[row]!),
    );
    t.same(x, Float32Array.from([...inBag].flatMap((row) => [...dataset.x.subarray(row * 6, row * 6 + 6)])));
    t.equal(ensemble.members[member]!.inBagRows, new Set(inBag).size);
  }
});

t.test('it is given its random subspace, row weights, options and standardised targets', async (t) => {
  const source = linear(40, 5, 2);
  const weights = Float64Array.from({ length: 40 }, (_, row) => 1 + (row % 3));
  const weighted = Dataset.fromArrays({
    ...{ x: source.x, rows: 40, features: 5, rowWeights: weights, standardise: false },
    targets: taught(source).map((value, at) => 100 + 7 * value + (at % 2)),
  });
  const options = { ...SHARED, learner: recorder, resample: 'none', featureShare: 0.6 } as const;
  const learnerOptions = { depth: 3, names: ['a', 'b'], nested: { on: true } };
  const ensemble = await trainEnsemble(weighted, { ...options, learnerOptions });
  const own = recordOf(ensemble, 1);
  const columns = drawFeatureSubset(0.6, 11, 1, 5)!;
  t.equal(own.features, 3);
  t.same(
    own.x.subarray(0, 3),
    Float32Array.from(columns, (column) => source.x[column]!),
  );
  t.same(own.targets, taught(weighted), 'of mean 0 and deviation 1');
  t.same(own.rowWeights, weighted.rowWeights);
  t.same(own.options, learnerOptions);
  t.same([own.labels.length, own.outputs], [0, 2]);
  const { mean } = await predictEnsemble(ensemble, source.x);
  const expected = Float64Array.from({ length: 80 }, (_, at) => weighted.encoding.targets.mean[at % 2]!);
  t.same(mean, expected, 'a standardised 0 is the mean in the units of the user');
});

t.test('its random numbers are keyed by the seed and the member', async (t) => {
  const draws = async (options: TrainingOptions) => {
    const ensemble = await trainEnsemble(dataset, { ...SHARED, learner: recorder, ...options });
    return [0, 1].map((member) => recordOf(ensemble, member).draws);
  };
  const [first, second] = await draws({});
  const stream = new RandomStream(streamKey(11, 'init', 1));
  t.same(
    second,
    Float64Array.from({ length: 4 }, () => stream.uniform()),
  );
  t.notSame(first, second);
  t.same(await draws({ resample: 'none' }), [first, second], 'whatever else is drawn');
  t.notSame(await draws({ seed: 12 }), [first, second]);
  t.same(await draws({ vary: ['resample'] }), [first, first], 'or shared by all members');
});

t.test(
  'what it predicts is what the learner says, and the same bytes on any number of threads',
  async (t) => {
    const options = { ...SHARED, members: 5, learner: centroids };
    const ensemble = await trainEnsemble(dataset, options);
    const { mean } = await predictEnsemble({ ...ensemble, members: ensemble.members.slice(0, 1) }, dataset.x);
    const all = Uint32Array.from({ length: dataset.rows }, (_, row) => row);
    const inBag = [...drawResample({ kind: 'bootstrap', share: 1 }, 11, 0, dataset, all)];
    const centres = [0, 1, 2].map((c) => {
      const rows = inBag.filter((row) => dataset.labels[row] === c);
      return Array.from(
        { length: 6 },
        (_, f) => rows.reduce((sum, r) => sum + dataset.x[r * 6 + f]!, 0) / rows.length,
      );
    });
    for (let row = 0; row < dataset.rows; row++) {
      const near = centres.map(
        (centre) =>
          1 / (1 + centre.reduce((sum, value, f) => sum + (dataset.x[row * 6 + f]! - value) ** 2, 0)),
      );
      const total = near.reduce((sum, value) => sum + value, 0);
      for (let c = 0; c < 3; c++) t.ok(Math.abs(mean[row * 3 + c]! - near[c]! / total) < 1e-6);
    }
    for (const threads of [1, 2]) {
      await using pool = createPool({ threads });
      t.equal(contentHash(await trainEnsemble(dataset, options, { runner: pool })), contentHash(ensemble));
    }
  },
);

t.test('it may write to what it is given, and changes nothing of anyone else', async (t) => {
  const vandal = moduleOf(
    learnerOf({
      fit: '({ x, labels }) => { x.fill(7); labels.fill(0); return {}; }',
      predict: '(model, x, rows) => { x.fill(9); return new Float32Array(rows * 3).fill(1 / 3); }',
    }),
  );
  const beside = (first: TrainingOptions['learner']) =>
    trainEnsemble(dataset, {
      seed: 3,
      members: [{ learner: first }, {}, { resample: 'none' }],
      learner: centroids,
    });
  const both = await beside(vandal);
  const sound = await beside(centroids);
  t.same(both.members[1]!.model, sound.members[1]!.model);
  t.same(both.members[2]!.model, sound.members[2]!.model);
  const x = dataset.x.slice();
  await predictEnsemble(both, x);
  t.same(x, dataset.x);
});

t.test('a member trained twice on one thread is the same member', async (t) => {
  await using pool = createPool({ threads: 1 });
  const train = (learner: string) => trainEnsemble(dataset, { ...SHARED, learner }, { runner: pool });
  t.equal(contentHash(await train(centroids)), contentHash(await train(centroids)));
  t.equal(contentHash(await train(recorder)), contentHash(await train(recorder)));
  // What the guide to learners warns of: a thread keeps a module, and with it whatever the module remembers.
  const forgetful = moduleOf(`let fits = 0;\n${learnerOf({ fit: '() => ({ fits: ++fits })' })}`);
  t.not(contentHash(await train(forgetful)), contentHash(await train(forgetful)));
});

t.test('it may be asynchronous, and no other job starts on its thread while it waits', async (t) => {
  const patient = moduleOf(
    learnerOf({
      fit: `async () => {
        globalThis.fitting = (globalThis.fitting ?? 0) + 1;
        if (globalThis.fitting > 1) throw new Error('another job was started');
        await new Promise((resolve) => setTimeout(resolve, 20));
        globalThis.fitting--;
        return {};
      }`,
      predict: 'async (model, x, rows) => new Float32Array(rows * 3).fill(1 / 3)',
    }),
  );
  await using pool = createPool({ threads: 2 });
  const train = (seed: number) =>
    trainEnsemble(dataset, { seed, members: 6, learner: patient }, { runner: pool });
  for (const ensemble of await Promise.all([train(1), train(2)])) t.same(ensemble.failures, []);
  const inline = await trainEnsemble(dataset, { seed: 1, members: 3, learner: patient });
  t.same((await predictEnsemble(inline, dataset.x)).rows, 90);
});

t.test('a model of its own kind goes through its own save and load', async (t) => {
  const learner = moduleOf(`
    class Model { constructor(share) { this.share = share; } }
    ${learnerOf({
      fit: '() => new Model(new Map([["share", 0.25]]))',
      predict:
        '({ share }, x, rows) => Array.from({ length: rows }, () => [share.get("share"), 0.5, 0.25]).flat()',
      more: `save: async ({ share }) => new TextEncoder().encode(JSON.stringify([...share])),
             load: async (bytes) => new Model(new Map(JSON.parse(new TextDecoder().decode(bytes)))),`,
    })}`);
  const ensemble = await trainEnsemble(dataset, { ...SHARED, learner });
  t.equal(Buffer.from(ensemble.members[0]!.model!).toString(), '[["share",0.25]]');
  const { mean } = await predictEnsemble(ensemble, dataset.x);
  t.same([...mean.subarray(0, 3)], [0.25, 0.5, 0.25]);
});

/** What each mistake is called, as members 1 of three whose others are sound. */
const mistakes: readonly (readonly [string, { fit?: string; predict?: string; more?: string }, RegExp])[] = [
  ['throws in fit', { fit: '() => { throw new Error("no such column"); }' }, /threw in fit: no such column/],
  ['rejects in fit', { fit: 'async () => { throw new Error("later"); }' }, /threw in fit: later/],
  ['throws what is no error', { fit: '() => { throw "oh"; }' }, /threw in fit: oh/],
  ['throws in predict', { predict: '() => { throw new Error("lost"); }' }, /threw in predict: lost/],
  ['forgets to return', { fit: '() => {}' }, /`model` is undefined/],
  [
    'keeps a map',
    { fit: '() => ({ root: { left: new Map() } })' },
    /`model\.root\.left` is an object of class Map/,
  ],
  ['keeps a function', { fit: '() => ({ all: [1, () => 1] })' }, /`model\.all\[1\]` is a function/],
  ['returns NaN', { predict: '(m, x, rows) => new Float32Array(rows * 3).fill(NaN)' }, /predict with NaN/],
  ['returns too few rows', { predict: '() => new Float32Array(3)' }, /\d+ numbers \(\d+ rows × 3\), got 3/],
  ['returns no list', { predict: '() => 7' }, /\(\d+ rows × 3\), got no list/],
  ['returns no probabilities', { predict: '(m, x, rows) => new Float32Array(rows * 3).fill(1)' }, /sum to 3/],
  [
    'returns negative ones',
    { predict: '(m, x, rows) => Float32Array.from({ length: rows * 3 }, (_, at) => [-1, 1, 1][at % 3])' },
    /the probability -1/,
  ],
  [
    'returns one beyond rounding',
    { predict: '(m, x, rows) => Float32Array.from({ length: rows * 3 }, (_, at) => [1.0005, 0, 0][at % 3])' },
    /the probability 1\.000[45]/,
  ],
  ['saves no bytes', { more: 'save: () => "text", load: (b) => b' }, /no Uint8Array from save/],
  [
    'cannot load what it saved',
    { more: 'save: () => new Uint8Array(1), load: () => { throw new Error("of version 0"); }' },
    /threw in load: of version 0/,
  ],
];

for (const [name, functions, message] of mistakes) {
  t.test(`a learner that ${name} is named, with its member, and the others are kept`, async (t) => {
    const learner = moduleOf(learnerOf(functions));
    const members = [{ learner: centroids }, { learner }, { hidden: [3], epochs: 1 }];
    const { members: trained, failures } = await trainEnsemble(dataset, { members, seed: 1 });
    t.same(
      trained.map(({ index }) => index),
      [0, 2],
    );
    const { code, message: said, details } = failures[0]!.error;
    t.equal(code, 'ERR_LEARNER');
    t.match(said, /^Member 1: the learner .*own-\d+\.mjs /);
    t.match(said, message);
    t.same(details, { member: 1, module: learner });
  });
}

t.test('probabilities that miss 0 and 1 by rounding are 0 and 1', async (t) => {
  const predict =
    '(m, x, rows) => Float32Array.from({ length: rows * 3 }, (_, at) => [1.0000001, -1e-7, -1e-9][at % 3])';
  const learner = moduleOf(learnerOf({ predict }));
  const ensemble = await trainEnsemble(dataset, { ...SHARED, learner });
  const { mean } = await predictEnsemble(ensemble, dataset.x);
  t.same([...mean.subarray(0, 3)], [1, 0, 0]);
});

t.test('one that answers well while it is tried and badly later is named as it predicts', async (t) => {
  const learner = moduleOf(
    learnerOf({ predict: '(m, x, rows) => new Float32Array(rows * 3).fill(rows > 32 ? NaN : 1 / 3)' }),
  );
  const ensemble = await trainEnsemble(dataset, { ...SHARED, learner });
  t.equal(ensemble.complete, true);
  await t.rejects(predictEnsemble(ensemble, dataset.x), {
    code: 'ERR_LEARNER',
    message: /^Member 0: the learner .* answered predict with NaN at place 0$/,
  });
});

t.test('a module that is no learner is one error before anything is trained', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      join(folder, 'nowhere.mjs'),
      /Expected the module .*nowhere\.mjs to be a readable file, got nothing: there is no such file/,
    ],
    [folder, /to be a readable file, got a folder/],
    [
      moduleOf('export const fit = 1;'),
      /exports no learner: its default export should be an object .*got none/,
    ],
    [moduleOf('export default () => 1;'), /an object with `fit` and `predict`, got a function/],
    [moduleOf('export default { fit() {} };'), /`predict` should be a function, got nothing/],
    [
      moduleOf(learnerOf({ more: 'save() {}' })),
      /`save` and `load` should both be functions, or both be absent/,
    ],
    [moduleOf('throw new Error("at once");'), /cannot be imported: at once/],
    [moduleOf('export default {'), /cannot be imported: /],
  ];
  for (const [learner, message] of cases) {
    const error = await trainEnsemble(dataset, { ...SHARED, members: [{}, { learner }] }).catch((e) => e);
    t.match(error, { code: 'ERR_MODULE', message, details: { member: 1, module: learner } }, learner);
    t.match(error.message, /^Member 1: /);
    t.equal(error.exitStatus, 2);
  }
});

t.test('a module that changed is loaded anew to train, and refused to predict', async (t) => {
  const learner = moduleOf(CENTROIDS);
  const before = await trainEnsemble(dataset, { ...SHARED, learner });
  writeFileSync(learner, `${CENTROIDS}// Improved.\n`);
  const after = await trainEnsemble(dataset, { ...SHARED, learner });
  t.not(contentHash(after), contentHash(before), 'its content is part of the plan');
  t.equal((await predictEnsemble(after, dataset.x)).rows, 90);
  await t.rejects(predictEnsemble(before, dataset.x), {
    code: 'ERR_MODULE',
    message:
      /^Member 0: the module .*own-\d+\.mjs is not the one that the member was planned with: its SHA-256/,
  });
});

t.test('where a module lies is no part of the content hash', async (t) => {
  const [here, there] = [moduleOf(CENTROIDS), moduleOf(CENTROIDS)];
  const train = (learner: string) => trainEnsemble(dataset, { ...SHARED, learner });
  t.equal(contentHash(await train(here)), contentHash(await train(there)));
});
