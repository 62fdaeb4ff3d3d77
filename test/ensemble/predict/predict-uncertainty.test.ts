import t from 'tap';
import { loadData } from '../../../src/api/load-data.js';
import { predictEnsemble } from '../../../src/ensemble/predict/predict.js';
import { predictMembers } from '../../../src/ensemble/predict/predict-members.js';
import { predictUncertainty } from '../../../src/ensemble/predict/predict-uncertainty.js';
import { Ensemble, trainEnsemble } from '../../../src/index.js';
import { uncertaintyOf } from '../../../src/predictions/aggregate/uncertainty.js';
import { clusters, linear } from '../../support/datasets.js';

const PLAN = { members: 3, hidden: [6], epochs: 3, seed: 1 };

t.test('blocks of rows give what all rows at once do, beside what predict gives', async (t) => {
  const dataset = clusters(700, 4, 3);
  const ensemble = await trainEnsemble(dataset, PLAN);
  for (const weights of [undefined, [1, 0, 4]]) {
    const options = weights === undefined ? {} : { weights };
    const found = await predictUncertainty(ensemble, dataset, options);
    const members = await predictMembers(ensemble, dataset);
    const { predictions, ...uncertainty } = found;
    t.strictSame(uncertainty, uncertaintyOf(members, ensemble.task, { weights: weights ?? null }));
    t.strictSame(predictions, await predictEnsemble(ensemble, dataset, options));
  }
});

t.test('weights that members carry count', async (t) => {
  const dataset = clusters(60, 4, 3);
  const ensemble = await trainEnsemble(dataset, PLAN);
  const one = ensemble.withWeights([0, 1, 0]);
  t.ok((await one.uncertainty(dataset)).epistemic.every((value) => value === 0));
  t.ok((await ensemble.uncertainty(dataset)).epistemic.some((value) => value > 0));
});

t.test(
  'records are answered by objects: classes by numbers, numbers by the names of the targets',
  async (t) => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      ...{ a: i % 7, b: (i * i) % 11, kind: i % 7 > 3 ? 'big' : 'small' },
      ...{ y: 3 * (i % 7) + (i % 3), z: (i * i) % 11 },
    }));
    const { train } = await loadData(rows, { target: 'kind', drop: ['y', 'z'] });
    const classes = await trainEnsemble(train, PLAN);
    const records = rows.slice(0, 3).map(({ a, b }) => ({ a, b }));
    const [first] = await classes.uncertainty(records);
    const arrays = await classes.uncertainty(train);
    t.equal(first!.total, arrays.total![0]);
    t.equal(first!.epistemic, arrays.epistemic[0]);
    t.strictSame(first!.prediction, (await classes.predict(records))[0]);
    const numbers = await loadData(rows, { target: ['y', 'z'], drop: ['kind'] });
    const heads = await trainEnsemble(numbers.train, { ...PLAN, loss: 'gaussianNll' });
    const [of] = await heads.uncertainty(records);
    t.strictSame(Object.keys(of!.epistemic as object), ['y', 'z']);
    const total = of!.total as Record<string, number>;
    const { deviation } = (await heads.predict(records))[0] as { deviation: Record<string, number> };
    t.ok(Math.abs(Math.sqrt(total.y!) - deviation.y!) < 1e-9 * deviation.y!, 'its root is the deviation');
    const points = await trainEnsemble(numbers.train, PLAN);
    const [point] = await points.uncertainty(records);
    t.equal(point!.total, null);
    t.equal(point!.aleatoric, null);
  },
);

t.test('no rows, no members: one line each', async (t) => {
  const dataset = linear(40, 3);
  const ensemble = await trainEnsemble(dataset, PLAN);
  await t.rejects(ensemble.uncertainty(new Float64Array(0)), { code: 'ERR_SHAPE' });
  const none = new Ensemble({ ...ensemble.record, members: [] });
  await t.rejects(none.uncertainty(dataset), { code: 'ERR_BUNDLE' });
});
