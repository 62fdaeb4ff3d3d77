// Refitting: the same settings, for as long as each member was trained, on all rows, and what that is worth.

import t from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { pickMembers } from '../../src/ensemble/pick-members.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { createInlineRunner, type TrainingOptions, trainEnsemble } from '../../src/index.js';
import type { NetworkMemberSpec } from '../../src/model/spec.js';
import { refitEnsemble } from '../../src/refitting/refit.js';
import { clusters, linear } from '../support/datasets.js';

const runner = createInlineRunner();
const part = clusters(200, 4, 3, 1);
const all = clusters(300, 4, 3, 1);
const QUICK: TrainingOptions = { members: 3, hidden: [6], seed: 5 };
const STOPPED = { ...QUICK, epochs: 12, patience: 2, learningRate: 0.05 };

t.test(
  'each member is trained on all rows, for the epochs that it was kept at, and is what such a plan trains',
  async (t) => {
    const before = await trainEnsemble(part, STOPPED);
    const { ensemble, report } = await refitEnsemble(before, all, { checkShare: 0, runner });
    const stops = before.members.map(({ epoch }) => epoch);
    t.ok(new Set(stops).size > 1 && Math.max(...stops) < 12, `they stopped early, at ${stops}`);
    t.same(report.epochs, stops);
    t.match(report, { rows: 300, members: 3, onAllRows: 3, check: null, heldOut: null });
    t.ok(ensemble.members.every(({ inBagRows }) => inBagRows === 300));
    for (const [at, member] of ensemble.members.entries()) {
      const spec = ensemble.plan.members[at] as NetworkMemberSpec;
      t.same([spec.earlyStopping, spec.resample.kind, spec.epochs], [null, 'none', stops[at]]);
      // The same streams, and nothing but the options that say so.
      const options = { ...QUICK, learningRate: 0.05, earlyStopping: 'none', resample: 'none' } as const;
      const like = await trainEnsemble(all, { ...options, epochs: stops[at]! });
      t.same(member.parameters, like.members[at]!.parameters);
    }
  },
);

t.test('members that nothing but their rows tells apart keep their resample, of all rows', async (t) => {
  const members: TrainingOptions['members'] = [
    { engine: 'trees', rounds: 30, minLeafRows: 5, patience: 3 },
    { engine: 'neighbours' },
    { engine: 'trees', rounds: 9, minLeafRows: 5, featureShare: 0.5 },
    { hidden: [4], epochs: 2 },
  ];
  const before = await trainEnsemble(part, { members, resample: 'bootstrap', seed: 2 });
  const { ensemble, report } = await refitEnsemble(before, all, { checkShare: 0, runner });
  const kinds = ensemble.plan.members.map(({ resample }) => resample.kind);
  t.same(kinds, ['bootstrap', 'bootstrap', 'none', 'none']);
  t.equal(report.onAllRows, 2);
  t.equal(report.epochs[0], before.members[0]!.epoch);
  const drawn = await refitEnsemble(before, all, { checkShare: 0, rows: 'resampled', runner });
  t.ok(drawn.ensemble.plan.members.every(({ resample }) => resample.kind === 'bootstrap'));
});

t.test('weights stay, and of runs that leave several members those that are there', async (t) => {
  const whole = await trainEnsemble(part, { ...QUICK, members: 6, snapshots: 3, epochs: 6 });
  const before = withAveragingWeights(pickMembers(whole, [1, 2, 4]), [1, 2, 3]);
  const { ensemble } = await refitEnsemble(before, part, { checkShare: 0, runner });
  t.same(
    ensemble.members.map(({ averagingWeight }) => averagingWeight),
    before.members.map((own) => own.averagingWeight),
  );
  const again = await trainEnsemble(part, {
    ...QUICK,
    members: 6,
    snapshots: 3,
    epochs: 6,
    resample: 'none',
  });
  t.same(
    ensemble.members.map(({ parameters }) => parameters),
    [1, 2, 4].map((place) => again.members[place]!.parameters),
  );
});

t.test(
  'the check trains both ways on other rows than it judges, and held-out rows judge the two ensembles',
  async (t) => {
    const rows = linear(240, 3, 1, 4);
    const test = linear(400, 3, 1, 4);
    const before = await trainEnsemble(rows, { members: 4, hidden: [5], epochs: 8, patience: 2, seed: 3 });
    const { report, ensemble } = await refitEnsemble(before, rows, {
      ...{ checkShare: 0.25, heldOut: test, replicates: 50, runner },
    });
    const { check, heldOut } = report;
    t.same([check!.trainedOn, check!.rows, heldOut!.rows], [180, 60, 400]);
    t.same(
      check!.ensembles.map(({ name, members }) => [name, members]),
      [
        ['as trained', 4],
        ['refitted', 4],
      ],
    );
    const difference = heldOut!.comparisons[0]!.scores.find(({ metric }) => metric === 'rmse')!;
    t.ok(
      difference.interval!.low <= difference.difference && difference.difference <= difference.interval!.high,
    );
    const once = await refitEnsemble(before, rows, { checkShare: 0, runner });
    t.equal(contentHash(once.ensemble), contentHash(ensemble), 'the check changes nothing');
  },
);

t.test('what no training leaves is refused', async (t) => {
  const ensemble = await trainEnsemble(part, { ...QUICK, epochs: 1 });
  const joined = {
    ...ensemble,
    plan: {
      ...ensemble.plan,
      members: ensemble.plan.members.map((spec) => ({ ...spec, streams: { ...spec.streams, seed: 8 } })),
    },
  };
  await t.rejects(refitEnsemble(joined, all), { code: 'ERR_OPTION', message: /refit before joining/ });
  await t.rejects(refitEnsemble(ensemble, clusters(30, 5, 3)), { code: 'ERR_SHAPE' });
  await t.rejects(refitEnsemble(ensemble, all, { checkShare: 1 }), {
    code: 'ERR_OPTION',
    details: { option: 'checkShare' },
  });
});
