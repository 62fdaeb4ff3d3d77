// Intervals and sets of ensembles that were trained: the same however rows are predicted, from files too, of calibrated
// probabilities where those are shown, and refused where nothing is guaranteed.

import { join } from 'node:path';
import t from 'tap';
import { applyCalibration } from '../../../src/calibration/apply-calibration.js';
import { knownUniforms, rowUniforms } from '../../../src/conformal/row-uniforms.js';
import {
  aggregate,
  createInlineRunner,
  createPool,
  createPredictor,
  Dataset,
  Ensemble,
  loadData,
  predictEnsemble,
  predictMembers,
  predictOutOfBag,
  trainEnsemble,
} from '../../../src/index.js';
import { scoreOf } from '../../conformal/brute-force.js';
import { clusters, linear } from '../../support/datasets.js';

const runner = createInlineRunner();
const OPTIONS = { members: 9, hidden: [6], epochs: 3, seed: 1, resample: 'bootstrap' } as const;
const classes = clusters(240, 4, 3);
const numbers = linear(240, 4, 2);
const classifier = await (await trainEnsemble(classes, OPTIONS, { runner })).conformalise(classes);
const regression = await (await trainEnsemble(numbers, OPTIONS, { runner })).conformalise(numbers);

t.test('threads give the bytes of one, and a row has the set it has beside others', async (t) => {
  const many = clusters(1300, 12, 3);
  const wide = { ...OPTIONS, members: 3, hidden: [512, 512], epochs: 1 } as const;
  const ensemble = await (await trainEnsemble(many, wide, { runner })).conformalise(many);
  await using pool = createPool({ threads: 2 });
  let sent = 0;
  const watched = {
    threads: pool.threads,
    openRows: (...given: Parameters<NonNullable<typeof pool.openRows>>) => {
      sent++;
      return pool.openRows!(...given);
    },
  };
  for (const conformal of ['lac', 'raps'] as const) {
    const asked = { coverage: 0.9, conformal };
    const here = await predictEnsemble(ensemble, many, { ...asked, runner });
    t.strictSame(await predictEnsemble(ensemble, many, { ...asked, runner: watched }), here, conformal);
    using predictor = await createPredictor(ensemble, { ...asked, runner });
    for (const row of [0, 257, 1299]) {
      const one = await predictor.predict(many.x.subarray(12 * row, 12 * (row + 1)));
      t.same(one.sets, here.sets!.subarray(3 * row, 3 * (row + 1)), `${conformal}, row ${row} alone`);
    }
  }
  t.equal(sent, 2, 'threads were asked');
});

t.test('sets are of the probabilities that are shown: calibrated ones', async (t) => {
  const found = (await predictOutOfBag(classifier, classes))!;
  const rows = [...found.index.keys()].filter((at) => found.memberCounts[at]! > 0);
  const mask = Uint8Array.from({ length: 9 * rows.length }, (_, at) => {
    const member = Math.floor(at / rows.length);
    return found.mask[member * found.index.length + rows[at % rows.length]!]!;
  });
  const fresh = clusters(12, 4, 3, 1);
  const members = await predictMembers(classifier, fresh);
  const uniforms = knownUniforms(rows.length);
  const uniformOf = rowUniforms(4);
  for (const method of ['temperature', 'vector'] as const) {
    const ensemble = await (await classifier.calibrate(classes, { method })).conformalise(classes);
    t.match(ensemble.conformity, { calibrated: true, rows: rows.length });
    const known = applyCalibration(ensemble.calibration!, found);
    for (const conformal of ['lac', 'aps'] as const) {
      const { sets } = await predictEnsemble(ensemble, fresh, { coverage: 0.85, conformal });
      for (let row = 0; row < 12; row++) {
        const u = uniformOf(fresh.x, row);
        const copies = members.map((member) => repeat(member, row, rows.length));
        const raw = aggregate('arithmeticMean', copies, classes.task, { mask });
        const without = applyCalibration(ensemble.calibration!, raw);
        const outside = [0, 0, 0];
        for (const [i, at] of rows.entries()) {
          const p = [...known.mean.slice(3 * at, 3 * at + 3)];
          const q = [...without.mean.slice(3 * i, 3 * i + 3)];
          const mine = scoreOf(conformal, p, classes.labels[found.index[at]!]!, uniforms[i]!);
          for (let y = 0; y < 3; y++) if (mine < scoreOf(conformal, q, y, u) - 1e-6) outside[y]!++;
        }
        const expected = outside.map((count) => (count < 0.85 * (rows.length + 1) ? 1 : 0));
        t.same([...sets!.slice(3 * row, 3 * row + 3)], expected, `${method}, ${conformal}, row ${row}`);
      }
    }
  }
});

function repeat(member: Awaited<ReturnType<typeof predictMembers>>[number], row: number, rows: number) {
  const mean = new Float32Array(3 * rows);
  for (let at = 0; at < mean.length; at++) mean[at] = member.mean[3 * row + (at % 3)]!;
  return { rows, outputs: 3, mean, logProbabilities: null, variance: null };
}

t.test('a saved ensemble guarantees the same', async (t) => {
  const path = join(t.testdir({}), 'saved.tutti');
  await regression.save(path);
  const loaded = await Ensemble.load(path);
  const asked = { coverage: 0.9 };
  t.strictSame(await loaded.predict(numbers, asked), await regression.predict(numbers, asked));
});

