import t from 'tap';
import { createDiversity, diversityOf } from '../../../src/measure/diversity/diversity.js';
import type { KnownRows } from '../../../src/predictions/known-rows.js';
import type { Predictions } from '../../../src/predictions/predictions.js';
import { average, close, randomProbabilities, randomStream } from '../synthetic.js';

const CLASSES = { kind: 'classification', classes: ['a', 'b', 'c'] } as const;
const NUMBERS = { kind: 'regression', targets: ['y', 'z'] } as const;

/** Members that are certain of these classes. */
function certain(chosen: readonly (readonly number[])[], classes = 3): Predictions[] {
  return chosen.map((labels) => {
    const mean = new Float32Array(labels.length * classes);
    labels.forEach((label, row) => {
      mean[row * classes + label] = 1;
    });
    return { rows: labels.length, outputs: classes, mean, logProbabilities: null, variance: null };
  });
}

const truthOf = (labels: readonly number[]) => ({
  ...{ rows: labels.length, labels: Int32Array.from(labels), targets: new Float64Array(0) },
});

/** `copies` rows of each of the cells a, b, c, d of a table of two members: both right, one, the other, none. */
function table(a: number, b: number, c: number, d: number) {
  const cells = [a, b, c, d];
  const rows = cells.flatMap((count, cell) => Array.from({ length: count }, () => cell));
  const first = rows.map((cell) => (cell < 2 ? 0 : 1));
  const second = rows.map((cell) => (cell % 2 === 0 ? 0 : 2));
  return { members: certain([first, second]), truth: truthOf(rows.map(() => 0)) };
}

function of(members: readonly Predictions[], truth: ReturnType<typeof truthOf>) {
  const accumulator = createDiversity({ task: CLASSES, memberCount: members.length });
  accumulator.addBlock(members, truth);
  return accumulator.finish()!;
}

t.test('two members: the figures of a table of 2 × 2', async (t) => {
  const { members, truth } = table(30, 12, 8, 10);
  const { pairMeans, pairs } = of(members, truth);
  t.equal(pairMeans!.oneRight, 20 / 60);
  t.equal(pairMeans!.doubleFault, 10 / 60);
  t.equal(pairMeans!.q, (30 * 10 - 12 * 8) / (30 * 10 + 12 * 8));
  // Cohen's κ from its own definition: agreement beyond that of independent raters with these shares.
  const [p, q] = [42 / 60, 38 / 60];
  const chance = p * q + (1 - p) * (1 - q);
  t.ok(close(pairMeans!.kappa, (40 / 60 - chance) / (1 - chance)));
  t.equal(pairMeans!.disagreement, 30 / 60, 'both wrong, but by other classes, is to disagree as well');
  t.strictSame(pairs!.q, [
    [null, pairMeans!.q],
    [pairMeans!.q, null],
  ]);
});

t.test('κ, Q of independent members are 0; of equal ones 1; of members right in turn −1', async (t) => {
  const independent = table(12, 6, 4, 2);
  const found = of(independent.members, independent.truth).pairMeans!;
  t.ok(Math.abs(found.q!) < 1e-12 && Math.abs(found.kappa!) < 1e-12);
  const equal = table(7, 0, 0, 3);
  t.same(
    [of(equal.members, equal.truth).pairMeans!.q, of(equal.members, equal.truth).pairMeans!.kappa],
    [1, 1],
  );
  const inTurn = table(0, 5, 5, 0);
  t.same(
    [of(inTurn.members, inTurn.truth).pairMeans!.q, of(inTurn.members, inTurn.truth).pairMeans!.kappa],
    [-1, -1],
  );
  const right = table(9, 0, 0, 0);
  const always = of(right.members, right.truth).pairMeans!;
  t.same(
    [always.q, always.kappa, always.doubleFault],
    [null, null, 0],
    'of members that are always right, none',
  );
});

/** Pairs by going through the rows, as the definitions say. */
function enumerated(
  chosen: readonly (readonly number[])[],
  truth: readonly number[],
  weights: readonly number[],
  counts: (member: number, row: number) => boolean,
) {
  const figures = { disagreement: [], oneRight: [], doubleFault: [], q: [], kappa: [] } as Record<
    string,
    number[]
  >;
  for (let i = 0; i < chosen.length; i++) {
    for (let j = i + 1; j < chosen.length; j++) {
      const rows = truth.map((_, row) => row).filter((row) => counts(i, row) && counts(j, row));
      const share = (holds: (row: number) => boolean) =>
        rows.filter(holds).reduce((sum, row) => sum + weights[row]!, 0) /
        rows.reduce((sum, row) => sum + weights[row]!, 0);
      const right = (member: number, row: number) => chosen[member]![row] === truth[row];
      const n11 = share((row) => right(i, row) && right(j, row));
      const n00 = share((row) => !right(i, row) && !right(j, row));
      const n10 = share((row) => right(i, row) && !right(j, row));
      const n01 = share((row) => !right(i, row) && right(j, row));
      const chance = (n11 + n10) * (n11 + n01) + (n00 + n10) * (n00 + n01);
      figures.disagreement!.push(share((row) => chosen[i]![row] !== chosen[j]![row]));
      figures.oneRight!.push(n10 + n01);
      figures.doubleFault!.push(n00);
      figures.q!.push((n11 * n00 - n01 * n10) / (n11 * n00 + n01 * n10));
      figures.kappa!.push((n11 + n00 - chance) / (1 - chance));
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, average(values)]));
}

