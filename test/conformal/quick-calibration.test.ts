import t from 'tap';
import { applyCalibration } from '../../src/calibration/apply-calibration.js';
import { quickCalibration } from '../../src/conformal/quick-calibration.js';
import { randomProbabilities, randomStream } from '../measure/synthetic.js';

const KNOTS = [0.1, 0.3, 0.6, 0.05, 0.4, 0.8];

for (const [method, classes, parameters] of [
  ['temperature', 5, [1.7]],
  ['temperature', 5, [0.4]],
  ['vector', 3, [1.2, 0.7, 2, 0.1, -0.4, 0]],
  ['vector', 3, [1.2, -0.7, 2, 0.1, -0.4, 0]],
  ['isotonic', 2, KNOTS],
] as const) {
  t.test(`${method} ${parameters.join(' ')} is what predictions are calibrated by`, async (t) => {
    const rows = 500;
    const mean = randomProbabilities(rows, classes, randomStream(classes));
    const combined = {
      ...{ rows, outputs: classes, mean, logProbabilities: null, variance: null },
      ...{ labels: null, flooredCount: 0, varianceKind: null },
    };
    const expected = applyCalibration({ method, parameters, threshold: null }, combined).mean;
    const quick = quickCalibration({ method, parameters }, classes, false)!;
    const got = Float64Array.from(mean);
    quick.apply(got);
    let worst = 0;
    for (let at = 0; at < got.length; at++) worst = Math.max(worst, Math.abs(got[at]! - expected[at]!));
    t.ok(worst < 1e-7, `${worst}`);
    t.equal(quick.monotone, !(parameters as readonly number[]).includes(-0.7));
  });
}

t.test('a decision threshold alone calibrates nothing', async (t) => {
  t.equal(quickCalibration({ method: null, parameters: [] }, 2, false), null);
});
