// Sources of chance: each one alone leaves the draws of the others as they are, and the report is what training
// and measuring by hand gives.

import { join } from 'node:path';
import t from 'tap';
import { evaluateEnsemble } from '../../src/ensemble/evaluate/evaluate.js';
import { drawCandidates, drawMember } from '../../src/ensemble/member-rows.js';
import { loadData } from '../../src/index.js';
import type { Source } from '../../src/model/spec.js';
import { compareSources, type SourceFigures } from '../../src/studies/sources.js';
import type { TrainingOptions } from '../../src/training/options/options.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';
import { learnerOf } from '../support/learners.js';

const dataset = clusters(120, 6, 3);
const heldOut = clusters(120, 6, 3);
const BASE: TrainingOptions = { members: 3, hidden: [6], epochs: 3, seed: 5 };

const train = (vary: Source[], more: TrainingOptions = {}) =>
  trainEnsemble(dataset, { ...BASE, vary, ...more });

t.test('a source that is off is shared by all members, one that is on by none', async (t) => {
  for (const source of ['resample', 'init', 'order', 'masks'] as const) {
    const { plan } = await train([source]);
    for (const [index, { streams }] of plan.members.entries()) {
      for (const other of ['resample', 'init', 'order', 'masks'] as const) {
        t.equal(streams[other], other === source ? index : 0);
      }
    }
  }
});

t.test('members that vary in nothing are one and the same', async (t) => {
  const { members } = await train([]);
  t.same(members[1]!.parameters, members[0]!.parameters);
  const { members: unmasked } = await train(['masks']);
  t.same(unmasked[1]!.parameters, unmasked[0]!.parameters, 'masks vary nothing without dropout');
});

t.test('every source alone makes members differ', async (t) => {
  for (const source of ['resample', 'init', 'order', 'masks'] as const) {
    const { members } = await train([source], { hiddenKeep: 0.5 });
    t.notSame(members[1]!.parameters, members[0]!.parameters, source);
  }
});

t.test('with the resample shared, all members see the same rows and the same features', async (t) => {
  const { plan } = await train(['init', 'order', 'masks'], { featureShare: 0.5 });
  const [first, ...others] = plan.members.map((spec) =>
    drawMember(plan.seed, spec, dataset, dataset.features, drawCandidates(plan, dataset)),
  );
  for (const draw of others) t.same(draw, first);
});

t.test('to vary in everything is the default', async (t) => {
  const stated = await train(['resample', 'init', 'order', 'masks']);
  const { members } = await trainEnsemble(dataset, BASE);
  t.same(
    stated.members.map(({ parameters: weights }) => weights),
    members.map(({ parameters: weights }) => weights),
  );
});

t.test('the report is what training and measuring by hand gives', async (t) => {
  const seen: string[] = [];
  const onTraining = (source: string, seed: number) => seen.push(`${source} ${seed}`);
  const report = await compareSources(dataset, heldOut, BASE, { seeds: 2, onTraining });
  t.strictSame(
    report.sources.map(({ source }) => source),
    ['resample', 'init', 'order', 'all'],
  );
  t.strictSame(report.seeds, [5, 6]);
  t.strictSame(seen.slice(0, 3), ['resample 5', 'resample 6', 'init 5']);
  const own = await evaluateEnsemble(await train(['init'], { seed: 6 }), heldOut);
  const figures = report.sources[1]!;
  t.equal(figures.v.values[1], own.errorCorrelation.v);
  t.equal(figures.c.values[1], own.errorCorrelation.c);
  t.equal(figures.rho.values[1], own.errorCorrelation.rho);
  t.equal(figures.ensembleError.values[1], own.errorCorrelation.measured);
  t.equal(figures.errorRate!.values[1], own.ensemble!.errorRate);
  const [a, b] = figures.v.values as [number, number];
  t.ok(Math.abs(figures.v.mean! - (a + b) / 2) < 1e-15);
  t.strictSame([report.planned, figures.memberCounts, figures.failures], [3, [3, 3], []]);
  t.ok(Math.abs(figures.v.std! - Math.abs(a - b) / Math.SQRT2) < 1e-15);
});

