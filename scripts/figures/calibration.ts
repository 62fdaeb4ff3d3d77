// Temperature scaling out of bag on every classification table of a folder: log-loss and calibration error of test rows before
// and after, and what the temperature would be that suits the few members which never saw each row. The table of
// docs/guide/calibration.md, means over splits.
// Run: node dist/scripts/figures/calibration.js FOLDER [splits, 5]

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { applyCalibration } from '../../src/calibration/apply-calibration.js';
import { fitCalibration, scoresOf } from '../../src/calibration/fit-calibration.js';
import { fitTemperature } from '../../src/calibration/fit-temperature.js';
import { type CalibrationRows, calibrationRows } from '../../src/calibration/rows.js';
import { temperature } from '../../src/calibration/temperature.js';
import { predictKnownRows } from '../../src/ensemble/evaluate/known-rows.js';
import { createPool, loadData, trainEnsemble } from '../../src/index.js';
import { formerly } from '../support/former-defaults.js';

/** Tables by the name of their file, with the column to predict. */
const TARGETS: Readonly<Record<string, string>> = {
  ...{
    vehicle: 'Class',
    vowel: 'Class',
    glass: 'Type',
    churn: 'churn',
    letter: 'lettr',
    satellite: 'classes',
  },
  ...{ ionosphere: 'Class', credit: 'Status', iris: 'target', digits: 'digit' },
};

const [folder = 'data', splits = '5'] = process.argv.slice(2);
await using pool = createPool();
console.log('| data | rows | T | log-loss | calibrated | by few members’ T | ECE | calibrated |');
console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
for (const [name, target] of Object.entries(TARGETS)) {
  const file = join(folder, `${name}.csv`);
  if (!existsSync(file)) continue;
  const sums = new Float64Array(6);
  let rows = 0;
  for (let seed = 1; seed <= Number(splits); seed++) {
    const { train, test } = await loadData(file, { target, testShare: 0.3, seed, impute: 'median' });
    rows = train.rows + test!.rows;
    const ensemble = await trainEnsemble(train, formerly({ members: 16, hidden: [32], epochs: 40, seed }), {
      runner: pool,
    });
    const runner = { members: false, runner: pool };
    const outOfBag = (await predictKnownRows(ensemble, train, 'outOfBag', runner))!;
    const held = (await predictKnownRows(ensemble, test!, 'heldOut', runner))!;
    const calibration = fitCalibration(outOfBag, 'arithmeticMean', {
      method: 'temperature',
      threshold: null,
    });
    const before = scored(calibrationRows(held));
    const after = scored(
      calibrationRows({ ...held, combined: applyCalibration(calibration, held.combined) }),
    );
    const few = calibrationRows(held);
    temperature.apply([fitTemperature(calibrationRows(outOfBag))?.[0] ?? 1], few.logits, few.classes);
    const figures = [before.logLoss, after.logLoss, scored(few).logLoss, before.ece, after.ece];
    for (const [at, value] of [...figures, calibration.parameters[0]!].entries()) sums[at]! += value;
  }
  const [logLoss, calibrated, few, ece, afterEce, degrees] = Array.from(sums, (sum) => sum / Number(splits));
  const cells = [
    degrees!.toFixed(2),
    ...[logLoss, calibrated, few, ece, afterEce].map((value) => value!.toFixed(4)),
  ];
  console.log(`| ${name} | ${rows} | ${cells.join(' | ')} |`);
  if (calibrated! > logLoss!) process.exitCode = 1;
}

function scored(rows: CalibrationRows): { readonly logLoss: number; readonly ece: number } {
  return scoresOf(rows, rows.logits);
}