const stream = randomStream(11);
const ROWS = 400;
const LABELS = Array.from({ length: ROWS }, () => stream.below(3));
const CHOSEN = Array.from({ length: 5 }, () =>
  LABELS.map((label) => (stream.uniform() < 0.6 ? label : stream.below(3))),
);
const WEIGHTS = LABELS.map(() => stream.below(4) / 2);
const MASK = Uint8Array.from({ length: 5 * ROWS }, () => (stream.uniform() < 0.4 ? 1 : 0));

for (const [name, weights, mask] of [
  ['every member for every row', null, null],
  ['row weights', WEIGHTS, null],
  ['out of bag, with row weights', WEIGHTS, MASK],
] as const) {
  t.test(`means over pairs, ${name}: as enumerated, however rows are cut into blocks`, async (t) => {
    const counts = (member: number, row: number) => mask === null || mask[member * ROWS + row] === 1;
    const expected = enumerated(CHOSEN, LABELS, weights ?? LABELS.map(() => 1), counts);
    const whole = createDiversity({ task: CLASSES, memberCount: 5 });
    whole.addBlock(certain(CHOSEN), truthOf(LABELS), mask, weights);
    const found = whole.finish()!;
    for (const [figure, value] of Object.entries(expected)) {
      t.ok(
        close(found.pairMeans![figure as 'q'], value, 1e-9),
        `${figure}: ${found.pairMeans![figure as 'q']}, ${value}`,
      );
    }
    const cut = createDiversity({ task: CLASSES, memberCount: 5 });
    for (let start = 0; start < ROWS; start += 96) {
      const end = Math.min(start + 96, ROWS);
      const own =
        mask &&
        Uint8Array.from({ length: 5 * (end - start) }, (_, at) => {
          return mask[Math.floor(at / (end - start)) * ROWS + start + (at % (end - start))]!;
        });
      const chosen = CHOSEN.map((labels) => labels.slice(start, end));
      cut.addBlock(
        certain(chosen),
        truthOf(LABELS.slice(start, end)),
        own,
        weights?.slice(start, end) ?? null,
      );
    }
    t.strictSame(cut.finish(), found);
  });
}

t.test(
  'ambiguity: what the weighted members err less than their mean does, for classes and for numbers',
  async (t) => {
    const random = randomStream(2);
    const weights = [1, 0, 3, 2];
    const rows = 30;
    const truth = {
      rows,
      labels: Int32Array.from({ length: rows }, () => random.below(3)),
      targets: new Float64Array(0),
    };
    const members = weights.map(() => ({
      ...{
        rows,
        outputs: 3,
        mean: randomProbabilities(rows, 3, random),
        logProbabilities: null,
        variance: null,
      },
    }));
    const rowWeights = Float32Array.from({ length: rows }, () => random.below(3));
    const accumulator = createDiversity({ task: CLASSES, memberCount: 4, weights });
    accumulator.addBlock(members, truth, null, rowWeights);
    const found = accumulator.finish()!;
    let [ensemble, each, total] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      total += rowWeights[row]!;
      for (let column = 0; column < 3; column++) {
        const expected = truth.labels[row] === column ? 1 : 0;
        const own = members.map(({ mean }) => mean[row * 3 + column]! - expected);
        ensemble += rowWeights[row]! * own.reduce((sum, error, i) => sum + (weights[i]! / 6) * error, 0) ** 2;
        each += rowWeights[row]! * own.reduce((sum, error, i) => sum + (weights[i]! / 6) * error ** 2, 0);
      }
    }
    t.ok(close(found.ensembleError, ensemble / total) && close(found.meanMember, each / total));
    t.ok(
      close(found.ambiguity, (each - ensemble) / total),
      'Krogh and Vedelsby: error = mean error − ambiguity',
    );
    t.equal(found.rows, rowWeights.filter((weight) => weight > 0).length);

    const values = [1, 5, 2, 2].map((y) => ({
      ...{ rows: 1, outputs: 2, mean: Float64Array.of(y, 2 * y), logProbabilities: null, variance: null },
    }));
    const numbers = createDiversity({ task: NUMBERS, memberCount: 4 });
    numbers.addBlock(values, { rows: 1, labels: new Int32Array(0), targets: Float64Array.of(0, 0) });
    // Values 1, 5, 2, 2 have mean 2.5 and variance 2.25; the second target twice that spread.
    t.strictSame(numbers.finish(), {
      ...{ memberCount: 4, rows: 1, pairMeans: null, pairs: null },
      ...{ ensembleError: 6.25 * 5, meanMember: 8.5 * 5, ambiguity: 2.25 * 5 },
    });
  },
);

t.test(
  'of known rows, out of bag, weights of members left out of rows are shared among the others',
  async (t) => {
    const members = certain([
      [0, 1],
      [0, 0],
      [2, 2],
    ]);
    const known = {
      ...{ task: CLASSES, members, truth: truthOf([0, 0]), weights: null, rows: 2, outputs: 3 },
      mask: Uint8Array.of(1, 1, 1, 0, 0, 0),
    } as unknown as KnownRows;
    const found = diversityOf(known, [1, 1, 5])!;
    t.equal(found.rows, 2);
    t.same(
      [found.meanMember, found.ambiguity],
      [1, 0],
      'right in the first row, wrong and alone in the second',
    );
    t.equal(found.pairs!.disagreement[0]![2], null, 'no row that both left out');
    const none = { ...known, mask: new Uint8Array(6) } as KnownRows;
    t.equal(diversityOf(none), null);
  },
);

t.test('one member makes no pairs; of very many their means cost too much', async (t) => {
  t.equal(of(certain([[0, 1]]), truthOf([0, 0])).pairMeans, null);
  const many = Array.from({ length: 129 }, () => [0]);
  t.equal(of(certain(many), truthOf([0])).pairMeans, null);
});
