import t from 'tap';
import { conformityOf } from '../../src/conformal/conformity-of.js';
import type { KnownRows } from '../../src/predictions/known-rows.js';

const none = { logProbabilities: null, variance: null, flooredCount: 0, varianceKind: null } as const;

function classRows(
  mean: readonly number[],
  labels: readonly number[],
  more: Partial<KnownRows> = {},
): KnownRows {
  const rows = labels.length;
  return {
    ...{ task: { kind: 'classification', classes: ['a', 'b', 'c'] }, rowsFrom: 'heldOut', rows, outputs: 3 },
    index: Uint32Array.from({ length: rows }, (_, row) => row),
    truth: { rows, labels: Int32Array.from(labels), targets: new Float64Array(0) },
    combined: { ...none, rows, outputs: 3, mean: Float32Array.from(mean), labels: new Int32Array(rows) },
    ...{ weights: null, members: [], mask: null },
    ...more,
  };
}

t.test(
  'of a class: its probability, what is before it, and how many are; ties by the lower index',
  async (t) => {
    const mean = [0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.125, 0.375, 0.5];
    const { scores, ...others } = conformityOf(classRows(mean, [1, 2, 0]), { aggregator: 'arithmeticMean' });
    t.same(scores, {
      kind: 'classification',
      label: Uint32Array.of(1, 2, 0),
      truth: Float32Array.of(0.25, 0.25, 0.125),
      above: Float32Array.of(0.5, 0.75, 0.875),
      rank: Uint32Array.of(1, 2, 2),
    });
    t.match(others, { method: 'split', rows: 3, rowsBefore: 3, calibrated: false, mask: null, groups: null });
  },
);

t.test('of numbers: what is left over, and the deviation of heads alone', async (t) => {
  const known = (varianceKind: 'spread' | 'mixture'): KnownRows => ({
    ...classRows([], []),
    ...{ task: { kind: 'regression', targets: ['y'] }, rows: 2, outputs: 1 },
    index: Uint32Array.of(0, 1),
    truth: { rows: 2, labels: new Int32Array(0), targets: Float64Array.of(5, 1) },
    combined: {
      ...{ ...none, rows: 2, outputs: 1, mean: Float64Array.of(4, 3), labels: null, varianceKind },
      variance: Float64Array.of(4, 0),
    },
  });
  const spread = conformityOf(known('spread'), { aggregator: 'arithmeticMean' }).scores;
  t.same(spread, { kind: 'regression', residual: Float64Array.of(1, -2), deviation: null });
  const heads = conformityOf(known('mixture'), { aggregator: 'arithmeticMean' }).scores;
  t.same(heads, { ...spread, deviation: Float64Array.of(2, 1e-150) });
});

t.test('masks become bits, without members of weight 0', async (t) => {
  const labels = [0, 1, 2];
  const mask = new Uint8Array(10 * 3);
  for (const [member, row] of [
    [0, 0],
    [7, 0],
    [8, 0],
    [9, 1],
    [1, 2],
    [2, 2],
  ] as const) {
    mask[member * 3 + row] = 1;
  }
  const known = classRows(new Array(9).fill(1 / 3), labels, { rowsFrom: 'outOfBag', mask });
  const plain = conformityOf(known, { aggregator: 'arithmeticMean' });
  t.equal(plain.method, 'jackknifeAfterBootstrap');
  t.same(plain.mask, Uint8Array.of(0b10000001, 1, 0, 2, 0b110, 0));
  const weights = [1, 1, 0, 1, 1, 1, 1, 1, 1, 1];
  t.same(
    conformityOf(known, { aggregator: 'arithmeticMean', weights }).mask,
    Uint8Array.of(0b10000001, 1, 0, 2, 0b010, 0),
  );
});

t.test('each group counts as one, by the rows of it that there are', async (t) => {
  const known = { ...classRows(new Array(12).fill(1 / 3), [0, 0, 0, 0]), index: Uint32Array.of(1, 3, 4, 6) };
  const groups = Int32Array.of(9, 5, 9, 5, 5, 9, 2, 2);
  const { groups: count, shares } = conformityOf(known, { aggregator: 'arithmeticMean', groups });
  t.equal(count, 2);
  t.same(shares, Float64Array.of(1 / 3, 1 / 3, 1 / 3, 1));
});

t.test('of very many rows ten thousand are kept, evenly', async (t) => {
  const rows = 25_000;
  const labels = Array.from({ length: rows }, (_, row) => row % 3);
  const mean = new Array(3 * rows).fill(1 / 3);
  const conformity = conformityOf(classRows(mean, labels), { aggregator: 'arithmeticMean' });
  t.match(conformity, { rows: 10_000, rowsBefore: rows });
  const kept = Array.from({ length: 10_000 }, (_, at) => Math.floor(2.5 * at) % 3);
  t.same(conformity.scores, { ...conformity.scores, label: Uint32Array.from(kept) });
});
