// An aggregator of one's own, in one file: the median of members' predictions, added to the registry and used by all
// that averages.

import t from 'tap';
import { evaluateEnsemble, evaluateOutOfBag } from '../../../src/ensemble/evaluate/evaluate.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { predictMembers } from '../../../src/ensemble/predict/predict-members.js';
import { selectMembers } from '../../../src/ensemble/select/select-members.js';
import { median } from '../../../src/math/statistics.js';
import { aggregate } from '../../../src/predictions/aggregate/aggregate.js';
import { aggregators } from '../../../src/predictions/aggregate/aggregators.js';
import type { AggregatorDefinition } from '../../../src/predictions/aggregate/definition.js';
import { shareAt } from '../../../src/predictions/aggregate/shares.js';
import { labelsOf } from '../../../src/predictions/labels.js';
import { measurementLines } from '../../../src/report/measurement-text.js';
import { PLAIN } from '../../../src/report/palette.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { clusters, linear } from '../../support/datasets.js';

const TOY: AggregatorDefinition = {
  name: 'toyMedian',
  title: 'median',
  says: 'the median of each output over the members that have a share',
  linear: false,
  probabilities: false,
  curves: ['regression'],
  floors: [],
  misfit: () => null,
  combine(members, shares, task) {
    const { rows, outputs } = members[0]!;
    const mean = Float64Array.from({ length: rows * outputs }, (_, at) => {
      const row = Math.floor(at / outputs);
      return median(
        members.filter((_, member) => shareAt(shares, member, row) > 0).map((member) => member.mean[at]!),
      );
    });
    const labels = task.kind === 'classification' ? labelsOf(mean, rows, outputs) : null;
    return {
      ...{ rows, outputs, mean, labels, logProbabilities: null, variance: null },
      ...{ flooredCount: 0, varianceKind: null },
    };
  },
  terms: null,
};

t.throws(() => aggregators.get(TOY.name), {
  code: 'ERR_OPTION',
  message: 'Expected `aggregator` to be one of arithmeticMean, geometricMean, majorityVote, got "toyMedian"',
});

const aggregator = aggregators.add(TOY);
const train = linear(90, 4);
const fresh = linear(60, 4, 1, 2);
const ensemble = await trainEnsemble(train, { members: 5, epochs: 3, seed: 4 });

t.test('it predicts', async (t) => {
  const members = await predictMembers(ensemble, fresh.x);
  const { mean } = await predictEnsemble(ensemble, fresh.x, { aggregator });
  t.strictSame(
    mean,
    Float64Array.from(mean, (_, row) => median(members.map((own) => own.mean[row]!))),
  );
  t.strictSame(aggregate(aggregator, members, ensemble.task).mean, mean);
});

t.test('it is measured, with a curve over sampled subsets, and reported under its title', async (t) => {
  const measured = await evaluateEnsemble(ensemble, fresh, { aggregator, replicates: 0 });
  t.equal(measured.aggregator, 'toyMedian');
  t.strictSame(Object.keys(measured.curves ?? {}), ['arithmeticMean', 'toyMedian']);
  const text = measurementLines([{ name: 'fresh', measurement: measured }], ['y'], PLAIN).join('\n');
  t.match(text, /fresh, median/);
  t.match(text, /Scores by number of members, median/);
  t.match(await evaluateOutOfBag(ensemble, train, { aggregator, replicates: 0 }), {
    aggregator: 'toyMedian',
  });
});

t.test('it gives no log-loss, as it says that it gives no probabilities', async (t) => {
  const classes = clusters(60, 3, 3);
  const voters = await trainEnsemble(classes, { members: 3, epochs: 2, seed: 1 });
  const { ensemble: scores } = await evaluateEnsemble(voters, clusters(40, 3, 3), { aggregator });
  t.equal(scores?.logLoss, null);
  t.type(scores?.accuracy, 'number');
});

t.test('what cannot use it says which it can', async (t) => {
  await t.rejects(predictEnsemble(ensemble, fresh.x, { aggregator, tolerance: 0.1 }), {
    message: /`tolerance` to be absent unless `aggregator` is geometricMean/,
  });
  await t.rejects(selectMembers(ensemble, fresh, { aggregator }), {
    message: 'Expected `aggregator` to be arithmeticMean to select for regression, got "toyMedian"',
  });
});
