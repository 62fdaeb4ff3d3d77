// What was measured of an ensemble, as lines for people.

import type { HonestTest } from '../measure/honest-test.js';
import { activeLine } from './active-text.js';
import type { EnsembleReport } from './ensemble-report.js';
import { measurementLines } from './measurement-text.js';
import type { Palette } from './palette.js';
import { figure } from './words.js';

/**
 * What the report says; nothing where nothing was measured.
 * @param listsScores whether every score is listed with its interval.
 */
export function reportLines(report: EnsembleReport, palette: Palette, listsScores = true): string[] {
  const { targets, classes, outOfBag, test, testName, honestTest, activeUnits } = report;
  const all = [
    ...(outOfBag === null ? [] : [{ name: 'out of bag', measurement: outOfBag }]),
    ...(test === null ? [] : [{ name: testName, measurement: test }]),
  ];
  // A training's report is long enough without the confusion, which `tutti evaluate` shows of any rows.
  const shown = { listsScores, classes: outOfBag === null ? classes : [] };
  const parts = [
    all.length === 0 ? [] : measurementLines(all, targets, palette, shown),
    honestTest === null ? [] : honestLines(honestTest),
    activeUnits === null ? [] : [activeLine(activeUnits)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
}

function honestLines(test: HonestTest): string[] {
  const { predicted, predictedStandardError, measured, measuredStandardError, difference } = test;
  const { standardError, z, pValue, level, consistent } = test;
  const lines = [
    `Honest test: out-of-bag v and c predict a squared error of ${withError(predicted, predictedStandardError)} for new rows,`,
    `             the test rows gave ${withError(measured, measuredStandardError)}: difference ${withError(difference, standardError)}`,
  ];
  if (z === null) return lines;
  const chance = `z = ${z.toFixed(2)}, p = ${figure(pValue, 2)}`;
  const verdict = consistent
    ? `no more than chance in the rows explains (p > ${figure(1 - level, 2)})`
    : `more than chance in the rows explains (p ≤ ${figure(1 - level, 2)})`;
  return [...lines, `             ${chance}: ${verdict}`];
}

/** A figure and its standard error. */
function withError(value: number, error: number | null): string {
  return error === null ? figure(value) : `${figure(value)} ± ${figure(error, 2)}`;
}
