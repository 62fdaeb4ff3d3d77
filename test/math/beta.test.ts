// Draws of Beta(a, a) against its moments: mean ½, variance 1/(4(2a + 1)), and the fourth about the mean.

import t from 'tap';
import { symmetricBeta } from '../../src/math/beta.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

t.test('draws have the moments of the distribution', async (t) => {
  const draws = 20_000;
  for (const a of [0.1, 0.4, 1, 3]) {
    const stream = new RandomStream(streamKey(1, 'mixup', 0, 0, Math.round(a * 10)));
    let [mean, second, fourth] = [0, 0, 0];
    for (let i = 0; i < draws; i++) {
      const off = symmetricBeta(stream, a) - 0.5;
      mean += off / draws;
      second += off ** 2 / draws;
      fourth += off ** 4 / draws;
    }
    const variance = 1 / (4 * (2 * a + 1));
    const kurtosis = 3 / (16 * (2 * a + 1) * (2 * a + 3));
    // Five standard errors.
    const near = 5 * Math.sqrt(variance / draws);
    t.ok(Math.abs(mean) < near, `${a}: mean is off by ${mean}`);
    t.ok(
      Math.abs(second - variance) < 5 * Math.sqrt(kurtosis / draws),
      `${a}: variance ${second}, ${variance}`,
    );
    t.ok(Math.abs(fourth - kurtosis) < 0.1 * kurtosis, `${a}: fourth moment ${fourth}, ${kurtosis}`);
  }
});
