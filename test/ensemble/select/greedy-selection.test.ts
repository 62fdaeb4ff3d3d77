// Selection on tables of known errors: what it is worth on new rows follows from their variances.

import t from 'tap';
import { checkSelection, selectGreedily } from '../../../src/ensemble/select/greedy-selection.js';
import {
  createJudge,
  createPairJudge,
  type PredictionTable,
} from '../../../src/ensemble/select/selection-judges.js';
import { RandomStream, streamKey } from '../../../src/math/random.js';
import { squaredError } from '../../../src/measure/metrics/squared-error.js';
import { arithmeticMean } from '../../../src/predictions/aggregate/arithmetic-mean.js';

const task = { kind: 'regression', targets: ['y'] } as const;

/** Errors with a shared part of variance 0.5 and one of each member's own; out of bag for a third of the rows. */
function table(rows: number, own: readonly number[], seed: number, outOfBag: boolean): PredictionTable {
  const stream = new RandomStream(streamKey(seed, 'noise'));
  const terms = own.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const shared = Math.sqrt(0.5) * stream.normal();
    for (const [member, variance] of own.entries()) {
      terms[member]![row] = shared + Math.sqrt(variance) * stream.normal();
    }
  }
  const counted = own.map(() => Uint8Array.from({ length: rows }, () => +(stream.uniform() < 0.5)));
  // Every row counts for someone.
  for (let row = 0; row < rows; row++) counted[row % own.length]![row] = 1;
  return {
    ...{ rows, outputs: 1, terms, counted: outOfBag ? counted : null },
    ...{ labels: new Int32Array(rows), targets: new Float64Array(rows) },
  };
}

const judgeOf = (own: PredictionTable) =>
  own.counted === null
    ? createJudge(own, task, arithmeticMean.terms, squaredError)
    : createPairJudge(own, task);

/** Squared error on new rows of members counted so often. */
function worth(chosen: readonly number[], own: readonly number[]): number {
  const share = own.map((_, at) => chosen.filter((member) => member === at).length / chosen.length);
  return 0.5 + share.reduce((sum, weight, at) => sum + weight * weight * own[at]!, 0);
}

for (const outOfBag of [false, true]) {
  const where = outOfBag ? 'out of bag' : 'held out';

  t.test(`${where}, members that are alike are not selected among: it would do worse`, async (t) => {
    const own = new Array<number>(8).fill(1);
    let taken = 0;
    let worse = 0;
    for (let seed = 0; seed < 20; seed++) {
      const rows = table(200, own, seed, outOfBag);
      const { gain, standardError } = (await checkSelection(rows, judgeOf, 16))!;
      if (gain > 2 * standardError) taken++;
      const { chosen } = await selectGreedily(judgeOf(rows), 8, 16);
      if (worth(chosen, own) > worth([0, 1, 2, 3, 4, 5, 6, 7], own)) worse++;
    }
    t.ok(worse >= 15, `greedily chosen weights are worse than equal ones on new rows, ${worse} of 20 times`);
    t.ok(taken <= 4, `and are taken ${taken} of 20 times`);
  });

  t.test(`${where}, members of which half are bad are selected among`, async (t) => {
    const own = [0.5, 8, 0.5, 8, 0.5, 8, 0.5, 8];
    let taken = 0;
    // A pair meets on a quarter of the rows.
    for (let seed = 0; seed < 10; seed++) {
      const rows = table(outOfBag ? 2000 : 200, own, seed, outOfBag);
      const { gain, standardError, score, equalWeights } = (await checkSelection(rows, judgeOf, 16))!;
      t.ok(Math.abs(equalWeights - score - gain) < 1e-9);
      if (gain > 2 * standardError) taken++;
      const { chosen } = await selectGreedily(judgeOf(rows), 8, 16);
      t.ok(worth(chosen, own) < worth([0, 1, 2, 3, 4, 5, 6, 7], own));
    }
    t.ok(taken >= 9, `${taken} of 10`);
  });
}

t.test('out of bag, the errors foretold are those on new rows, whatever members a row has', async (t) => {
  const own = [0.5, 8, 0.5, 8, 0.5, 8, 0.5, 8];
  const foretold = (chosen: readonly number[]) => {
    let sum = 0;
    for (let seed = 0; seed < 20; seed++) sum += judgeOf(table(400, own, seed, true)).scoreOf(chosen);
    return sum / 20;
  };
  for (const chosen of [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [0, 2, 4, 6],
    [0, 0, 1],
  ]) {
    const expected = worth(chosen, own);
    t.ok(
      Math.abs(foretold(chosen) - expected) < 0.08 * expected,
      `${chosen}: ${foretold(chosen)}, ${expected}`,
    );
  }
});

t.test('too few rows say nothing', async (t) => {
  t.equal(await checkSelection(table(29, [1, 1], 1, false), judgeOf, 4), null);
  t.not(await checkSelection(table(30, [1, 1], 1, false), judgeOf, 4), null);
});
