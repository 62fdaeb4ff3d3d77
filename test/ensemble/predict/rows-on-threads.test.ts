// Many rows are predicted by threads, with the bytes that the calling thread gives; what threads cannot do is done there.

import t from 'tap';
import {
  createInlineRunner,
  createPool,
  createPredictor,
  evaluateEnsemble,
  evaluateOutOfBag,
  predictEnsemble,
  predictMembers,
  predictOutOfBag,
  type RowRunner,
  type TrainedEnsemble,
  trainEnsemble,
} from '../../../src/index.js';
import { clusters, linear } from '../../support/datasets.js';

const inline = createInlineRunner();
const options = { members: 3, hidden: [512, 512], epochs: 1, seed: 1, resample: 'bootstrap' } as const;
// Some 800 000 multiply-adds a row: threads are worth it from 1 300 rows.
const classes = clusters(2100, 12, 3);
const numbers = linear(2100, 6);
const trained: readonly (readonly [string, TrainedEnsemble, typeof classes])[] = [
  [
    'classes',
    await trainEnsemble(classes, { ...options, hiddenKeep: 0.9, featureShare: 0.5 }, { runner: inline }),
    classes,
  ],
  ['numbers', await trainEnsemble(numbers, options, { runner: inline }), numbers],
  [
    'Gaussian heads',
    await trainEnsemble(numbers, { ...options, loss: 'gaussianNll' }, { runner: inline }),
    numbers,
  ],
];

/** A pool that counts what it is asked, and may fail. */
function watched(pool: RowRunner, fails: (call: number) => boolean = () => false) {
  const asked: { rows: number; what: string }[] = [];
  let closed = 0;
  const runner: RowRunner = {
    threads: pool.threads,
    openRows(...given) {
      const session = pool.openRows!(...given);
      return {
        predict(rows) {
          asked.push({ rows: rows.rows, what: rows.what });
          return fails(asked.length) ? Promise.reject(new Error('lost')) : session.predict(rows);
        },
        close() {
          closed++;
          session.close();
        },
      };
    },
  };
  return { runner, asked, closed: () => closed };
}

for (const threads of [2, 3]) {
  t.test(`${threads} threads give the bytes of one`, async (t) => {
    await using pool = createPool({ threads });
    for (const [name, ensemble, dataset] of trained) {
      const { runner, asked, closed } = watched(pool);
      for (const aggregator of [
        'arithmeticMean',
        ...(name === 'numbers' ? [] : (['geometricMean'] as const)),
      ] as const) {
        const here = await predictEnsemble(ensemble, dataset, { runner: inline, aggregator });
        t.strictSame(
          await predictEnsemble(ensemble, dataset, { runner, aggregator }),
          here,
          `${name}, ${aggregator}`,
        );
      }
      t.strictSame(
        await predictMembers(ensemble, dataset, { runner }),
        await predictMembers(ensemble, dataset, { runner: inline }),
        `${name}, members`,
      );
      const evaluated = { replicates: 20, curves: false } as const;
      t.strictSame(
        await evaluateEnsemble(ensemble, dataset, { ...evaluated, runner }),
        await evaluateEnsemble(ensemble, dataset, { ...evaluated, runner: inline }),
        `${name}, measured`,
      );
      t.strictSame(
        await evaluateOutOfBag(ensemble, dataset, { replicates: 20, runner }),
        await evaluateOutOfBag(ensemble, dataset, { replicates: 20, runner: inline }),
        `${name}, measured out of bag`,
      );
      t.strictSame(
        await predictOutOfBag(ensemble, dataset, { runner }),
        await predictOutOfBag(ensemble, dataset, { runner: inline }),
        `${name}, out of bag`,
      );
      t.ok(asked.length >= 5 * threads, 'threads were asked');
      t.equal(
        asked.filter(({ what }) => what === 'members').reduce((sum, { rows }) => sum + rows, 0),
        4 * dataset.rows,
      );
      t.equal(closed(), name === 'numbers' ? 5 : 6, 'every session was closed');
    }
  });
}

t.test('a predictor keeps its session, also for several predictions at a time, and ends it', async (t) => {
  await using pool = createPool({ threads: 2 });
  const [, ensemble, dataset] = trained[0]!;
  const { runner, closed } = watched(pool);
  const predictor = await createPredictor(ensemble, { runner });
  const here = await predictEnsemble(ensemble, dataset, { runner: inline });
  const all = await Promise.all([1, 2, 3].map(() => predictor.predict(dataset)));
  for (const one of all) t.strictSame(one, here);
  t.equal(closed(), 0);
  const late = predictor.predict(dataset);
  predictor.dispose();
  await t.rejects(late, { code: 'ERR_CANCELLED' });
  t.equal(closed(), 1);
});

t.test('what a thread does not answer is predicted here', async (t) => {
  await using pool = createPool({ threads: 2 });
  const [, ensemble, dataset] = trained[0]!;
  const here = await predictEnsemble(ensemble, dataset, { runner: inline });
  const { runner, asked } = watched(pool, (call) => call % 2 === 0);
  t.strictSame(await predictEnsemble(ensemble, dataset, { runner }), here);
  t.ok(asked.length > 1);
});

t.test('an error names the row, as on the calling thread', async (t) => {
  await using pool = createPool({ threads: 2 });
  const [, ensemble, dataset] = trained[0]!;
  const x = Float64Array.from(dataset.x);
  x[1900 * dataset.features + 3] = Number.NaN;
  const said = async (runner: RowRunner) => {
    const error: unknown = await predictEnsemble(ensemble, x, { runner }).catch((error: unknown) => error);
    return error instanceof Error ? error.message : 'no error';
  };
  const message = await said(inline);
  t.match(message, /1900/);
  t.equal(await said(pool), message);
});

t.test('a signal ends it midway', async (t) => {
  await using pool = createPool({ threads: 2 });
  const [, ensemble, dataset] = trained[0]!;
  const controller = new AbortController();
  const { runner } = watched(pool, () => {
    controller.abort(new Error('enough'));
    return false;
  });
  await t.rejects(predictEnsemble(ensemble, dataset, { runner, signal: controller.signal }), {
    message: 'enough',
  });
});

t.test('few rows, and members that are no networks, stay on the calling thread', async (t) => {
  await using pool = createPool({ threads: 2 });
  const { runner, asked } = watched(pool);
  const [, ensemble, dataset] = trained[0]!;
  await predictEnsemble(ensemble, dataset.x.slice(0, 100 * dataset.features), { runner });
  const neighbours = await trainEnsemble(
    classes,
    { engine: 'neighbours', members: 2, seed: 1 },
    { runner: inline },
  );
  await predictEnsemble(neighbours, dataset, { runner });
  t.strictSame(asked, []);
});
