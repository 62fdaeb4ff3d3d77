// Saved ensembles whose members have stored models: what comes back, what their content hash is, and files that
// claim what is not so. None of it runs a module.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Packr } from 'msgpackr/pack';
import t, { type Test } from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { inspectEnsemble, loadEnsemble } from '../../src/bundle/load.js';
import { metadataOf } from '../../src/bundle/metadata.js';
import { saveEnsemble } from '../../src/bundle/save.js';
import type { TrainedEnsemble, TrainedMember } from '../../src/ensemble/ensemble.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import { packArrays } from '../../src/files/plain-data.js';
import { sortedJson } from '../../src/files/sorted-plain.js';
import { moduleKey } from '../../src/training/options/member-engine.js';
import { resolvePlan } from '../../src/training/options/options.js';
import { forge, type Mutable, makeEnsemble, seal } from './support.js';

const MODULE = { path: 'learners/tree.mjs', hash: 'cd'.repeat(32) };
const TOPOLOGY = '{"class_name":"Sequential"}';

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** A network, a learner's member, one whose model is no bytes at all, and a tfjs member. */
function makeMixed(): TrainedEnsemble {
  const { members: networks, ...rest } = makeEnsemble();
  const own = [
    { learner: 'tree.mjs', learnerOptions: { depth: 3, names: ['a', null] } },
    { learner: 'tree.mjs', featureShare: 0.5 },
    { engine: 'tfjs', model: 'net.mjs' },
  ] as const;
  const modules = new Map(own.map((options) => [moduleKey(options), { module: MODULE, translated: null }]));
  const context = {
    task: rest.task,
    features: rest.features,
    seed: 7,
    arithmetic: 'strict' as const,
    modules,
  };
  const plan = resolvePlan({ members: [{ hidden: [2] }, ...own] }, context);
  const none = new Float32Array(new SharedArrayBuffer(0));
  const base = { history: [], epoch: 0, inBagRows: 60 };
  const tensors = new Float32Array(new SharedArrayBuffer(20)).fill(0.25);
  const members: TrainedMember[] = [
    networks[0]!,
    {
      ...base,
      index: 1,
      parameters: none,
      model: shared(packArrays({ at: Float32Array.of(1, 2) }, 'model')),
    },
    { ...base, index: 2, parameters: none, model: shared(new Uint8Array()) },
    { ...base, index: 3, parameters: tensors, model: shared(Buffer.from(TOPOLOGY)) },
  ];
  return { ...rest, plan, members };
}

const path = join(t.testdir(), 'a.tutti');

t.test('models come back as they were, in shared memory', async (t) => {
  const ensemble = makeMixed();
  const saved = await saveEnsemble(ensemble, path);
  const loaded = await loadEnsemble(path);
  t.strictSame(loaded, ensemble);
  t.equal(contentHash(loaded), saved.contentHash);
  t.equal(saved.bytes, (await readFile(path)).length);
  t.type(loaded.members[1]!.model!.buffer, SharedArrayBuffer);
});

t.test('the content hash covers them, and modules by their content alone', async (t) => {
  const ensemble = makeMixed();
  const { plan, preprocessing, datasetHash } = ensemble;
  const hashed = { ...MODULE, path: undefined };
  const members = plan.members.map((spec) => {
    if (spec.engine === 'learner') return { ...spec, learner: hashed };
    return spec.engine === 'tfjs' ? { ...spec, model: hashed } : spec;
  });
  const hash = createHash('sha256').update(sortedJson({ ...plan, members, preprocessing, datasetHash }));
  for (const { parameters: weights, model } of ensemble.members) {
    hash.update(Buffer.from(Float32Array.from(weights).buffer));
    if (model !== null)
      hash.update(Buffer.from([model.length, 0, 0, 0, 0, 0, 0, 0])).update(Buffer.from(model));
  }
  t.equal(contentHash(ensemble), hash.digest('hex'));
  const [first, second, ...others] = ensemble.members;
  const changed = { ...second!, model: shared(packArrays({ at: Float32Array.of(1, 3) }, 'model')) };
  t.not(contentHash({ ...ensemble, members: [first!, changed, ...others] }), contentHash(ensemble));
});

/** A file of the mixed ensemble whose metadata was changed, its checksum right. */
function forgeMixed(change: (metadata: Mutable) => unknown): Buffer {
  const ensemble = makeMixed();
  const metadata = metadataOf(ensemble, null, null) as Mutable;
  const changed = change(metadata) ?? metadata;
  const parts = ensemble.members.flatMap(({ parameters: weights, model }) => [
    Buffer.from(Float32Array.from(weights).buffer),
    ...(model === null ? [] : [Buffer.from(model)]),
  ]);
  return forge(new Packr({ useRecords: false }).pack(changed), parts);
}

async function refused(t: Test, name: string, change: (m: Mutable) => unknown, message: RegExp) {
  await writeFile(path, forgeMixed(change));
  await t.rejects(loadEnsemble(path), { code: 'ERR_BUNDLE', message }, name);
}

