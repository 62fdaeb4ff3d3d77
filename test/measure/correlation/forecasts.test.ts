import t from 'tap';
import { createErrorAccumulator } from '../../../src/measure/correlation/error-accumulator.js';
import { forecastsOf } from '../../../src/measure/correlation/forecasts.js';
import { close, correlatedErrors } from '../synthetic.js';

const NUMBERS = { kind: 'regression', targets: ['y'] } as const;

/** The report of members whose errors these are. */
function measured(errors: readonly Float64Array[]) {
  const { length } = errors[0]!;
  const accumulator = createErrorAccumulator({ memberCount: errors.length, task: NUMBERS, replicates: 0 });
  accumulator.addBlock(errors, {
    rows: length,
    labels: new Int32Array(0),
    targets: new Float64Array(length),
  });
  return accumulator.finish();
}

t.test('from the first members: v and c of these alone, by the formula for all', async (t) => {
  const errors = correlatedErrors(20, 300, { v: 2, c: 0.5, seed: 3 });
  const report = measured(errors);
  t.same(
    report.forecasts.map(({ memberCount }) => memberCount),
    [2, 4, 8, 16],
  );
  for (const { memberCount, v, c, predicted, relativeDifference } of report.forecasts) {
    const alone = measured(errors.slice(0, memberCount));
    t.ok(close(v, alone.v, 1e-12) && close(c, alone.c, 1e-12));
    t.ok(close(predicted, alone.v / 20 + (19 * alone.c!) / 20, 1e-12));
    t.ok(close(relativeDifference, predicted / report.measured - 1, 1e-12));
  }
});

t.test('of members that are alike in law, few foretell many', async (t) => {
  // v/k + (k − 1) c/k of the law itself is 2/32 + 31 · 0.5/32 = 0.546875.
  const report = measured(correlatedErrors(32, 20_000, { v: 2, c: 0.5, seed: 5 }));
  for (const { predicted, relativeDifference } of report.forecasts) {
    t.ok(Math.abs(predicted - 0.546875) < 0.03, `${predicted}`);
    t.ok(Math.abs(relativeDifference!) < 0.05);
  }
});

t.test('none of two members, without the matrix, with gaps in it, and out of bag', async (t) => {
  t.same(measured(correlatedErrors(2, 10, { v: 1, c: 0, seed: 1 })).forecasts, []);
  t.same(forecastsOf(null, 1), []);
  t.same(
    forecastsOf(
      [
        [1, null, 0],
        [null, 1, 0],
        [0, 0, 1],
      ],
      1,
    ),
    [],
  );
  t.equal(
    forecastsOf(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      0,
    )[0]!.relativeDifference,
    null,
  );
  const errors = correlatedErrors(4, 50, { v: 1, c: 0.3, seed: 2 });
  const accumulator = createErrorAccumulator({
    memberCount: 4,
    task: NUMBERS,
    replicates: 0,
    outOfBag: true,
  });
  const targets = { rows: 50, labels: new Int32Array(0), targets: new Float64Array(50) };
  accumulator.addBlock(errors, targets, new Uint8Array(200).fill(1));
  t.same(accumulator.finish().forecasts, []);
});
