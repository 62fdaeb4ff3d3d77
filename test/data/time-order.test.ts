// Rows in the order of time: the latest held out, members on stretches of time, gaps that are used for nothing.

import t from 'tap';
import { ranksOf } from '../../src/data/dataset/time-ranks.js';
import { datasetBytes, datasetFrom } from '../../src/data/dataset-bytes.js';
import { transformTable } from '../../src/data/preprocessing/preprocessing.js';
import { drawResample, outOfBagRows, type ResampleSource } from '../../src/data/resample.js';
import { splitRows } from '../../src/data/split.js';
import { drawCandidates } from '../../src/ensemble/member-rows.js';
import {
  createPool,
  crossValidate,
  Dataset,
  Ensemble,
  type LoadOptions,
  loadTraining,
  tableFromRecords,
  trainEnsemble,
} from '../../src/index.js';
import { RandomStream, streamKey } from '../../src/math/random.js';

const ROWS = 120;
/** Row numbers in another order than time: the 7th power of nothing, a step of 7 through them. */
const ranks = Int32Array.from({ length: ROWS }, (_, row) => (row * 7) % ROWS);
const all = Uint32Array.from({ length: ROWS }, (_, row) => row);
const source: ResampleSource = {
  rows: ROWS,
  labels: new Int32Array(0),
  groups: null,
  times: ranks,
  timeGap: 3,
};
const ranksAt = (rows: Iterable<number>) => Array.from(rows, (row) => ranks[row]!).sort((a, b) => a - b);

t.test('ranks of times are dense, equal for equal times', async (t) => {
  t.same([...ranksOf(Float64Array.of(5, -1, 5, 2, 7.5))], [2, 0, 2, 1, 3]);
});

t.test('the latest rows are taken out, with their time and the gap before them left aside', async (t) => {
  const cut = (options: object) => splitRows({ rows: ROWS, share: 0.25, seed: 1, times: ranks, ...options });
  const plain = cut({});
  t.same(ranksAt(plain.test), [...all.subarray(90)]);
  t.same(ranksAt(plain.train), [...all.subarray(0, 90)]);
  t.same(ranksAt(cut({ timeGap: 5 }).train), [...all.subarray(0, 85)]);
  t.same(cut({ seed: 9 }), plain, 'nothing is left to chance');
  const days = ranks.map((rank) => Math.floor(rank / 8));
  const daily = splitRows({ rows: ROWS, share: 0.25, seed: 1, times: days });
  t.equal(Math.min(...Array.from(daily.test, (row) => days[row]!)), 11, 'the whole of the day it begins on');
  t.equal(Math.max(...Array.from(daily.train, (row) => days[row]!)), 10);
  t.throws(() => cut({ timeGap: 90 }), { code: 'ERR_DATA', message: /gap of 90, got none/ });
  t.throws(() => splitRows({ rows: 9, share: 0.2, seed: 1, times: new Int32Array(9) }), { code: 'ERR_DATA' });
});

t.test(
  'a bootstrap draws blocks of rows that follow each other; rows near them are not out of bag',
  async (t) => {
    const spec = { kind: 'bootstrap', share: 1, block: 10 } as const;
    for (const member of [0, 1, 2, 3]) {
      const inBag = drawResample(spec, 5, member, source, all);
      t.equal(inBag.length, ROWS);
      for (let block = 0; block < ROWS; block += 10) {
        const first = ranks[inBag[block]!]!;
        t.same(
          Array.from(inBag.subarray(block, block + 10), (row) => ranks[row]!),
          Array.from({ length: 10 }, (_, at) => first + at),
        );
      }
      const drawn = new Set(ranksAt(inBag));
      const left = ranksAt(outOfBagRows(inBag, all, source));
      const expected = [...all].filter((rank) =>
        [-3, -2, -1, 0, 1, 2, 3].every((off) => !drawn.has(rank + off)),
      );
      t.same(left, expected);
      t.same(drawResample(spec, 5, member, source, all), inBag);
    }
    t.equal(new Set(drawResample({ kind: 'bootstrap', share: 1 }, 5, 0, source, all)).size % 1, 0);
    const half = drawResample({ kind: 'subsample', share: 0.5, block: 10 }, 5, 0, source, all);
    t.same([half.length, new Set(half).size], [60, 60]);
    const steps = ranksAt(half).filter((rank, at, own) => at > 0 && rank !== own[at - 1]! + 1).length;
    t.ok(steps <= 7, `${steps} gaps between blocks of ten`);
  },
);