t.test('what contradicts itself is refused', async (t) => {
  await writeFile(
    path,
    forgeMixed(() => undefined),
  );
  t.equal((await loadEnsemble(path)).members.length, 4, 'the forger makes good files');
  const set = (member: number, fields: object) => (m: Mutable) => {
    Object.assign(m.members[member], fields);
  };
  const spec = (member: number, fields: object) => (m: Mutable) => {
    Object.assign(m.plan.members[member], fields);
  };
  await refused(
    t,
    'no model',
    set(1, { modelBytes: null }),
    /member 1 of engine learner has no stored model/,
  );
  await refused(
    t,
    'a network with one',
    set(0, { modelBytes: 3 }),
    /member 0 of engine wasm has a stored model/,
  );
  await refused(t, 'weights of a learner', set(1, { parameters: 2 }), /member 1 has 2 weights/);
  await refused(t, 'longer than the file', set(1, { modelBytes: 2 ** 40 }), /bytes of weights where/);
  await refused(
    t,
    'longer than it is',
    (m) => {
      m.members[1].modelBytes += 4;
      m.members[2].modelBytes = 0;
      m.members[3].parameters -= 1;
    },
    /weights or a model of another length/,
  );
  await refused(t, 'a length that is none', set(1, { modelBytes: -1 }), /wrong at members\.1\.modelBytes/);
  await refused(t, 'a hash that is none', spec(1, { learner: { ...MODULE, hash: 'x' } }), /learner\.hash/);
  await refused(t, 'a module without a path', spec(1, { learner: { hash: MODULE.hash } }), /learner\.path/);
  await refused(t, 'a tfjs loss for numbers', spec(3, { loss: 'squaredError' }), /loss does not fit/);
  await refused(t, 'an unknown engine', spec(1, { engine: 'oracle' }), /plan\.members\.1/);
});

t.test('a module that is not there is named, and never another one run', async (t) => {
  await saveEnsemble(makeMixed(), path);
  const ensemble = await loadEnsemble(path);
  const alone = { ...ensemble, members: [ensemble.members[1]!], allowedModules: [MODULE] };
  await t.rejects(predictEnsemble(alone, new Float32Array(3)), {
    code: 'ERR_MODULE',
    message:
      /^Member 1: Expected the module learners\/tree\.mjs to be a readable file, got nothing: there is no/,
  });
});

/** A file of a former version of the format, as that wrote it. */
async function writeFormer(ensemble: TrainedEnsemble, version: number): Promise<void> {
  await saveEnsemble(ensemble, path);
  const now = await readFile(path);
  const metadata = formerMetadata(ensemble, version);
  if (version === 1) for (const member of metadata.members) delete member.modelBytes;
  const start = 56 + now.readUInt32LE(12);
  const packed = new Packr({ useRecords: false }).pack(metadata);
  const head = Buffer.from(now.subarray(0, 24));
  const payload = Buffer.concat([packed, now.subarray(start)]);
  head.writeUInt32LE(version, 8);
  head.writeUInt32LE(packed.length, 12);
  head.writeBigUInt64LE(BigInt(payload.length), 16);
  await writeFile(path, seal(head, payload));
}

function formerMetadata(ensemble: TrainedEnsemble, version: number) {
  const metadata = metadataOf(ensemble, null, null) as Mutable;
  const { baseline: _b, calibration: _c, conformityBytes: _n, encoding, trainedOn, ...rest } = metadata;
  const savedAt = '2026-11-29T13:00:00.000Z';
  const timed = { ...rest, wallMs: 12.5, environment: { ...rest.environment, savedAt } };
  if (version === 3) return { ...timed, encoding, trainedOn };
  const { softClip: _none, ...scale } = encoding.features;
  // The scales of a file lay in its preprocessing alone.
  const featureScale = rest.preprocessing === null ? scale : null;
  return { ...timed, targetScale: encoding.targets, featureScale };
}

t.test('files of version 3 are still read, and their times read over', async (t) => {
  const ensemble = makeEnsemble();
  await writeFormer(ensemble, 3);
  const { ensemble: old, formatVersion, environment } = await inspectEnsemble(path);
  t.strictSame(old, ensemble);
  t.equal(formatVersion, 3);
  t.same(Object.keys(environment), ['tutti', 'node', 'v8', 'platform', 'arch']);
});

for (const version of [1, 2]) {
  t.test(
    `files of version ${version} are still read: scales become the encoding, training rows are not known`,
    async (t) => {
      const ofFile = makeEnsemble();
      for (const ensemble of [ofFile, { ...ofFile, preprocessing: null }]) {
        await writeFormer(ensemble, version);
        const { ensemble: old, formatVersion, contentHash: hash } = await inspectEnsemble(path);
        t.strictSame(old, { ...ensemble, trainedOn: null });
        t.equal(hash, contentHash(ensemble));
        t.equal(formatVersion, version);
      }
    },
  );
}