t.test('records carry intervals by name, or a set, and throw for the other', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    x: i,
    y: 2 * i + (i % 5),
    kind: i < 30 ? 'low' : 'high',
  }));
  const values = await loadData(rows, { target: ['y'], drop: ['kind'] });
  const trained = await trainEnsemble(values.train, { ...OPTIONS, earlyStopping: 'none' }, { runner });
  const line = await trained.conformalise(values.train);
  const [plain] = await line.predict([{ x: 20 }]);
  t.notOk(Object.hasOwn(plain, 'interval'), 'none without a coverage');
  const [row] = await line.predict([{ x: 20 }], { coverage: 0.8 });
  t.same(row.intervals, { y: row.interval });
  const arrays = await line.predict(Float64Array.of(20), { coverage: 0.8 });
  t.same(row.interval, { lower: arrays.lower![0], upper: arrays.upper![0] });
  t.throws(() => (row as { set: unknown }).set, { code: 'ERR_OPTION' });

  const kinds = await loadData(rows, { target: 'kind', drop: ['y'] });
  const own = await trainEnsemble(kinds.train, { ...OPTIONS, earlyStopping: 'none' }, { runner });
  const [kind] = await (await own.conformalise(kinds.train)).predict([{ x: 2 }], { coverage: 0.9 });
  t.ok(kind.set!.every((name) => name === 'low' || name === 'high'));
  t.throws(() => (kind as { interval: unknown }).interval, { code: 'ERR_OPTION' });
});

t.test('rows that members share are scored by others, set apart', async (t) => {
  const shared = await trainEnsemble(classes, { ...OPTIONS, resample: 'none' }, { runner });
  await t.rejects(shared.conformalise(classes), { code: 'ERR_DATA', message: /every member saw every row/ });
  const apart = clusters(90, 4, 3, 1);
  const split = await shared.conformalise(apart);
  t.match(split.conformity, { method: 'split', rows: 90, mask: null });
  t.equal((await split.predict(apart, { coverage: 0.9 })).sets!.length, 270);
});

t.test('groups left out whole count as one each', async (t) => {
  const { x, rows, features, labels } = classes;
  const groups = Int32Array.from({ length: rows }, (_, row) => row % 24);
  const grouped = Dataset.fromArrays({ x, rows, features, labels, groups });
  const whole = await trainEnsemble(grouped, { ...OPTIONS, resample: 'grouped' }, { runner });
  const { memberCounts, index } = (await predictOutOfBag(whole, grouped))!;
  const left = new Set([...index].filter((_, at) => memberCounts[at]! > 0).map((row) => groups[row]!));
  t.equal((await whole.conformalise(grouped)).conformity!.groups, left.size);
  await t.rejects((await whole.conformalise(grouped)).predict(x, { coverage: 0.97 }), {
    message: new RegExp(`needs at least 33 groups out of bag, got ${left.size};`),
  });
  // Members that saw other rows of a row's group tell nothing of new groups.
  const single = await trainEnsemble(grouped, OPTIONS, { runner });
  t.equal((await single.conformalise(grouped)).conformity!.groups, null);
});

t.test('what is not guaranteed is refused in a line', async (t) => {
  const refused = async (
    ensemble: Ensemble,
    options: Parameters<Ensemble['predictor']>[0],
    message: RegExp,
    code = 'ERR_OPTION',
  ) => t.rejects(ensemble.predict(new Float64Array(4), options), { code, message }, `${message}`);
  await refused(
    regression,
    { coverage: 1.2 },
    /`coverage` to be a number > 0 and < 1, such as 0\.9, got 1\.2/,
  );
  await refused(regression, { coverage: 0 }, /`coverage` to be/);
  await refused(regression, { coverage: '0.9' as never }, /`coverage` to be .* got "0\.9"/);
  await refused(regression, { coverage: 0.999 }, /needs at least 999 rows out of bag, got/, 'ERR_DATA');
  await refused(regression, { coverage: 0.9, conformal: 'lac' }, /`conformal` to be absent for regression/);
  await refused(classifier, { conformal: 'aps' }, /`conformal` to be absent unless `coverage` is given/);
  await refused(classifier, { coverage: 0.9, conformal: 'asp' as never }, /did you mean "aps"/);
  await refused(
    classifier,
    { coverage: 0.9, aggregator: 'geometricMean' },
    /`aggregator` to be arithmeticMean with `coverage`, .*got "geometricMean"/,
  );
  await refused(classifier, { coverage: 0.9, weights: new Array(9).fill(1) }, /`weights` to be absent with/);
  await refused(regression, { coverage: 0.9, clip: true }, /`clip` to be absent with `coverage`/);
  const bare = classifier.withWeights(null);
  await refused(
    bare as Ensemble,
    { coverage: 0.9 },
    /keeps no scores of rows that members never saw; `tutti calibrate`/,
    'ERR_DATA',
  );
  await t.rejects(classifier.conformalise(classes, { rowsFrom: 'heldOut' }), {
    message: /`rowsFrom` to be outOfBag for the rows that the ensemble was trained on/,
  });
});
