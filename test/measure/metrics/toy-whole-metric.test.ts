// A metric of all rows at once, in one file: the largest absolute error, added to the registry and scored with its interval,
// printed, kept in files and given by reports like the others; members have none.

import t from 'tap';
import { Ensemble } from '../../../src/api/ensemble.js';
import { evaluateEnsemble } from '../../../src/ensemble/evaluate/evaluate.js';
import type { WholeMetric } from '../../../src/measure/metrics/metric.js';
import { metrics, selectionMetrics } from '../../../src/measure/metrics/metrics.js';
import type { Statistic } from '../../../src/measure/statistics/statistic.js';
import { ensembleReport } from '../../../src/report/ensemble-report.js';
import { measurementLines } from '../../../src/report/measurement-text.js';
import { PLAIN } from '../../../src/report/palette.js';
import { parseReport } from '../../../src/report/report-schema.js';
import { trainEnsemble } from '../../../src/training/train-ensemble.js';
import { linear } from '../../support/datasets.js';

const largestError: Statistic<number> = {
  prepare({ rows, outputs, mean, truth: { targets } }) {
    const errors = Float64Array.from(mean, (value, at) => Math.abs(value - targets[at]!));
    return (weights) => {
      let most = 0;
      for (let at = 0; at < rows * outputs; at++) {
        if (weights[Math.floor(at / outputs)]! > 0) most = Math.max(most, errors[at]!);
      }
      return most;
    };
  },
};

const TOY: WholeMetric = {
  name: 'toyLargestError',
  title: 'largest error',
  says: 'the largest |prediction − truth|',
  from: 'allRows',
  tasks: ['regression'],
  better: 'less',
  reads: 'values',
  written: 'figure',
  listed: ['regression'],
  statistic: largestError,
  value: (most) => Number(most),
};

metrics.add(TOY);
const train = linear(90, 4);
const fresh = linear(60, 4, 1, 2);
const ensemble = await trainEnsemble(train, { members: 3, epochs: 3, seed: 4 });
const measured = await evaluateEnsemble(ensemble, fresh, { curves: false });
const score = measured.scores!.scores.find(({ name }) => name === 'toyLargestError')!;

t.test('it is scored, with its interval', async (t) => {
  const { mean } = await new Ensemble(ensemble).predict(fresh.x);
  const errors = Array.from(mean, (value, row) => Math.abs(value - fresh.targets[row]!));
  t.equal(score.value, Math.max(...errors));
  t.ok(
    score.interval!.low < score.value! && score.interval!.high === score.value,
    'no sample has a larger one',
  );
});

t.test('texts, reports and files have it, members and selection do not', async (t) => {
  const text = measurementLines([{ name: 'fresh', measurement: measured }], ['y'], PLAIN).join('\n');
  t.equal(text.match(/largest error/g)?.length, 1);
  const report = ensembleReport(ensemble, { test: measured });
  const kept = parseReport(JSON.parse(JSON.stringify({ ...report, test: { ...measured, curves: null } })));
  t.same(kept!.test!.scores, measured.scores);
  t.notOk('toyLargestError' in measured.ensemble!);
  t.notOk(selectionMetrics.names.some((name) => String(name) === 'toyLargestError'));
});
