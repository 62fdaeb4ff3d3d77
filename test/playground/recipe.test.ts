// A recipe of the playground in Node.js: its rows, and that strands which are trained one by one, each by itself as on the
// workers of the page, make the ensemble that `trainEnsemble` makes of the same options.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import type { DatasetName, MemberMessage, Recipe } from '../../src/playground/client/protocol.js';
import { arraysOf, datasetsOf } from '../../src/playground/datasets.js';
import { MeasuredMembers } from '../../src/playground/measured-members.js';
import { optionsOf, planOf, trainStrands } from '../../src/playground/recipe.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';

const RECIPE: Recipe = { dataset: 'iris', members: 5, hidden: 8, epochs: 12, bootstrap: true, seed: 3 };

/** Members as a worker sends them, the last strand first. */
async function memberMessages(recipe: Recipe): Promise<MemberMessage[]> {
  const { strands } = new MeasuredMembers(recipe).beginning;
  const all: MemberMessage[] = [];
  for (const strand of [...strands].reverse()) {
    const { members } = await trainStrands(planOf(recipe), (key) => key === strand);
    for (const { model: _, parameters, ...others } of members)
      all.push({ ...others, parameters: Float32Array.from(parameters) });
  }
  return all;
}

const SIZES: readonly (readonly [DatasetName, number, number, number, number])[] = [
  ['moons', 2, 2, 100, 300],
  ['spirals', 2, 2, 150, 450],
  ['iris', 4, 3, 105, 45],
  ['digits', 64, 10, 490, 210],
];

for (const [name, features, classes, rows, testRows] of SIZES) {
  t.test(`${name}: its parts share no row, and hold every class`, async (t) => {
    const { train, test } = arraysOf(name);
    t.same(
      [train.features, train.classes.length, train.rows, test.rows],
      [features, classes, rows, testRows],
    );
    t.equal(train.x.length, rows * features);
    for (const { labels } of [train, test])
      t.same(
        [...new Set(labels)].sort((a, b) => a - b),
        [...train.classes.keys()],
      );
    if (features > 2) return;
    const points = new Set<string>();
    for (const { x } of [train, test])
      for (let at = 0; at < x.length; at += 2) points.add(`${x[at]} ${x[at + 1]}`);
    t.equal(points.size, rows + testRows);
  });
}

t.test('what is drawn is the same to the last bit on every engine', async (t) => {
  t.equal(datasetsOf('moons').train.hash, '008ee98cf62d4da68c2275a27b219f3566dac8656b539976d0ccf2df921ce0ee');
  t.equal(
    datasetsOf('spirals').train.hash,
    '3303bb48f557d7f36eee0a86e12571d30e7bc3467e1adc54abe2744fc4454e95',
  );
});

t.test('strands by themselves make the ensemble that is trained at once', async (t) => {
  const { train, test } = datasetsOf(RECIPE.dataset);
  const whole = await trainEnsemble(train, optionsOf(RECIPE));
  const measured = new MeasuredMembers(RECIPE);
  for (const message of await memberMessages(RECIPE)) await measured.add(message);
  const ending = await measured.finish();
  t.equal(ending.contentHash, contentHash(whole));
  t.equal(ending.complete, true);
  const { errorCorrelation, ensemble, meanMember, curves } = await evaluateEnsemble(whole, test);
  const { v, c, rho, predicted, measured: squaredError } = errorCorrelation;
  t.match(ending, { v, c, rho, predicted, measured: squaredError, members: 5 });
  t.equal(ending.errorRate, ensemble!.errorRate);
  t.equal(ending.meanMemberErrorRate, meanMember.errorRate);
  t.same(
    ending.subsets,
    curves!.arithmeticMean!.map(({ memberCount, scores }) => [memberCount, scores.squaredError]),
  );
  const loaded = await loadEnsemble(await measured.toBytes());
  t.equal(contentHash(loaded), ending.contentHash);
  t.same(loaded.trainedOn, whole.trainedOn);
  t.same(loaded.baseline, whole.baseline);
  t.ok(ending.interval!.low <= ending.errorRate && ending.errorRate <= ending.interval!.high);
});

t.test('rows that went through JSON make the same ensemble', async (t) => {
  const { train } = arraysOf('moons');
  const plain = { ...train, x: Array.from(train.x), labels: Array.from(train.labels) };
  const read = JSON.parse(JSON.stringify(plain)) as typeof plain;
  t.equal(Dataset.fromArrays(read).hash, datasetsOf('moons').train.hash);
});

t.test('members that come are worth what v and c say of them', async (t) => {
  const recipe: Recipe = { ...RECIPE, dataset: 'spirals', bootstrap: false, members: 4 };
  const measured = new MeasuredMembers(recipe);
  const messages = await memberMessages(recipe);
  for (const [at, message] of messages.entries()) {
    const k = at + 1;
    const { arrived, member, v, c, squaredError, surface } = await measured.add(message);
    t.equal(arrived, k);
    t.equal(member, message.index);
    t.ok(Math.abs(squaredError - (v + (k - 1) * (c ?? 0)) / k) < 1e-12, `${k} members`);
    const { side, mean, member: own } = surface!;
    t.equal(mean.length, side * side);
    t.ok(mean.every((probability) => probability >= 0 && probability <= 1));
    if (k === 1) t.same(mean, own);
  }
  // Those that are there when it is stopped.
  const some = new MeasuredMembers(recipe);
  await some.add(messages[0]!);
  const ending = await some.finish();
  t.match(ending, { complete: false, members: 1, c: null, rho: null, subsets: [] });
});

t.test('nobody is measured before somebody is there', async (t) => {
  await t.rejects(new MeasuredMembers(RECIPE).finish(), { code: 'ERR_BUNDLE' });
});