t.test(
  'folds are stretches of time, every row is left out once, and the gap on either side is not trained on',
  async (t) => {
    const draw = (member: number) => drawResample({ kind: 'cv', folds: 4 }, 5, member, source, all);
    const folds = [0, 1, 2, 3].map((member) => ranksAt(outOfBagRows(draw(member), all, source)));
    t.same(folds.flat(), [...all]);
    t.same(folds[1], [...all.subarray(30, 60)]);
    t.same(ranksAt(draw(1)), [...all.subarray(0, 27), ...all.subarray(63)]);
    const again = [4, 5, 6, 7].map((member) => ranksAt(outOfBagRows(draw(member), all, source)));
    t.same(
      again.flat().sort((a, b) => a - b),
      [...all],
    );
    t.notSame(again, folds, 'and begin elsewhere when they are dealt anew');
  },
);

t.test('resamples that know no time are refused, and blocks without one', async (t) => {
  t.throws(() => drawResample({ kind: 'grouped', share: 1 }, 1, 0, source, all), {
    code: 'ERR_OPTION',
    message: /^Expected `resample` to be none, bootstrap, subsample or cv for rows in the order of time/,
  });
  const { times: _, ...timeless } = source;
  t.throws(() => drawResample({ kind: 'bootstrap', share: 1, block: 3 }, 1, 0, timeless, all), {
    code: 'ERR_OPTION',
    message: /^Expected `blockLength` to be absent for rows without a time/,
  });
});

const random = new RandomStream(streamKey(3, 'noise'));
/** A slow wave that x says nothing of: rows that follow each other tell each other's y. */
const records = Array.from({ length: 240 }, (_, row) => {
  const x = random.normal();
  const wave = Math.sin(row / 6);
  const day = new Date(Date.UTC(2024, 0, 1 + row)).toISOString().slice(0, 10);
  return { day, x, level: wave + 0.05 * random.normal(), y: x + 3 * wave + 0.1 * random.normal() };
});
const LOAD: LoadOptions = { target: 'y', timeColumn: 'day', testShare: 0.25, timeGap: 4 };
const shuffled = records.map((_, at) => records[(at * 11) % records.length]!);

t.test('a time column is no feature; it is kept with dataset, split and ensemble', async (t) => {
  const { train, test, preprocessing, rows, table } = loadTraining(tableFromRecords(shuffled), LOAD);
  t.same(
    preprocessing.features.map(({ column }) => column),
    ['x', 'level'],
  );
  const dayOf = (row: number) => table.columns[0]!.text(row);
  const firstTested = [...rows.test].map(dayOf).sort()[0]!;
  t.same([train.rows, test!.rows], [176, 60]);
  t.ok([...rows.train].every((row) => dayOf(row) < firstTested));
  t.match(train, { timeGap: 4, split: { timeGap: 4 }, times: { length: 176 } });
  t.equal(test!.times, undefined);
  t.strictSame(await datasetFrom(datasetBytes(train)), train);
  const { candidates, validation } = drawCandidates(
    { seed: 1, arithmetic: 'fused', members: [], validationShare: 0.1 },
    train,
  );
  t.equal(
    candidates.length + validation.length,
    172,
    'stopped on the latest of the rest, behind another gap',
  );
  const options = { members: 4, hidden: [8], epochs: 6, blockLength: 12, seed: 1 } as const;
  const trained = await trainEnsemble(train, options);
  const pool = createPool({ threads: 2 });
  const onThreads = await trainEnsemble(train, options, { runner: pool });
  await pool.close();
  t.same(
    onThreads.members.map(({ parameters }) => parameters),
    trained.members.map(({ parameters }) => parameters),
  );
  const ensemble = new Ensemble(trained);
  const path = `${t.testdir()}/e.tutti`;
  await ensemble.save(path);
  const loaded = await Ensemble.load(path);
  t.same(
    await loaded.evaluateOutOfBag(train),
    await ensemble.evaluateOutOfBag(train),
    'out of bag is drawn again',
  );
  await t.rejects(loaded.evaluateOutOfBag(transformTable(preprocessing, table, rows.train)), {
    code: 'ERR_DATA',
    message: /them without their (groups|times)/,
  });
  t.equal((await loaded.predict([{ x: 1, level: 0 }])).length, 1, 'a record needs no time');
});

