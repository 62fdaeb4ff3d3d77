import t from 'tap';
import {
  drawFeatureSubset,
  drawResample,
  outOfBagRows,
  type ResampleSource,
  type ResampleSpec,
  splitOutOfBagHalf,
} from '../../src/data/resample.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { allRows, failure } from './helpers.js';

const plain = (rows: number): ResampleSource => ({ rows, labels: new Int32Array(0), groups: null });
const classes = (labels: readonly number[]): ResampleSource => ({
  rows: labels.length,
  labels: Int32Array.from(labels),
  groups: null,
});
const grouped = (groups: readonly number[]): ResampleSource => ({
  rows: groups.length,
  labels: new Int32Array(0),
  groups: Int32Array.from(groups),
});
const draw = (spec: ResampleSpec, source: ResampleSource, seed = 1, member = 0): Uint32Array =>
  drawResample(spec, seed, member, source, allRows(source));

/** How many times each row was drawn. */
function timesDrawn(drawn: Uint32Array, rows: number): Uint32Array {
  const counts = new Uint32Array(rows);
  for (const row of drawn) counts[row]!++;
  return counts;
}

t.test('none is every candidate once', async (t) => {
  t.same(draw({ kind: 'none' }, plain(5)), Uint32Array.of(0, 1, 2, 3, 4));
});

t.test('a bootstrap is below(n) of the stream (seed, resample, member), n times', async (t) => {
  const stream = new RandomStream(streamKey(5, 'resample', 3));
  const expected = Array.from({ length: 100 }, () => stream.below(100));
  t.same(Array.from(draw({ kind: 'bootstrap', share: 1 }, plain(100), 5, 3)), expected);
});

t.test('the share of distinct rows in a bootstrap tends to 1 − 1/e', async (t) => {
  const rows = 100000;
  const drawn = new Set(draw({ kind: 'bootstrap', share: 1 }, plain(rows))).size / rows;
  // The deviation of the share is √((1/e)(1 − 2/e)/n) = 0.0010.
  t.ok(Math.abs(drawn - (1 - Math.exp(-1))) < 0.004, `share ${drawn}`);
});

t.test('a bootstrap of a share draws round(share · n) rows, at least one', async (t) => {
  t.equal(draw({ kind: 'bootstrap', share: 0.25 }, plain(10)).length, 3);
  t.equal(draw({ kind: 'bootstrap', share: 0.01 }, plain(10)).length, 1);
});

t.test('a bootstrap draws every candidate equally often and nothing else', async (t) => {
  const candidates = Uint32Array.of(2, 3, 5, 7, 11);
  const counts = new Map<number, number>();
  for (let member = 0; member < 4000; member++) {
    for (const row of drawResample({ kind: 'bootstrap', share: 1 }, 1, member, plain(20), candidates)) {
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
  }
  t.same(
    [...counts.keys()].sort((a, b) => a - b),
    [2, 3, 5, 7, 11],
  );
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 4000) ** 2 / 4000, 0);
  t.ok(chiSquare < 18.5, `chi-square ${chiSquare}, 4 degrees of freedom, 99.9 % point 18.5`);
});

t.test('a subsample is distinct rows, each equally likely', async (t) => {
  const drawn = draw({ kind: 'subsample', share: 0.6 }, plain(1000));
  t.equal(drawn.length, 600);
  t.equal(new Set(drawn).size, 600);
  const counts = new Array<number>(10).fill(0);
  for (let member = 0; member < 4000; member++) {
    for (const row of draw({ kind: 'subsample', share: 0.3 }, plain(10), 1, member)) counts[row]!++;
  }
  t.ok(counts.every((count) => Math.abs(count - 1200) < 4 * Math.sqrt(4000 * 0.3 * 0.7)));
});

t.test('a stratified draw takes exactly n_c rows of each class, with replacement', async (t) => {
  const source = classes(
    Array.from({ length: 1000 }, (_, row) => (row % 10 === 0 ? 2 : row % 3 === 0 ? 1 : 0)),
  );
  const tally = (rows: Uint32Array): number[] => {
    const counts = [0, 0, 0];
    for (const row of rows) counts[source.labels[row]!]!++;
    return counts;
  };
  const full = draw({ kind: 'stratified', share: 1 }, source);
  t.same(tally(full), tally(allRows(source)));
  t.ok(new Set(full).size < 700, 'with replacement');
  t.same(
    tally(draw({ kind: 'stratified', share: 0.5 }, source)),
    tally(allRows(source)).map((count) => Math.round(count / 2)),
  );
});

t.test('a stratified draw keeps a class of one row', async (t) => {
  const source = classes([0, 0, 0, 0, 0, 1]);
  t.ok(draw({ kind: 'stratified', share: 0.2 }, source).includes(5));
});

