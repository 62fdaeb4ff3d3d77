// What members say one by one must bound what any of them say together, as it is shown.

import t from 'tap';
import { leftOutBlocks } from '../../src/conformal/left-out.js';
import { quickCalibration } from '../../src/conformal/quick-calibration.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import type { Predictions } from '../../src/predictions/predictions.js';

const CLASSES = ['a', 'b', 'c', 'd'];
const MEMBERS = 4;
/** Every set of them but none. */
const SETS = 15;

function memberOf(random: RandomStream): Predictions {
  const logits = CLASSES.map(() => 5 * random.uniform());
  const whole = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  const logProbabilities = Float32Array.from(logits, (logit) => logit - whole);
  const mean = Float32Array.from(logProbabilities, (value) => Math.exp(value));
  return { rows: 1, outputs: CLASSES.length, mean, logProbabilities, variance: null };
}

t.test('bounds of any members’ probabilities hold them, whatever calibrates which average', async (t) => {
  const random = new RandomStream(streamKey(1, 'noise'));
  const patterns = {
    ...{ count: SETS, width: 1, bits: Uint8Array.from({ length: SETS }, (_, at) => at + 1) },
    starts: Uint32Array.from({ length: SETS + 1 }, (_, at) => at),
    order: Uint32Array.from({ length: SETS }, (_, at) => at),
  };
  for (const aggregator of ['geometricMean', 'arithmeticMean'] as const) {
    for (const method of ['vector', 'temperature', null] as const) {
      let outside = 0;
      for (let trial = 0; trial < 500; trial++) {
        const members = Array.from({ length: MEMBERS }, () => memberOf(random));
        const scales = CLASSES.map(() => 0.4 + 1.4 * random.uniform());
        const biases = CLASSES.map(() => random.uniform() - 0.5);
        const parameters = method === 'vector' ? [...scales, ...biases] : [scales[0]!];
        const calibrate = quickCalibration({ method, parameters }, CLASSES.length, true);
        const settings = { aggregator, weights: null, patterns, heads: false, calibrate };
        const task = { kind: 'classification', classes: CLASSES } as const;
        const row = leftOutBlocks({ ...settings, task })(members)(0);
        const { low, high } = row.bounds()!;
        const { mean } = row.predict(null);
        for (const [at, own] of mean.entries()) {
          const label = at % CLASSES.length;
          if (own < low[label]! - 1e-9 || own > high[label]! + 1e-9) outside++;
        }
      }
      t.equal(outside, 0, `${aggregator}, ${method ?? 'as they are'}`);
    }
  }
});
