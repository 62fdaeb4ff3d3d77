// The report of an ensemble in its file: kept as it was measured, outside the content hash, and believed nothing.

import t, { type Test } from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { inspectEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { honestTest } from '../../src/entry-points/measure.js';
import { trainEnsemble } from '../../src/index.js';
import { type EnsembleReport, ensembleReport } from '../../src/report/ensemble-report.js';
import { PLAIN } from '../../src/report/palette.js';
import { reportJson } from '../../src/report/report-json.js';
import { parseReport } from '../../src/report/report-schema.js';
import { reportLines } from '../../src/report/report-text.js';
import { clusters, linear } from '../support/datasets.js';

const QUICK = { members: 4, hidden: [4], epochs: 2, seed: 1 } as const;

for (const [what, make, options] of [
  ['classes', (seed: number) => clusters(60, 3, 3, seed), {}],
  ['numbers', (seed: number) => linear(60, 3, 2, seed), {}],
  [
    'kinds',
    (seed: number) => clusters(60, 3, 3, seed),
    { members: [{}, {}, { hidden: [] }, { hidden: [] }] },
  ],
] as const) {
  t.test(`a report of ${what} is read from the file as it was measured`, async (t) => {
    const [train, test] = [make(1), make(2)];
    const ensemble = await trainEnsemble(train, { ...QUICK, ...options });
    const outOfBag = (await evaluateOutOfBag(ensemble, train))!;
    const held = await evaluateEnsemble(ensemble, test, { curves: false });
    const report = ensembleReport(ensemble, {
      ...{ outOfBag, test: held, activeUnits: [[0.5], null] },
      honestTest: honestTest(outOfBag.errorCorrelation, held.errorCorrelation),
    });
    const bytes = ensembleToBytes(ensemble, { report: { ...report } });
    const inspected = await inspectEnsemble(bytes);
    t.equal(inspected.contentHash, contentHash(ensemble), 'the content hash knows nothing of it');
    const read = parseReport(inspected.report)!;
    t.same(read, report);
    t.same(reportLines(read, PLAIN), reportLines(report, PLAIN));
    t.same(reportJson(read), reportJson(report));
    refuses(t, report);
  });
}

/** Anything else in its place is no report. */
function refuses(t: Test, report: EnsembleReport): void {
  const test = { ...report.test!, aggregator: 'toString' };
  const others = [
    null,
    {},
    { note: 'mine' },
    { ...report, version: 2 },
    { ...report, test },
    { ...report, targets: 1 },
  ];
  for (const other of others) t.equal(parseReport(other), null);
}

t.test('of nothing measured there is nothing to say', async (t) => {
  const ensemble = await trainEnsemble(clusters(30, 3, 2), {
    ...QUICK,
    resample: 'none',
    earlyStopping: 'none',
  });
  const report = ensembleReport(ensemble, {});
  t.same(reportLines(report, PLAIN), []);
  t.same(reportJson(report), { outOfBag: null, test: null, honestTest: null, activeUnits: null });
});