t.test('a grouped draw takes whole groups; out of bag are the rows of undrawn groups', async (t) => {
  const source = grouped(Array.from({ length: 300 }, (_, row) => (row * 7) % 50));
  const drawn = draw({ kind: 'grouped', share: 1 }, source);
  const counts = timesDrawn(drawn, source.rows);
  const timesOf = new Map<number, number>();
  source.groups!.forEach((group, row) => {
    t.equal(timesOf.get(group) ?? counts[row], counts[row], 'rows of a group are drawn equally often');
    timesOf.set(group, counts[row]!);
  });
  t.equal(
    [...timesOf.values()].reduce((a, b) => a + b),
    50,
    '50 groups, 50 draws',
  );
  const outOfBag = outOfBagRows(drawn, allRows(source), source);
  t.ok(outOfBag.length > 0);
  t.ok(outOfBag.every((row) => timesOf.get(source.groups![row]!) === 0));
  t.equal(outOfBag.length, counts.filter((count) => count === 0).length);
});

t.test('in bag and out of bag partition the candidates', async (t) => {
  const candidates = Uint32Array.from({ length: 60 }, (_, i) => 3 * i);
  const drawn = drawResample({ kind: 'bootstrap', share: 1 }, 9, 1, plain(200), candidates);
  const outOfBag = outOfBagRows(drawn, candidates, { rows: 200 });
  t.same(
    [...new Set(drawn), ...outOfBag].sort((a, b) => a - b),
    Array.from(candidates),
  );
  t.equal(
    timesDrawn(drawn, 200).reduce((a, b) => a + b),
    60,
  );
});

t.test('draws depend on seed and member, and on nothing else', async (t) => {
  const spec = { kind: 'bootstrap', share: 1 } as const;
  t.same(draw(spec, plain(50), 1, 2), draw(spec, plain(50), 1, 2));
  t.notSame(draw(spec, plain(50), 1, 2), draw(spec, plain(50), 1, 3));
  t.notSame(draw(spec, plain(50), 1, 2), draw(spec, plain(50), 2, 2));
});

t.test('impossible draws are refused', async (t) => {
  for (const share of [0, -1, 1.5, Number.NaN]) {
    t.match(
      failure(() => draw({ kind: 'bootstrap', share }, plain(5))),
      `ERR_OPTION Expected \`resample share\` to be a number in (0, 1], got ${share}`,
    );
  }
  t.match(
    failure(() => draw({ kind: 'stratified', share: 1 }, plain(5))),
    /^ERR_OPTION .*regression/,
  );
  t.match(
    failure(() => draw({ kind: 'grouped', share: 1 }, plain(5))),
    /^ERR_OPTION .*group column/,
  );
  t.match(
    failure(() => drawResample({ kind: 'none' }, 1, 0, plain(5), new Uint32Array(0))),
    /^ERR_DATA Expected rows to draw from/,
  );
});

t.test('a random subspace is distinct ascending features, null when it is all of them', async (t) => {
  const subset = drawFeatureSubset(0.5, 1, 4, 64)!;
  t.equal(subset.length, 32);
  t.same(subset, Uint32Array.from(new Set(subset)).sort());
  t.ok(subset.every((feature) => feature < 64));
  t.notSame(subset, drawFeatureSubset(0.5, 1, 5, 64));
  t.equal(drawFeatureSubset(1, 1, 0, 64), null);
  t.equal(drawFeatureSubset(0.001, 1, 0, 64)?.length, 1);
  t.match(
    failure(() => drawFeatureSubset(0, 1, 0, 64)),
    /^ERR_OPTION Expected `featureShare`/,
  );
});

t.test('the out-of-bag halves partition the rows, about evenly', async (t) => {
  const rows = Uint32Array.from({ length: 10000 }, (_, row) => row);
  const { stopping, figures } = splitOutOfBagHalf(rows, 1, 0);
  t.same(Uint32Array.of(...stopping, ...figures).sort(), rows);
  t.ok(Math.abs(stopping.length - 5000) < 200, `${stopping.length} of 10000`);
});

t.test("a row's half does not depend on which other rows are out of bag, but on the member", async (t) => {
  const all = splitOutOfBagHalf(
    Uint32Array.from({ length: 100 }, (_, row) => row),
    1,
    0,
  );
  const odd = splitOutOfBagHalf(
    Uint32Array.from({ length: 50 }, (_, i) => 2 * i + 1),
    1,
    0,
  );
  t.same(
    odd.stopping,
    all.stopping.filter((row) => row % 2 === 1),
  );
  t.notSame(splitOutOfBagHalf(all.stopping, 1, 1).figures.length, 0);
});

t.test('the out-of-bag halves share no group', async (t) => {
  const groups = Int32Array.from({ length: 400 }, (_, row) => row % 40);
  const { stopping, figures } = splitOutOfBagHalf(allRows({ rows: 400 }), 3, 0, groups);
  t.ok(stopping.length > 0 && figures.length > 0);
  const stopped = new Set(Array.from(stopping, (row) => groups[row]));
  t.notOk(figures.some((row) => stopped.has(groups[row])));
});