t.test('out of bag in stretches says what later rows cost, where single rows flatter', async (t) => {
  // A counter in the place of the wave: neighbours in time have neighbouring counters, and tell each other's y.
  const counted = records.map(({ day, x, y }, row) => ({ day, count: row, y: y - x }));
  const outOfBag = async (load: Partial<LoadOptions>) => {
    const { train } = loadTraining(tableFromRecords(counted), { target: 'y', ...load });
    const stretch = 'timeColumn' in load ? { blockLength: 40 } : {};
    const trained = await trainEnsemble(train, {
      ...{ engine: 'neighbours', neighbours: 3, members: 12, seed: 1, ...stretch },
    } as never);
    return (await new Ensemble(trained).evaluateOutOfBag(train)).rmse!;
  };
  const single = await outOfBag({ drop: ['day'] });
  const stretches = await outOfBag({ timeColumn: 'day', timeGap: 5 });
  t.ok(stretches > 1.5 * single, `${stretches} in stretches, ${single} of single rows`);
});

t.test('cross-validation goes by the time column too, and arrays may have times', async (t) => {
  const table = tableFromRecords(records);
  const { kind, results } = await crossValidate(
    table,
    { members: 2, hidden: [], epochs: 2, seed: 1 },
    { folds: 3, load: { target: 'y', timeColumn: 'day' } },
  );
  t.equal(kind, 'timeOrdered');
  t.equal(results.length, 3);
  const arrays = Dataset.fromArrays({
    ...{ x: records.map(({ x }) => x), rows: 240, features: 1, targets: records.map(({ y }) => y) },
    ...{ times: records.map((_, row) => 1e9 + 60 * ((row * 7) % 240)), timeGap: 2 },
  });
  t.match(arrays, { timeGap: 2, times: Int32Array.from(records, (_, row) => (row * 7) % 240) });
  t.throws(() => Dataset.fromArrays({ ...arrays, times: arrays.times } as never), { code: 'ERR_OPTION' });
});

t.test('what makes no sense beside it is refused by name', async (t) => {
  const load = (options: object) =>
    loadTraining(tableFromRecords(records), { ...LOAD, ...options } as LoadOptions);
  t.throws(() => load({ groupColumn: 'level' }), { code: 'ERR_OPTION', message: /^Expected `groupColumn`/ });
  t.throws(() => load({ timeColumn: undefined }), { code: 'ERR_OPTION', message: /^Expected `timeGap`/ });
  t.throws(() => load({ timeColumn: 'x', target: 'x' }), { code: 'ERR_OPTION' });
  const gapped = records.map((record, row) => (row === 5 ? { ...record, day: '' } : record));
  t.throws(() => loadTraining(tableFromRecords(gapped), LOAD), {
    code: 'ERR_DATA',
    message: /day.*every row needs its time/,
  });
});
