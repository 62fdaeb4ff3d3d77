// Suspected label errors against figures of numpy, flipped labels of real data, and the formula of studentised residuals.

import { join } from 'node:path';
import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { loadTraining } from '../../src/data/load.js';
import { predictKnownRows } from '../../src/ensemble/evaluate/known-rows.js';
import { type SuspectClasses, type SuspectValues, suspectRows } from '../../src/explain/suspect-rows.js';
import { RandomStream, shuffleInPlace, streamKey } from '../../src/math/random.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { knownClasses, knownValues } from './known.js';

// 40 rows of 3 classes, a fifth of them mislabelled, drawn with numpy's default_rng(5); thresholds, joint and suspects by a
// dozen lines of numpy from the definitions of the paper.
const LABELS = [
  2, 2, 0, 2, 1, 1, 1, 0, 2, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 2, 0, 1, 2, 0, 0, 1, 0, 2, 0, 2, 2, 2, 0, 1, 1, 1,
  1, 2, 1, 0,
];
/** In thousandths. */
const PROBABILITIES = Float64Array.from(
  [
    194, 234, 572, 21, 279, 700, 867, 124, 9, 147, 547, 306, 48, 919, 33, 225, 765, 10, 31, 606, 363, 500, 50,
    450, 54, 256, 690, 158, 112, 730, 536, 413, 51, 766, 101, 133, 359, 576, 65, 61, 707, 232, 514, 481, 5,
    606, 255, 139, 757, 205, 38, 926, 73, 1, 333, 663, 4, 274, 171, 555, 846, 140, 14, 116, 500, 384, 94, 309,
    597, 514, 99, 387, 537, 283, 180, 320, 523, 157, 585, 1, 414, 80, 14, 906, 9, 333, 658, 473, 5, 522, 856,
    33, 111, 387, 103, 510, 869, 64, 67, 22, 796, 182, 329, 548, 123, 204, 678, 118, 158, 516, 326, 3, 496,
    501, 50, 731, 219, 587, 15, 398,
  ],
  (thousandths) => thousandths / 1000,
);

t.test('confident learning finds what numpy finds by its definitions', async (t) => {
  const found = suspectRows(knownClasses(PROBABILITIES, LABELS)) as SuspectClasses;
  const close = (a: number, b: number, what: string) => t.ok(Math.abs(a - b) < 1e-12, what);
  for (const [c, threshold] of [0.5715, 0.6127692307692307, 0.5427272727272727].entries()) {
    close(found.thresholds[c]!, threshold, `threshold of ${c}`);
  }
  t.strictSame(found.joint, [
    [8, 1, 2],
    [1, 6, 0],
    [1, 0, 6],
  ]);
  const expected = [
    [0.1275, 30, '0'],
    [0.1675, 11, '0'],
    [0.1755, 28, '2'],
    [0.214, 9, '2'],
    [0.335, 18, '1'],
  ] as const;
  t.equal(found.rows.length, expected.length);
  for (const [at, [quality, row, suggested]] of expected.entries()) {
    close(found.rows[at]!.quality, quality, `row ${row}`);
    t.match(found.rows[at], { row, suggested, given: String(LABELS[row]) });
  }
  close(found.estimatedShare, 0.19480519480519476, 'share of errors');
});

t.test('weights count as rows that many times', async (t) => {
  const twice = Uint32Array.from({ length: 80 }, (_, row) => row >> 1);
  const doubled = knownClasses(
    Float64Array.from({ length: 240 }, (_, at) => PROBABILITIES[twice[Math.floor(at / 3)]! * 3 + (at % 3)]!),
    Array.from(twice, (row) => LABELS[row]!),
  );
  const weighted = knownClasses(PROBABILITIES, LABELS, { weights: new Float32Array(40).fill(2) });
  const [a, b] = [suspectRows(doubled) as SuspectClasses, suspectRows(weighted) as SuspectClasses];
  t.strictSame(a.joint, b.joint);
  t.strictSame(
    a.thresholds.map((value) => value!.toFixed(9)),
    b.thresholds.map((value) => value!.toFixed(9)),
  );
});

t.test('a class that no row is given as has no threshold, and is never suggested', async (t) => {
  const found = suspectRows(
    knownClasses(Float64Array.of(0.1, 0.2, 0.7, 0.6, 0.3, 0.1), [0, 0]),
  ) as SuspectClasses;
  t.strictSame(found.thresholds.slice(1), [null, null]);
  t.strictSame(found.rows, []);
});

