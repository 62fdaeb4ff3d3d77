import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { saveEnsemble as saveToPathOrBytes } from '../../src/api/saved-ensembles.js';
import { contentHash } from '../../src/bundle/content-hash.js';
import { inspectEnsemble, loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes, saveEnsemble } from '../../src/bundle/save.js';
import { sortedJson } from '../../src/files/sorted-plain.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { makeEnsemble, makeIncomplete } from './support.js';

t.test('an ensemble comes back as it was, its weights in shared memory', async (t) => {
  const path = join(t.testdir(), 'a.tutti');
  const ensemble = makeEnsemble();
  const saved = await saveEnsemble(ensemble, path);
  const loaded = await loadEnsemble(path);
  t.same(loaded, ensemble);
  t.equal(saved.contentHash, contentHash(loaded));
  t.equal(saved.bytes, (await readFile(path)).length);
  for (const { parameters: weights } of loaded.members) t.type(weights.buffer, SharedArrayBuffer);
  t.same(await readdir(t.testdirName), ['a.tutti'], 'no temporary file remains');
});

t.test('the finished members of an incomplete ensemble are kept with what failed', async (t) => {
  const path = join(t.testdir(), 'a.tutti');
  await saveEnsemble(makeIncomplete(), path);
  const loaded = await loadEnsemble(path);
  t.equal(loaded.complete, false);
  t.equal(loaded.plan.members.length, 3);
  t.same(
    loaded.members.map(({ index }) => index),
    [0, 2],
  );
  t.match(loaded.failures, [{ index: 1, error: { code: 'ERR_DIVERGED', details: { epoch: 3 } } }]);
});

t.test('the content hash is the SHA-256 of sorted-key JSON and little-endian weights', async (t) => {
  const ensemble = makeEnsemble();
  const { plan, preprocessing, datasetHash } = ensemble;
  const hash = createHash('sha256').update(sortedJson({ ...plan, preprocessing, datasetHash }));
  for (const { parameters: weights } of ensemble.members) {
    const view = new DataView(new ArrayBuffer(weights.byteLength));
    weights.forEach((weight, i) => {
      view.setFloat32(4 * i, weight, true);
    });
    hash.update(new Uint8Array(view.buffer));
  }
  t.equal(contentHash(ensemble), hash.digest('hex'));
  t.equal(sortedJson({ b: [{ d: 1, c: null }], a: 'x' }), '{"a":"x","b":[{"c":null,"d":1}]}');
});

t.test('time, failures and metrics leave the content hash alone; specs and weights do not', async (t) => {
  const ensemble = makeEnsemble();
  const hash = contentHash(ensemble);
  t.equal(
    contentHash({ ...ensemble, wallMs: 1, complete: false, failures: makeIncomplete().failures }),
    hash,
  );
  t.not(contentHash({ ...ensemble, plan: { ...ensemble.plan, seed: 8 } }), hash);
  t.not(contentHash({ ...ensemble, plan: { ...ensemble.plan, arithmetic: 'fused' } }), hash);
  t.not(contentHash({ ...ensemble, preprocessing: null }), hash);
  t.not(contentHash({ ...ensemble, datasetHash: 'cd'.repeat(32) }), hash);
  t.not(contentHash(makeIncomplete()), hash);
  ensemble.members[2]!.parameters[0]! += 1;
  t.not(contentHash(ensemble), hash);
});

t.test('weights longer than one piece pass through whole', async (t) => {
  const path = join(t.testdir(), 'a.tutti');
  const ensemble = makeEnsemble();
  const spec = networkSpecs(ensemble.plan)[0]!;
  const network = {
    ...spec.network,
    layers: [{ kind: 'dense', units: 40_000, activation: 'relu' }],
  } as const;
  const weights = new Float32Array(new SharedArrayBuffer(4 * 280_003));
  weights.set(Float32Array.from({ length: 280_003 }, (_, i) => i));
  const large = {
    ...ensemble,
    plan: { ...ensemble.plan, members: [{ ...spec, network }] },
    members: [{ ...ensemble.members[0]!, parameters: weights }],
  };
  const saved = await saveEnsemble(large, path);
  const loaded = await loadEnsemble(path);
  t.equal(contentHash(loaded), saved.contentHash);
  t.same(loaded.members[0]!.parameters, weights);
});

t.test('the environment and a report are stored beside the ensemble', async (t) => {
  const path = join(t.testdir(), 'a.tutti');
  const saved = await saveEnsemble(makeEnsemble(), path, { report: { accuracy: 0.5, none: undefined } });
  const inspected = await inspectEnsemble(path);
  t.match(inspected.environment, { node: process.versions.node, platform: process.platform });
  t.same(inspected.report, { accuracy: 0.5 });
  const circle: Record<string, unknown> = {};
  circle.itself = circle;
  for (const report of [circle, { big: 1n }]) {
    const plain = { code: 'ERR_OPTION', message: /^Expected `report` to be plain JSON, got an object/ };
    await t.rejects(saveEnsemble(makeEnsemble(), path, { report }), plain);
  }
  t.equal(inspected.contentHash, saved.contentHash);
  t.equal(inspected.formatVersion, 5);
});

