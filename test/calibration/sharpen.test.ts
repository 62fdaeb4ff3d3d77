// Out-of-bag rows are calibrated for all members, not for the few that never saw them: against a simulation whose members
// say the truth's logit and noise, and against fresh rows that all members predict.

import t from 'tap';
import { fitTemperature } from '../../src/calibration/fit-temperature.js';
import type { CalibrationRows } from '../../src/calibration/rows.js';
import { sharpened, sharpeningOf } from '../../src/calibration/sharpen.js';
import { normaliseAt } from '../../src/calibration/softmax.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const MEMBERS = 8;

/**
 * Rows of two classes with logit μ ~ N(0, 2²), of which a member says 1.5 μ + N(0, 3²). Members average their logits;
 * each counts for a row with probability `share`.
 */
function simulated(rows: number, share: number, seed: number): CalibrationRows {
  const random = new RandomStream(streamKey(seed, 'noise'));
  const logits = new Float64Array(2 * rows);
  const alone = new Float64Array(2 * rows);
  const labels = new Int32Array(rows);
  const squaredShares = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const common = 2 * random.normal();
    labels[row] = random.uniform() < 1 / (1 + Math.exp(-common)) ? 1 : 0;
    const said: number[] = [];
    while (said.length === 0) {
      for (let member = 0; member < MEMBERS; member++) {
        if (random.uniform() < share) said.push(1.5 * common + 3 * random.normal());
      }
    }
    logits[2 * row + 1] = said.reduce((sum, own) => sum + own) / said.length;
    alone[2 * row + 1] = said[0]!;
    squaredShares[row] = 1 / said.length;
    normaliseAt(logits, 2 * row, 2);
    normaliseAt(alone, 2 * row, 2);
  }
  const fewer = { logits: alone, squaredShares, ofAll: 1 / MEMBERS };
  return { rows, classes: 2, logits, labels, weights: new Float64Array(rows).fill(1), fewer };
}

t.test('the temperature for all members follows from rows that few of them count for', (t) => {
  const [few] = fitTemperature(simulated(20_000, 0.368, 1))!;
  const [all] = fitTemperature(simulated(20_000, 1, 2))!;
  t.ok(few! > 1.15 * all!, `few members are the surer of themselves: ${few} for ${all}`);
  const rows = simulated(20_000, 0.368, 1);
  const sharpening = sharpeningOf(rows)!;
  t.ok(Math.abs(sharpening.temperature - all!) < 0.05 * all!, `${sharpening.temperature} for ${all}`);
  t.ok(Math.abs(fitTemperature(sharpened(rows, sharpening))![0]! - all!) < 0.05 * all!);
  t.end();
});

t.test('rows that all members count for stay as they are', (t) => {
  const rows = simulated(500, 1, 3);
  const sharpening = sharpeningOf(rows)!;
  const again = sharpened(rows, sharpening);
  // Only as far as chance may have taken the temperature from 1.
  const [several] = fitTemperature(rows)!;
  t.ok(Math.abs(sharpening.at(1 / MEMBERS) - several!) < 1e-9);
  t.ok(sharpening.temperature <= several! && sharpening.temperature > 1);
  t.ok(again.logits.every(Number.isFinite));
  t.equal(sharpeningOf({ ...rows, fewer: null }), null);
  t.equal(sharpened({ ...rows, fewer: null }, null).logits, rows.logits);
  t.end();
});

t.test('what may be chance is none: few rows leave the temperature at 1', (t) => {
  let moved = 0;
  for (let seed = 0; seed < 40; seed++) {
    // Members without noise whose logits are right: 1 is the temperature of any number of them.
    const rows = simulated(60, 0.368, 100 + seed);
    const random = new RandomStream(streamKey(seed, 'init'));
    const logits = new Float64Array(120);
    const labels = Int32Array.from({ length: 60 }, (_, row) => {
      const own = 2 * random.normal();
      logits[2 * row + 1] = own;
      normaliseAt(logits, 2 * row, 2);
      return random.uniform() < 1 / (1 + Math.exp(-own)) ? 1 : 0;
    });
    const { temperature } = sharpeningOf({ ...rows, logits, labels, fewer: { ...rows.fewer!, logits } })!;
    if (temperature !== 1) moved++;
  }
  t.ok(moved < 20, `${moved} of 40`);
  t.end();
});

t.test('rows of a single member each say nothing of more', (t) => {
  const rows = simulated(300, 0.368, 7);
  const fewer = { ...rows.fewer!, logits: rows.logits, squaredShares: new Float64Array(300).fill(1) };
  t.equal(sharpeningOf({ ...rows, fewer })!.temperature, 1);
  t.end();
});
