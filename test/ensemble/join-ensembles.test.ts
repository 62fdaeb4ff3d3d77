// Joining ensembles: the members and their out-of-bag rows are those of the parts, whatever seeds they had.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import type { TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { predictOutOfBag } from '../../src/ensemble/evaluate/predict-out-of-bag.js';
import { joinRecords } from '../../src/ensemble/join-ensembles.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { predictMembers } from '../../src/ensemble/predict/predict-members.js';
import { extendEnsemble } from '../../src/training/extend-ensemble.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(80, 4, 3);
const PLAN = { members: 3, hidden: [5], epochs: 3, resample: 'bootstrap', featureShare: 0.5 } as const;
const train = (seed: number, more = {}) => trainEnsemble(dataset, { ...PLAN, seed, ...more });
const [one, two, three] = await Promise.all([train(1), train(2, { members: 2 }), train(3)]);
const elsewhere = await trainEnsemble(clusters(80, 4, 2), { ...PLAN, seed: 5 });
const longer = await train(1, { members: 4 });
const stopped = await train(4, { earlyStopping: 'validation', validationShare: 0.25 });

/** Which rows are out of bag for each member, and what members say of all rows. */
async function ofMembers(ensemble: TrainedEnsemble, on = dataset) {
  const outOfBag = await predictOutOfBag(ensemble, on);
  const masks = ensemble.members.map((_, at) => {
    const start = at * (outOfBag?.rows ?? 0);
    return [...(outOfBag?.mask.subarray(start, start + (outOfBag?.rows ?? 0)) ?? [])];
  });
  const means = (await predictMembers(ensemble, on)).map(({ mean }) => [...mean]);
  return { masks, means };
}

t.test('members say and leave out what they did before', async (t) => {
  const joined = joinRecords([one, two, three]);
  t.same(
    joined.members.map(({ index }) => index),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  const parts = await Promise.all([one, two, three].map((part) => ofMembers(part)));
  const { masks, means } = await ofMembers(joined);
  t.same(
    masks,
    parts.flatMap((part) => part.masks),
  );
  t.same(
    means,
    parts.flatMap((part) => part.means),
  );
  const report = await evaluateOutOfBag(joined, dataset);
  const before = await evaluateOutOfBag(one, dataset);
  t.equal(report?.errorCorrelation.memberCount, 8);
  t.ok((report?.errorCorrelation.rows ?? 0) > (before?.errorCorrelation.rows ?? 0));
});

t.test('joined in two steps, saved and loaded it is the same', async (t) => {
  const joined = joinRecords([joinRecords([one, two]), three]);
  t.equal(contentHash(joined), contentHash(joinRecords([one, two, three])));
  const loaded = await loadEnsemble(ensembleToBytes(joined));
  t.equal(contentHash(loaded), contentHash(joined));
  t.same(await ofMembers(loaded), await ofMembers(joined));
  t.equal(contentHash(joinRecords([one])), contentHash(one));
});

t.test('members keep the validation rows of their own training', async (t) => {
  const own = { resample: 'none', earlyStopping: 'validation', validationShare: 0.25 };
  const parts = [
    await train(1, { ...own, resample: 'bootstrap' }),
    await train(2, { ...own, resample: 'bootstrap' }),
  ];
  const joined = joinRecords(parts);
  const outOfBag = await predictOutOfBag(joined, dataset);
  const [first, second] = await Promise.all(parts.map((part) => predictOutOfBag(part, dataset)));
  t.same(
    [...(outOfBag?.index ?? [])],
    [...new Set([...(first?.index ?? []), ...(second?.index ?? [])])].sort((a, b) => a - b),
  );
  const counted = (of?: { readonly mask: Uint8Array } | null) =>
    [...(of?.mask ?? [])].reduce((sum, bit) => sum + bit, 0);
  t.equal(counted(outOfBag), counted(first) + counted(second));
});

t.test('what cannot be joined is refused by name', async (t) => {
  t.throws(() => joinRecords([one, elsewhere]), {
    code: 'ERR_DATA',
    message: new RegExp(`ensembles\\[1\\].*${one.datasetHash}, got ${elsewhere.datasetHash}`),
  });
  t.throws(() => joinRecords([one, two, one]), {
    code: 'ERR_OPTION',
    message: /member 0 of `ensembles\[2\]`, which is member 0 of `ensembles\[0\]`; train with another seed/,
  });
  t.throws(() => joinRecords([one, longer]), { message: /member 0 of `ensembles\[1\]`, which is member 0/ });
  t.throws(() => joinRecords([one, withAveragingWeights(two, [1, 2])]), { message: /weights/ });
  t.throws(() => joinRecords([one, stopped]), { message: /`validationShare` 0, as .*got 0.25/ });
  t.throws(() => joinRecords([]), { code: 'ERR_OPTION' });
  await t.rejects(extendEnsemble(joinRecords([one, two]), dataset, { members: 9 }), {
    message: /single training/,
  });
});

t.test('the same seed with other options is another member', async (t) => {
  t.equal(joinRecords([one, await train(1, { hidden: [6] })]).members.length, 6);
});

t.test('what is no list of ensembles is named', async (t) => {
  const refused: [unknown, RegExp][] = [
    [[], /`ensembles` to be a list of at least one ensemble, got \[\]/],
    [one, /`ensembles` to be a list of at least one ensemble/],
    [undefined, /`ensembles`.*got nothing/],
    [[one, 5], /`ensembles\[1\]` to be an ensemble, got 5/],
  ];
  for (const [given, message] of refused) {
    t.throws(() => joinRecords(given as TrainedEnsemble[]), { code: 'ERR_OPTION', message });
  }
});