t.test('a former file is replaced, and through a symbolic link the link stays', async (t) => {
  const folder = t.testdir({ 'a.tutti': 'old', link: t.fixture('symlink', 'a.tutti') });
  await saveEnsemble(makeEnsemble(), join(folder, 'link'));
  t.equal((await loadEnsemble(join(folder, 'a.tutti'))).members.length, 3);
  await symlink('missing-target', join(folder, 'dangling'));
  t.same((await readdir(folder)).sort(), ['a.tutti', 'dangling', 'link']);
});

t.test('what cannot be saved is refused and leaves nothing behind', async (t) => {
  const folder = t.testdir({ file: 'x' });
  await mkdir(join(folder, 'sub'));
  const ensemble = makeEnsemble();
  const refused = { code: 'ERR_FILE', exitStatus: 2 };
  await t.rejects(saveEnsemble(ensemble, join(folder, 'none/a.tutti')), refused);
  await t.rejects(saveEnsemble(ensemble, join(folder, 'file/a.tutti')), refused);
  await t.rejects(saveEnsemble(ensemble, join(folder, 'sub')), refused);
  await t.rejects(saveEnsemble(ensemble, join(folder, 'x'.repeat(300))), refused);
  await t.rejects(saveEnsemble(ensemble, '/dev/null'), refused);
  await t.rejects(saveEnsemble(ensemble, '/proc/a.tutti'), refused);
  await t.rejects(saveEnsemble({ ...ensemble, members: [] }, join(folder, 'a.tutti')), {
    code: 'ERR_BUNDLE',
  });
  t.same((await readdir(folder)).sort(), ['file', 'sub']);
  await writeFile(join(folder, 'file'), 'still writable');
});

t.test('the bytes of a file and those made in memory are the same, and either loads', async (t) => {
  const ensemble = makeEnsemble();
  const path = join(t.testdir(), 'a.tutti');
  const saved = await saveEnsemble(ensemble, path);
  const bytes = ensembleToBytes(ensemble);
  t.equal(bytes.length, saved.bytes);
  t.strictSame(await loadEnsemble(bytes), ensemble);
  t.strictSame(await loadEnsemble(await readFile(path)), ensemble);
  const within = new Uint8Array(bytes.length + 9);
  within.set(bytes, 5);
  t.strictSame(await loadEnsemble(within.subarray(5, 5 + bytes.length)), ensemble);
  const { contentHash: hash, bytes: length } = await inspectEnsemble(bytes);
  t.same([hash, length], [saved.contentHash, bytes.length]);
});

t.test('a file has a URL too, and bytes may be an ArrayBuffer', async (t) => {
  const ensemble = makeEnsemble();
  const url = pathToFileURL(join(t.testdir(), 'with space.tutti'));
  const saved = await saveEnsemble(ensemble, url);
  t.strictSame(await loadEnsemble(url), ensemble);
  const bytes = await saveToPathOrBytes(ensemble, null);
  t.equal(bytes.length, saved.bytes);
  t.strictSame(await loadEnsemble(bytes.buffer as ArrayBuffer), ensemble);
  t.same(bytes, ensembleToBytes(ensemble));
  const stopped = saveToPathOrBytes(ensemble, null, { signal: AbortSignal.abort(new Error('no more')) });
  await t.rejects(stopped, { message: 'no more' });
});

t.test('what is wrong with bytes is said without them', async (t) => {
  const bytes = ensembleToBytes(makeEnsemble());
  const message = /^The saved ensemble is truncated: 99 of \d+ bytes$/;
  await t.rejects(loadEnsemble(bytes.subarray(0, 99)), { code: 'ERR_BUNDLE', message });
  for (const [source, got] of [
    [new URL('https://example.org/a.tutti'), 'an instance of URL'],
    [Float32Array.from(bytes), `Float32Array of length ${bytes.length}`],
    [[...bytes], `a list of ${bytes.length} items`],
    [undefined, 'nothing'],
  ] as const) {
    const error = await loadEnsemble(source as never).catch(
      (reason: Error) => reason as Error & { code?: string },
    );
    t.match(error, {
      code: 'ERR_OPTION',
      message: /^Expected a saved ensemble to be a path, a file URL, or its bytes/,
    });
    t.ok((error as Error).message.endsWith(`, got ${got}`), (error as Error).message);
  }
  await t.rejects(saveEnsemble(makeEnsemble(), bytes as never), {
    code: 'ERR_OPTION',
    message: /^Expected `path` to be the path of the file to write, got \w+ of length \d+$/,
  });
  await t.rejects(loadEnsemble(bytes, { allow: [] } as never), {
    code: 'ERR_OPTION',
    message: /Unknown option `allow`/,
  });
});
