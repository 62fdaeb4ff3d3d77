// tutti/predict in Node.js, as programs get it: the answers of `Ensemble` to the bit, and every file refused that it refuses.

import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { bundleTarget } from '../../scripts/support/fuzz/bundle-target.js';
import { Draws } from '../../scripts/support/fuzz/draws.js';
import { smallSamples } from '../../scripts/support/fuzz/targets.js';
import { createInlineRunner, inspectEnsemble, type TuttiError, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { CASES, mixed, openEnsemble, PREDICT_FILE } from './support.js';

for (const [name, make] of Object.entries(CASES)) {
  t.test(`the same answers to the bit: ${name}`, async (t) => {
    const { ensemble, rows } = await make();
    const own = await openEnsemble(await ensemble.toBytes());
    t.equal(own.contentHash(), ensemble.contentHash());
    t.equal(own.memberCount, ensemble.members.length);
    t.strictSame(await own.predict(rows), await ensemble.predict(rows));
    t.strictSame(await own.predictMembers(rows), await ensemble.predictMembers(rows));
    t.strictSame(await own.uncertainty(rows), await ensemble.uncertainty(rows));
    const one = rows.slice(0, ensemble.features);
    t.strictSame(await own.predict(one), await ensemble.predict(one), 'of a single row');
    own.dispose();
    await t.rejects(own.predict(one), { code: 'ERR_CANCELLED' });
  });
}

t.test('kernels that emulate the multiply-add have the same bytes', async (t) => {
  const kernels = new URL('emulated.wasm', PREDICT_FILE);
  for (const name of ['classes', 'Gaussian', 'convolutions'] as const) {
    const { ensemble, rows } = await CASES[name]!();
    t.equal(ensemble.plan.arithmetic, 'fused');
    const own = await openEnsemble(await ensemble.toBytes(), { kernels });
    t.strictSame(await own.predictMembers(rows), await ensemble.predictMembers(rows), name);
    const one = rows.slice(0, ensemble.features);
    t.strictSame(await own.predict(one), await ensemble.predict(one));
  }
});

t.test('records are answered by objects, with what the training file had missing or as dates', async (t) => {
  const ensemble = await mixed();
  const own = await openEnsemble(await ensemble.toBytes());
  t.same(own.columns, ['city', 'area', 'built']);
  const records = [
    { city: 'Bern', area: 88, built: '2004-02-29' },
    { city: 'Basel', area: null, built: '1990-01-01' },
  ];
  const [first, second] = await own.predict(records);
  // As they are printed, though names in the module are short.
  t.same([own.constructor.name, first!.constructor.name], ['PortableEnsemble', 'PredictedValue']);
  t.strictSame(
    [first, second].map((row) => ({ ...row })),
    (await ensemble.predict(records)).map((row) => ({ ...row })),
  );
  t.same(JSON.stringify(await own.uncertainty(records)), JSON.stringify(await ensemble.uncertainty(records)));
  const changing = records.map((record) => ({ ...record }));
  const asked = [own.predict(changing), own.uncertainty(changing)];
  for (const record of changing) record.area = 1;
  const as = [own.predict(records), own.uncertainty(records)];
  t.same(
    JSON.stringify(await Promise.all(asked)),
    JSON.stringify(await Promise.all(as)),
    'as they were given',
  );
  const odd = [{ city: 'Chur', area: 1, built: '2000-01-01' }];
  const message = await ensemble.predict(odd).catch((error) => error.message);
  await t.rejects(own.predict(odd), { code: 'ERR_DATA', message });
});

t.test('calibrated, with a coverage, by weights and another aggregator', async (t) => {
  const runner = createInlineRunner();
  const data = clusters(300, 5, 3, 8);
  const trained = await trainEnsemble(
    data,
    { members: 8, hidden: [6], epochs: 4, resample: 'bootstrap', seed: 2 },
    { runner },
  );
  const fresh = clusters(40, 5, 3, 9).x;
  const calibrated = await (await trained.calibrate(data)).conformalise(data);
  const own = await openEnsemble(await calibrated.toBytes());
  for (const options of [
    {},
    { calibrated: false, weights: [1, 2, 3, 4, 0, 0, 1, 1] },
    { calibrated: false, aggregator: 'geometricMean' },
    { coverage: 0.9 },
    { coverage: 0.8, conformal: 'aps' },
  ] as const) {
    t.strictSame(
      await own.predict(fresh, options),
      await calibrated.predict(fresh, options),
      JSON.stringify(options),
    );
  }
});

t.test('from a path, a file URL, an address, a response and memory of any kind', async (t) => {
  const { ensemble, rows } = await CASES.classes!();
  const bytes = await ensemble.toBytes();
  const path = join(t.testdir({ 'e.tutti': Buffer.from(bytes) }), 'e.tutti');
  const server = createServer((request, response) => {
    if (request.url === '/e.tutti') response.end(bytes);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}/e.tutti`;
  const expected = (await ensemble.predict(rows)).mean;
  for (const source of [
    path,
    pathToFileURL(path),
    pathToFileURL(path).href,
    url,
    new URL(url),
    await fetch(url),
    Uint8Array.from(bytes).buffer,
    new Blob([Uint8Array.from(bytes)]),
  ]) {
    t.strictSame((await (await openEnsemble(source)).predict(rows)).mean, expected);
  }
  await t.rejects(openEnsemble(`${url}x`), { code: 'ERR_FILE', message: /404/ });
  await t.rejects(openEnsemble(`${path}x`), { code: 'ERR_FILE', message: /no such file/ });
  await t.rejects(openEnsemble('/dev/zero'), { code: 'ERR_FILE', message: /no file/ });
  await t.rejects(openEnsemble(3 as never), { code: 'ERR_OPTION' });
  await t.rejects(openEnsemble(bytes, { kernels: Uint8Array.of(1, 2) }), { code: 'ERR_EXECUTOR' });
  await t.rejects(openEnsemble(bytes, { kernel: 'x' } as never), { code: 'ERR_OPTION' });
  await t.rejects(openEnsemble(path, { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
});

t.test('a file that was changed is read, or refused, as `loadEnsemble` does', async (t) => {
  const samples = await smallSamples();
  const target = bundleTarget(samples);
  let read = 0;
  for (let seed = 1; seed <= 120; seed++) {
    const bytes = target.make(new Draws(seed, 0));
    const outcome = async (act: () => Promise<string>) => {
      try {
        return await act();
      } catch (error) {
        return (error as TuttiError).code ?? String(error);
      }
    };
    const expected = await outcome(async () => (await inspectEnsemble(bytes)).contentHash);
    const got = await outcome(async () => {
      const own = await openEnsemble(bytes);
      const hash = own.contentHash();
      own.dispose();
      return hash;
    });
    if (got === 'ERR_ENGINE_MISSING') continue;
    if (got !== expected) t.fail(`seed ${seed}: ${got} instead of ${expected}`);
    if (!got.startsWith('ERR_')) read++;
  }
  t.ok(read > 8, `${read} were read`);
});
