// Out-of-bag predictions, row by row, against what they are defined by: members combined under the mask.

import t from 'tap';
import { evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictOutOfBag } from '../../../src/ensemble/evaluate/predict-out-of-bag.js';
import { drawCandidates, drawMember } from '../../../src/ensemble/member-rows.js';
import { predictMembers } from '../../../src/ensemble/predict/predict-members.js';
import { aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const dataset = clusters(300, 6, 3);
const OPTIONS = { members: 5, hidden: [6], epochs: 3, seed: 2 };

t.test('they are the members’ own, combined where a row is out of bag', async (t) => {
  const ensemble = await trainEnsemble(dataset, OPTIONS);
  for (const aggregator of ['arithmeticMean', 'geometricMean', 'majorityVote'] as const) {
    const predicted = (await predictOutOfBag(ensemble, dataset, { aggregator }))!;
    const members = await predictMembers(ensemble, dataset);
    const expected = aggregate(aggregator, members, ensemble.task, { mask: predicted.mask });
    t.same(predicted.labels, expected.labels, aggregator);
    t.same(predicted.mean, expected.mean);
    t.equal(predicted.rows, dataset.rows);
    t.same(
      predicted.index,
      Uint32Array.from({ length: dataset.rows }, (_, row) => row),
    );
  }
});

t.test('the mask is who drew what, and rows of no member are NaN', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...OPTIONS, earlyStopping: 'validation' });
  const { mask, memberCounts, index, labels, mean, rows, outputs } = (await predictOutOfBag(
    ensemble,
    dataset,
  ))!;
  const drawn = drawCandidates(ensemble.plan, dataset);
  t.same(index, drawn.candidates);
  t.ok(rows < dataset.rows, 'validation rows are nobody’s');
  const counts = new Uint32Array(rows);
  for (const [member, spec] of ensemble.plan.members.entries()) {
    const { outOfBag } = drawMember(ensemble.plan.seed, spec, dataset, dataset.features, drawn);
    const own = new Set(outOfBag);
    for (let at = 0; at < rows; at++) {
      const is = own.has(index[at]!) ? 1 : 0;
      counts[at]! += is;
      if (mask[member * rows + at] !== is) t.fail(`member ${member}, row ${at}`);
    }
  }
  t.same(memberCounts, counts);
  const none = counts.indexOf(0);
  t.ok(none >= 0, 'five members leave out some rows never');
  t.equal(labels![none], -1);
  t.ok(Number.isNaN(mean[none * outputs]));
});

t.test('their score is the out-of-bag figure', async (t) => {
  const ensemble = await trainEnsemble(dataset, OPTIONS);
  const { labels, memberCounts } = (await predictOutOfBag(ensemble, dataset))!;
  let wrong = 0;
  let scored = 0;
  for (const [row, label] of labels!.entries()) {
    if (memberCounts[row] === 0) continue;
    scored++;
    if (label !== dataset.labels![row]) wrong++;
  }
  const { ensemble: score } = (await evaluateOutOfBag(ensemble, dataset, { replicates: 0 }))!;
  t.equal(score!.rows, scored);
  t.equal(score!.errorRate, wrong / scored);
});

t.test('without resampling there are none', async (t) => {
  const ensemble = await trainEnsemble(dataset, { ...OPTIONS, resample: 'none', earlyStopping: 'none' });
  t.equal(await predictOutOfBag(ensemble, dataset), null);
});
