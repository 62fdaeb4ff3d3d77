// Pruning: which members stay, and what leaving out the others costs on rows that nothing was chosen on.

import t from 'tap';
import { evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { pickMembers } from '../../../src/ensemble/pick-members.js';
import { predictMembers } from '../../../src/ensemble/predict/predict-members.js';
import { pruneEnsemble } from '../../../src/ensemble/select/prune-members.js';
import { extendEnsemble } from '../../../src/training/extend-ensemble.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const train = linear(150, 4, 1, 3);
const validation = linear(90, 4, 1, 3);
const options = { members: 7, hidden: [5], epochs: 3, seed: 2 } as const;

t.test(
  'members are added one after the other, each the best beside those chosen, and the rest left out',
  async (t) => {
    const ensemble = await trainEnsemble(train, options);
    const { ensemble: pruned, report } = await pruneEnsemble(ensemble, validation, { members: 3 });
    const answers = await predictMembers(ensemble, validation.x);
    const errorOf = (places: readonly number[]) => {
      let sum = 0;
      for (let row = 0; row < 90; row++) {
        const mean = places.reduce((all, place) => all + answers[place]!.mean[row]!, 0) / places.length;
        sum += (mean - validation.targets[row]!) ** 2;
      }
      return sum / 90;
    };
    const kept: number[] = [];
    while (kept.length < 3) {
      const left = [0, 1, 2, 3, 4, 5, 6].filter((place) => !kept.includes(place));
      kept.push(
        left.reduce((best, own) => (errorOf([...kept, own]) < errorOf([...kept, best]) ? own : best)),
      );
    }
    t.same(report.kept, kept);
    t.ok(Math.abs(report.after - errorOf(kept)) < 1e-9 * report.after);
    t.ok(Math.abs(report.before - errorOf([0, 1, 2, 3, 4, 5, 6])) < 1e-9 * report.before);
    const inOrder = kept.toSorted((a, b) => a - b);
    t.same(
      pruned.members.map(({ index, parameters }) => [index, parameters]),
      inOrder.map((place, index) => [index, ensemble.members[place]!.parameters]),
    );
    t.same(
      pruned.plan.members,
      inOrder.map((place) => ensemble.plan.members[place]),
    );
    t.equal(report.parameters, (3 / 7) * report.parametersBefore);
    const { check } = report;
    t.ok(Math.abs(check!.cost - (check!.after - check!.before)) < 1e-9);
    t.ok(check!.interval[0] < check!.cost && check!.cost < check!.interval[1]);
  },
);

t.test('all members kept cost nothing, and what was out of bag for those kept stays so', async (t) => {
  const dataset = clusters(120, 3, 2);
  const ensemble = await trainEnsemble(dataset, { ...options, epochs: 2 });
  const all = await pruneEnsemble(ensemble, dataset, { members: 7, outOfBag: true });
  t.equal(all.report.check!.cost, 0);
  t.ok(Math.abs(all.report.before - all.report.after) < 1e-12, `${all.report.before}, ${all.report.after}`);
  t.same(all.ensemble.members, ensemble.members);
  const { ensemble: few, report } = await pruneEnsemble(ensemble, dataset, { members: 4, outOfBag: true });
  const own = await evaluateOutOfBag(few, dataset);
  const same = await evaluateOutOfBag(pickMembers(ensemble, report.kept), dataset);
  t.same(own, same);
  t.ok(own!.ensemble!.squaredError! > 0);
});

t.test('more members than there are, none, and a part of a run that is extended are refused', async (t) => {
  const ensemble = await trainEnsemble(train, { ...options, members: 4, snapshots: 2, epochs: 4 });
  await t.rejects(pruneEnsemble(ensemble, validation, { members: ensemble.members.length + 1 }), {
    code: 'ERR_OPTION',
    message: /at most the \d+ there are/,
  });
  await t.rejects(pruneEnsemble(ensemble, validation, { members: 0 }), {
    code: 'ERR_OPTION',
    details: { option: 'members' },
  });
  const part = pickMembers(ensemble, [1, 2, 3]);
  await t.rejects(extendEnsemble(part, train, { members: 8 }), {
    code: 'ERR_OPTION',
    message: /all members of its runs/,
  });
});
