// What an ensemble is held against, its calibration and its conformity, in files: back as they were, checked, and absent
// from former ones.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import t, { type Test } from 'tap';
import { contentHash } from '../../src/bundle/content-hash.js';
import { encodeBinHeader, encodeHeaderStart, HEADER_BYTES } from '../../src/bundle/format.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { metadataOf } from '../../src/bundle/metadata.js';
import { packConformity } from '../../src/bundle/pack-conformity.js';
import { ensembleToBytes, saveEnsemble } from '../../src/bundle/save.js';
import type { Calibration } from '../../src/calibration/calibration.js';
import type { Conformity } from '../../src/conformal/conformity.js';
import { bareEnsemble, type TrainedEnsemble } from '../../src/ensemble/ensemble.js';
import { joinRecords } from '../../src/ensemble/join-ensembles.js';
import { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
import { packPlain } from '../../src/files/plain-data.js';
import { sortedJson } from '../../src/files/sorted-plain.js';
import { forge, type Mutable, makeEnsemble, seal } from './support.js';

const CALIBRATION: Calibration = {
  method: 'temperature',
  aggregator: 'arithmeticMean',
  rowsFrom: 'outOfBag',
  rows: 90,
  parameters: [1.25],
  figures: { folds: 5, before: { logLoss: 0.5, ece: 0.1 }, after: { logLoss: 0.4, ece: 0.05 } },
  threshold: null,
};

const CONFORMITY: Conformity = {
  method: 'jackknifeAfterBootstrap',
  aggregator: 'arithmeticMean',
  calibrated: true,
  rows: 4,
  rowsBefore: 5,
  scores: {
    kind: 'classification',
    label: Uint32Array.of(0, 1, 2, 2),
    truth: Float32Array.of(0.5, 0.1, 1 / 3, 0),
    above: Float32Array.of(0, 0.9, 0.5, 1),
    rank: Uint32Array.of(0, 1, 1, 2),
  },
  mask: Uint8Array.of(7, 1, 2, 4),
  groups: 2,
  shares: Float64Array.of(1, 1 / 3, 1 / 3, 1 / 3),
};

const BASELINE = {
  constant: [0.5, 0.25, 0.25],
  linear: { weights: Array.from({ length: 9 }, (_, at) => at / 7), bias: [1, 0, -1], rows: 90 },
};

function makeTrusted(): TrainedEnsemble {
  return { ...makeEnsemble(), baseline: BASELINE, calibration: CALIBRATION, conformity: CONFORMITY };
}

t.test(
  'baseline, calibration and conformity come back as they were, and saved again are the same bytes',
  async (t) => {
    const path = join(t.testdir(), 'a.tutti');
    const ensemble = makeTrusted();
    const saved = await saveEnsemble(ensemble, path);
    const file = await readFile(path);
    t.equal(saved.bytes, file.length);
    t.ok(file.equals(ensembleToBytes(ensemble)));
    const loaded = await loadEnsemble(path);
    t.strictSame(loaded, ensemble);
    t.ok(file.equals(ensembleToBytes(loaded)));
    const scrambled = {
      ...ensemble,
      calibration: Object.fromEntries(Object.entries(CALIBRATION).reverse()) as unknown as Calibration,
      conformity: Object.fromEntries(Object.entries(CONFORMITY).reverse()) as unknown as Conformity,
    };
    t.ok(file.equals(ensembleToBytes(scrambled)), 'whatever the order of their fields');
  },
);

t.test('calibration enters the content hash; baseline, conformity and figures do not', async (t) => {
  const plain = makeEnsemble();
  const { plan, preprocessing, datasetHash } = plain;
  t.equal(contentHash({ ...plain, baseline: BASELINE, conformity: CONFORMITY }), contentHash(plain));
  const calibrated = { ...plain, calibration: CALIBRATION };
  t.not(contentHash(calibrated), contentHash(plain));
  t.equal(contentHash({ ...calibrated, calibration: { ...CALIBRATION, rows: 7 } }), contentHash(calibrated));
  const { method, aggregator, parameters } = CALIBRATION;
  const calibration = { method, aggregator, parameters, threshold: null };
  const hash = createHash('sha256').update(sortedJson({ ...plan, preprocessing, datasetHash, calibration }));
  for (const { parameters: weights } of plain.members) hash.update(Float32Array.from(weights));
  t.equal(contentHash(calibrated), hash.digest('hex'));
});

t.test('files of format 4 have none of them', async (t) => {
  const ensemble = makeEnsemble();
  const {
    baseline: _b,
    calibration: _c,
    conformityBytes: _n,
    ...metadata
  } = metadataOf(ensemble, null, null);
  const weights = ensemble.members.map(({ parameters }) => Buffer.from(Float32Array.from(parameters).buffer));
  const bytes = forge(new Packr({ useRecords: false }).pack(metadata), weights);
  bytes.writeUInt32LE(4, 8);
  const former = seal(bytes.subarray(0, 24), bytes.subarray(HEADER_BYTES));
  t.strictSame(await loadEnsemble(former), ensemble);
  bytes.writeUInt32LE(5, 8);
  await t.rejects(loadEnsemble(seal(bytes.subarray(0, 24), bytes.subarray(HEADER_BYTES))), {
    code: 'ERR_BUNDLE',
    message: /metadata is wrong at baseline/,
  });
});

t.test(
  'threads are sent the calibration alone; other members and weights drop it and the conformity',
  (t) => {
    const ensemble = makeTrusted();
    t.match(bareEnsemble(ensemble), { calibration: CALIBRATION, baseline: null, conformity: null });
    const none = { calibration: null, conformity: null, baseline: BASELINE };
    t.match(withAveragingWeights(ensemble, [1, 2, 3]), none);
    const other = { ...ensemble, plan: { ...ensemble.plan, seed: 8 } };
    t.match(joinRecords([ensemble, other]), none);
    t.end();
  },
);

const path = join(t.testdir(), 'hostile.tutti');

async function refused(t: Test, name: string, bytes: Uint8Array, message: RegExp): Promise<void> {
  await writeFile(path, bytes);
  await t.rejects(loadEnsemble(path), { code: 'ERR_BUNDLE', message }, name);
}

/** The made-up ensemble with the three changed, sealed. */
function changed(
  change: (metadata: Mutable) => unknown,
  conformity: Uint8Array = packConformity(CONFORMITY),
): Buffer {
  const file = Buffer.from(ensembleToBytes(makeTrusted()));
  const end = HEADER_BYTES + file.readUInt32LE(12);
  const metadata = new Unpackr({ useRecords: false }).unpack(file.subarray(HEADER_BYTES, end));
  metadata.conformityBytes = conformity.length;
  change(metadata);
  const packed = packPlain(metadata);
  const members = file.subarray(end, file.length - 5 - packConformity(CONFORMITY).length);
  const payload = Buffer.concat([packed, members, encodeBinHeader(conformity.length), conformity]);
  return seal(Buffer.from(encodeHeaderStart(packed.length, payload.length)), payload);
}

t.test('what they say is believed only where it fits', async (t) => {
  await writeFile(
    path,
    changed(() => undefined),
  );
  t.strictSame(await loadEnsemble(path), makeTrusted(), 'the forger makes good files');
  const cases: Readonly<Record<string, [(m: Mutable) => unknown, RegExp]>> = {
    'a baseline of other classes': [(m) => m.baseline.constant.pop(), /baseline of 2 outputs for 3/],
    'a linear baseline of other features': [(m) => m.baseline.linear.weights.pop(), /linear baseline/],
    'a baseline that is no number': [(m) => m.baseline.constant.fill(Number.NaN), /wrong at baseline/],
    'a field too many': [(m) => Object.assign(m.calibration, { more: 1 }), /wrong at calibration/],
    'a method that is none': [
      (m) => Object.assign(m.calibration, { method: 'magic' }),
      /calibration\.method/,
    ],
    'no temperature': [(m) => Object.assign(m.calibration, { parameters: [] }), /parameters that are no/],
    'a temperature of 0': [
      (m) => Object.assign(m.calibration, { parameters: [0] }),
      /parameters that are no/,
    ],
    'scales of too few classes': [
      (m) => Object.assign(m.calibration, { method: 'vector', parameters: [1, 1, 0, 0] }),
      /parameters that are no calibration by vector/,
    ],
    'isotonic for three classes': [
      (m) => Object.assign(m.calibration, { method: 'isotonic', parameters: [0, 1, 0, 1] }),
      /parameters that are no calibration by isotonic/,
    ],
    'figures of nothing': [(m) => Object.assign(m.calibration, { figures: null }), /without its figures/],
    'a threshold for three classes': [
      (m) => Object.assign(m.calibration, { threshold: { value: 0.5, criterion: null, figures: null } }),
      /threshold for 3 classes/,
    ],
    'an infinite log-loss': [
      (m) => Object.assign(m.calibration.figures.after, { logLoss: Infinity }),
      /logLoss/,
    ],
    'conformity of another length': [
      (m) => Object.assign(m, { conformityBytes: 1 }),
      /bytes of weights where/,
    ],
    'conformity that is not there': [
      (m) => Object.assign(m, { conformityBytes: null }),
      /bytes of weights where/,
    ],
  };
  for (const [name, [change, message]] of Object.entries(cases)) {
    await refused(t, name, changed(change), message);
  }
});

t.test('conformity is believed only where it fits', async (t) => {
  const scores = CONFORMITY.scores as Extract<Conformity['scores'], { kind: 'classification' }>;
  const cases: Readonly<Record<string, [unknown, RegExp]>> = {
    'no rows': [{ ...CONFORMITY, rows: 0 }, /conformity is wrong at rows/],
    'fewer rows than stated': [{ ...CONFORMITY, rows: 5 }, /scores of 4 rows where there are 5/],
    'a probability above 1': [
      { ...CONFORMITY, scores: { ...scores, truth: Float32Array.of(2, 0, 0, 0) } },
      /wrong at scores\.truth \(expected probabilities/,
    ],
    'a list in place of an array': [
      { ...CONFORMITY, scores: { ...scores, rank: [0, 1, 1, 2] } },
      /scores\.rank/,
    ],
    'double precision': [
      { ...CONFORMITY, scores: { ...scores, truth: new Float64Array(4) } },
      /scores\.truth/,
    ],
    'another mask': [{ ...CONFORMITY, mask: new Uint8Array(9) }, /a mask of conformity of 9 bytes/],
    'a class that is not there': [
      { ...CONFORMITY, scores: { ...scores, label: Uint32Array.of(0, 1, 2, 3) } },
      /conformity of class 3 where there are 3/,
    ],
    'more rows than there were': [{ ...CONFORMITY, rowsBefore: 3 }, /conformity of 4 rows out of 3/],
    'groups without shares': [{ ...CONFORMITY, shares: null }, /groups without shares/],
    'more groups than rows': [{ ...CONFORMITY, groups: 5 }, /5 groups and 4 shares for 4 rows/],
    'a row that nobody left out': [
      { ...CONFORMITY, mask: Uint8Array.of(7, 1, 0, 4) },
      /odd mask of conformity of row 2/,
    ],
    'a member that is not there': [
      { ...CONFORMITY, mask: Uint8Array.of(7, 9, 2, 4) },
      /odd mask of conformity of row 1/,
    ],
    'a mask without members': [{ ...CONFORMITY, method: 'split' }, /a mask of conformity for split/],
    'of another task': [
      { ...CONFORMITY, scores: { kind: 'regression', residual: new Float64Array(4), deviation: null } },
      /conformity of regression for classification/,
    ],
  };
  for (const [name, [conformity, message]] of Object.entries(cases)) {
    await refused(
      t,
      name,
      changed(() => undefined, packConformity(conformity as Conformity)),
      message,
    );
  }
  const odd = changed(() => undefined, Uint8Array.of(0xc1, 1, 2));
  await refused(t, 'bytes that are nothing', odd, /its conformity does not decode/);
});