t.test('of digits whose labels were flipped in 5 % of the rows most suspects are flipped ones', async (t) => {
  const file = join(import.meta.dirname, '../../../data/digits.csv');
  const { train } = loadTraining(file, { target: 'digit', scaling: 'together' });
  const random = new RandomStream(streamKey(1, 'noise'));
  const order = Uint32Array.from({ length: train.rows }, (_, row) => row);
  shuffleInPlace(order, random);
  const flipped = new Set(order.subarray(0, Math.round(0.05 * train.rows)));
  const labels = train.labels.map((label, row) =>
    flipped.has(row) ? (label + 1 + random.below(9)) % 10 : label,
  );
  const { x, rows, features } = train;
  const dataset = Dataset.fromArrays({ x, rows, features, labels });
  const ensemble = await trainEnsemble(dataset, {
    ...{ members: 12, hidden: [48], resample: 'bootstrap', epochs: 15, seed: 1 },
  });
  const known = await predictKnownRows(ensemble, dataset, 'outOfBag', { members: false });
  const { rows: suspects, estimatedShare } = suspectRows(known!) as SuspectClasses;
  const right = suspects.filter(({ row }) => flipped.has(row)).length;
  const precision = right / suspects.length;
  const recall = right / flipped.size;
  const top = suspects.slice(0, flipped.size / 2).filter(({ row }) => flipped.has(row)).length;
  t.comment(`${suspects.length} suspects: precision ${precision}, recall ${recall}, share ${estimatedShare}`);
  t.ok(precision > 0.6, `precision ${precision}`);
  t.ok(recall > 0.75, `recall ${recall}`);
  t.ok(top / Math.floor(flipped.size / 2) > 0.9, `of the first half ${top}`);
  t.ok(Math.abs(estimatedShare - 0.05) < 0.03, `share ${estimatedShare}`);
  const true10 = suspects
    .slice(0, 10)
    .filter(({ row, suggested }) => Number(suggested) === train.labels[row]);
  t.ok(true10.length >= 7, `of ten suggestions ${true10.length} are the true digit`);
});

t.test('a studentised residual is over the deviation of the others', async (t) => {
  const targets = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 30);
  const mean = Float64Array.of(1.1, 1.9, 3.1, 3.9, 5.2, 5.8, 7.1, 7.9, 9.1, 10);
  const found = suspectRows(knownValues(mean, targets)) as SuspectValues;
  t.equal(found.rows.length, 1);
  const others = [0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.1, 0.1, 0.1];
  const deviation = Math.sqrt(others.reduce((sum, value) => sum + value * value, 0) / 9);
  const [suspect] = found.rows;
  t.match(suspect, { row: 9, target: 'y0', given: 30, predicted: 10, residual: 20 });
  t.ok(Math.abs(suspect!.studentised / (20 / deviation) - 1) < 1e-9);
  t.equal(suspect!.chance, 0);
});

t.test(
  'a value that dwarfs all others is suspected, wherever it stands, and one among exact predictions',
  async (t) => {
    for (const [at, size] of [
      [0, 1e12],
      [17, -1e99],
      [39, 1e12],
    ] as const) {
      const targets = Float64Array.from({ length: 40 }, (_, row) =>
        row === at ? size : row % 2 ? 0.1 : -0.1,
      );
      const found = suspectRows(knownValues(new Float64Array(40), targets)) as SuspectValues;
      t.strictSame(
        found.rows.map(({ row }) => row),
        [at],
      );
      t.ok(Math.abs(found.rows[0]!.studentised / (size / 0.1) - 1) < 1e-9);
    }
    const exact = Float64Array.from({ length: 40 }, (_, row) => (row === 7 ? 3 : 0));
    const [only] = suspectRows(knownValues(new Float64Array(40), exact)).rows;
    t.match(only, { row: 7, chance: 0 });
    t.ok(Number.isFinite((only as SuspectValues['rows'][number]).studentised));
    t.strictSame(suspectRows(knownValues(new Float64Array(1), Float64Array.of(5))).rows, []);
  },
);

t.test('normal residuals raise an alarm no more often than is said', async (t) => {
  const random = new RandomStream(streamKey(2, 'noise'));
  let alarms = 0;
  for (let run = 0; run < 400; run++) {
    const targets = Float64Array.from({ length: 200 }, () => random.normal());
    if (suspectRows(knownValues(new Float64Array(200), targets)).rows.length > 0) alarms++;
  }
  t.ok(alarms > 4 && alarms < 40, `${alarms} of 400`);
});

t.test('residuals of Gaussian heads are measured by what each predicted', async (t) => {
  const random = new RandomStream(streamKey(3, 'noise'));
  const variance = Float64Array.from({ length: 200 }, (_, row) => (row < 100 ? 1 : 10_000));
  const targets = Float64Array.from(variance, (own) => Math.sqrt(own) * random.normal());
  targets[5] = 9;
  const known = knownValues(new Float64Array(200), targets);
  const combined = { ...known.combined, variance, varianceKind: 'mixture' } as const;
  const found = suspectRows({ ...known, combined });
  t.strictSame(
    found.rows.map(({ row }) => row),
    [5],
    'the noisy rows are as expected, and the quiet one stands out',
  );
});

t.test('an option that cannot be is refused', async (t) => {
  t.throws(() => suspectRows(knownClasses(PROBABILITIES, LABELS), { falseAlarms: 1.2 }), {
    message: 'Expected `falseAlarms` to be a number > 0 and < 1, got 1.2',
  });
});