/** A learner whose calls with these numbers fail, counted from 1 over the whole process. */
const failingAt = (own: { testdir(files: Record<string, string>): string }, ...calls: number[]) => {
  const fit = `() => { calls++; if (${JSON.stringify(calls)}.includes(calls)) throw new Error('no luck'); return {}; }`;
  const source = learnerOf({ fit, predict: '(model, x, rows) => new Float32Array(rows * 3).fill(1 / 3)' });
  return join(own.testdir({ 'unlucky.mjs': `let calls = 0;\n${source}` }), 'unlucky.mjs');
};

t.test('members that fail are counted and named, and what one member has not is null', async (t) => {
  const learner = failingAt(t, 2, 5, 6);
  const options: TrainingOptions = { members: 2, learner, seed: 5, vary: ['resample'] };
  const { planned, sources } = await compareSources(dataset, heldOut, options, { seeds: 2 });
  t.equal(planned, 2);
  const [resample, all] = sources as [SourceFigures, SourceFigures];
  t.strictSame(resample.memberCounts, [1, 2]);
  t.match(resample.failures, [{ seed: 5, index: 1, error: { message: /no luck/ } }]);
  t.equal(resample.failures.length, 1);
  for (const figures of [resample.c, resample.rho, resample.vMinusC]) {
    t.equal(figures.values[0], null, 'one member has no pairs');
    t.equal(figures.mean, figures.values[1], 'the mean is of the seeds that have the figure');
    t.equal(figures.std, null);
  }
  t.ok(resample.v.values.every((value) => value! > 0));
  t.strictSame(all.memberCounts, [0, 2], 'a training whose members all fail ends no comparison');
  t.strictSame([all.v.values[0], all.ensembleError.values[0]], [null, null]);
  t.strictSame(
    all.failures.map(({ seed, index }) => [seed, index]),
    [
      [5, 0],
      [5, 1],
    ],
  );
});

t.test('masks are compared when there are any, and only sources in use are', async (t) => {
  const dropout = await compareSources(dataset, heldOut, { ...BASE, hiddenKeep: 0.5 }, { seeds: 1 });
  t.strictSame(
    dropout.sources.map(({ source }) => source),
    ['resample', 'init', 'order', 'masks', 'all'],
  );
  t.equal(dropout.sources[0]!.v.std, null);
  const none = await compareSources(dataset, heldOut, { ...BASE, resample: 'none' }, { seeds: 1 });
  t.strictSame(
    none.sources.map(({ source }) => source),
    ['init', 'order', 'all'],
  );
});

t.test('members of a table embed numbers in one way, which no source is charged with', async (t) => {
  const { train: rows, test } = await loadData('data/iris.csv', {
    target: 'species',
    testShare: 0.3,
    seed: 1,
  });
  const options = { members: 4, epochs: 2, seed: 1, vary: ['masks'] } as const;
  const { sources } = await compareSources(rows, test!, options, { seeds: 1 });
  // Without dropout they are one and the same.
  for (const { rho } of sources) t.ok(rho.mean! > 1 - 1e-12, `ρ ${rho.mean}`);
});

t.test('what cannot be compared is refused', async (t) => {
  await t.rejects(compareSources(dataset, heldOut, { ...BASE, members: 1 }), {
    code: 'ERR_OPTION',
    message: /`members` to be at least 2/,
  });
  await t.rejects(compareSources(dataset, heldOut, BASE, { seeds: 0 }), {
    message: /`seeds` to be an integer ≥ 1/,
  });
  await t.rejects(trainEnsemble(dataset, { vary: ['weather' as Source] }), { code: 'ERR_OPTION' });
});
