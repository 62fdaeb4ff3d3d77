// Files whose checksum is right and whose content is not what tutti writes.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Packr } from 'msgpackr/pack';
import t, { type Test } from 'tap';
import { encodeHeaderStart } from '../../src/bundle/format.js';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { forge, forgeChanged, type Mutable, makeEnsemble, seal } from './support.js';

const path = join(t.testdir(), 'hostile.tutti');

async function refused(t: Test, name: string, bytes: Uint8Array, message: RegExp): Promise<void> {
  await writeFile(path, bytes);
  await t.rejects(loadEnsemble(path), { code: 'ERR_BUNDLE', message }, name);
}

t.test('the forger makes good bundles when nothing is changed', async (t) => {
  await writeFile(
    path,
    forgeChanged(() => undefined),
  );
  t.equal((await loadEnsemble(path)).members.length, 3);
});

t.test('values that only extensions can say are refused before they are decoded', async (t) => {
  const packr = new Packr({ useRecords: false, moreTypes: true, structuredClone: true });
  const odd = [
    /x/,
    new Error('x'),
    new Set([1]),
    new Date(0),
    new Map([[1, 2]]),
    2n ** 63n,
    undefined,
    Buffer.alloc(9),
  ];
  for (const value of odd) {
    await refused(t, String(value), forge(packr.pack({ plan: value })), /does not decode/);
  }
  await refused(
    t,
    'record definitions',
    forge(new Packr().pack({ plan: [{ a: 1 }, { a: 2 }] })),
    /does not decode/,
  );
});

t.test('lengths that the bytes do not back are refused before anything is allocated', async (t) => {
  const huge = [0xff, 0xff, 0xff, 0xff];
  for (const marker of [0xdb, 0xdd, 0xdf, 0xc6, 0xc9]) {
    await refused(t, marker.toString(16), forge(Uint8Array.from([marker, ...huge])), /does not decode/);
  }
  await refused(t, 'cut inside a length', forge(Uint8Array.from([0xdd, 0, 0])), /does not decode/);
  await refused(t, 'nothing at all', forge(new Uint8Array()), /does not decode/);
  await refused(t, 'nested a million deep', forge(new Uint8Array(1e6).fill(0x91)), /nested deeper/);
  await refused(t, 'a key that is no text', forge(Uint8Array.from([0x81, 1, 1])), /key is not text/);
  await refused(t, 'two values', forge(Uint8Array.from([1, 1])), /bytes follow/);
});

t.test('metadata longer than the payload, or than is believable, is refused', async (t) => {
  const payload = new Uint8Array(10);
  await refused(t, 'longer', seal(encodeHeaderStart(11, 10), payload), /metadata cannot take 11 bytes/);
  await refused(t, 'a length beyond 2^53', seal(encodeHeaderStart(1, 2 ** 60), payload), /truncated/);
});

/** A change that puts a value at a dotted path. */
function set(at: string, value: unknown): (metadata: Mutable) => void {
  return (metadata) => {
    const names = at.split('.');
    const last = names.pop()!;
    const holder = names.reduce(
      (inner, name) => inner[name],
      metadata as Record<string, Mutable[keyof Mutable]>,
    );
    holder[last] = value;
  };
}

const first = 'plan.members.0';
const changes: Readonly<Record<string, [(m: Mutable) => unknown, RegExp]>> = {
  'not a map': [() => 7, /wrong at the top/],
  'a field too many': [(m) => ({ ...m, extra: 1 }), /wrong at the top/],
  'a seed that is no integer': [set('plan.seed', 0.5), /wrong at plan.seed/],
  'a missing field': [(m) => ({ ...m, plan: { members: m.plan.members } }), /wrong at plan/],
  'text where a number belongs': [set('features', '3'), /wrong at features/],
  'NaN where a number belongs': [set('members.0.averagingWeight', Number.NaN), /averagingWeight/],
  'an infinite learning rate': [set(`${first}.optimizer.learningRate`, Infinity), /learningRate/],
  'an unknown arithmetic': [set('plan.arithmetic', 'sloppy'), /plan.arithmetic/],
  'an unknown layer': [set(`${first}.network.layers.0.kind`, 'conv'), /layers/],
  'no members': [set('members', []), /wrong at members/],
  'members out of order': [(m) => ({ ...m, members: m.members.toReversed() }), /out of order/],
  'a member that was not planned': [set('members.2.index', 3), /not planned/],
  'fewer weights than the layers have': [set('members.0.parameters', 1), /has 1 weights/],
  'more features than the weights fit': [
    (m) => ({
      ...m,
      ...{ preprocessing: null, trainedOn: null, features: 4 },
      encoding: { ...m.encoding, features: null },
    }),
    /weights where/,
  ],
  'preprocessing that makes other features': [set('preprocessing.features', []), /makes 0 features/],
  'preprocessing of other classes': [set('preprocessing.target.classes', ['a', 'b', 'c']), /other targets/],
  'a class named twice': [set('task.classes', ['a', 'a', 'b']), /named twice/],
  'a loss for numbers': [set(`${first}.loss`, 'squaredError'), /does not fit/],
  'scales without targets': [set('encoding.targets', { mean: [1], std: [1] }), /target scales/],
  'feature scales of another length': [
    set('encoding.features', { mean: [1], std: [1], softClip: null }),
    /feature scales/,
  ],
  'quantiles that fall': [
    set('encoding.features', {
      mean: [1.5, 0, 0],
      std: [0.1, 1, 1],
      softClip: null,
      quantiles: [[2, 1], null, null],
    }),
    /never fall/,
  ],
  'a scale that is not its preprocessing’s': [set('encoding.features.mean', [9, 0, 0]), /other scales/],
  'ranges of too few features': [set('trainedOn.featureRanges.low', [1]), /feature ranges/],
  'a range upside down': [set('trainedOn.featureRanges.low', [3, 0, 0]), /feature ranges/],
  'a target range of classes': [set('trainedOn.targetRange', { low: [0], high: [1] }), /target range/],
  'an infinite range': [set('trainedOn.featureRanges.high', [Infinity, 1, 1]), /wrong at trainedOn/],
  'a ragged history': [set('members.0.history.loss', [1]), /several lengths/],
  'a claim to be incomplete': [set('complete', false), /complete: false/],
  'a member both finished and failed': [
    set('failures', [{ index: 0, code: 'X', message: '', details: {} }]),
    /cannot have failed/,
  ],
};

for (const [name, [change, message]] of Object.entries(changes)) {
  t.test(`refused: ${name}`, async (t) => {
    await refused(t, name, forgeChanged(change), message);
  });
}

t.test('weights of another total length are refused before any is allocated', async (t) => {
  await refused(
    t,
    'two huge layers',
    forgeChanged((m) => {
      const units = 30_000;
      const layer = { kind: 'dense', units, activation: 'relu' };
      set('plan.members.0.network.layers', [layer, layer])(m);
      set('members.0.parameters', 3 * units + units + units * units + units + 3 * units + 3)(m);
    }),
    /bytes of weights where/,
  );
});

t.test('a key that would reach the prototype reaches nothing', async (t) => {
  const withKey = Object.defineProperty({}, '__proto__', { value: { polluted: 1 }, enumerable: true });
  await writeFile(path, forge(new Packr({ useRecords: false }).pack({ plan: withKey })));
  await t.rejects(loadEnsemble(path), { code: 'ERR_BUNDLE' });
  t.notOk('polluted' in {});
});

t.test('weights that are no numbers are refused, naming the member', async (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const ensemble = makeEnsemble();
    ensemble.members[1]!.parameters[4] = value;
    await refused(
      t,
      String(value),
      Buffer.from(ensembleToBytes(ensemble)),
      /weight 4 of member 1 is (NaN|Infinity)/,
    );
  }
});

t.test('millions of empty values are refused before any is made', async (t) => {
  const bytes = 5_000_000;
  const list = (fill: number) => {
    const all = new Uint8Array(bytes + 5).fill(fill);
    all.set([0xdd, ...[24, 16, 8, 0].map((shift) => (bytes >> shift) & 0xff)]);
    return all;
  };
  await refused(t, 'maps', forge(list(0x80)), /more values than \d+ bytes/);
  await refused(t, 'lists', forge(list(0x90)), /more values than \d+ bytes/);
});

t.test('more layers, features or blur than anybody trains are refused', async (t) => {
  const pools = Array.from({ length: 20_000 }, () => ({ kind: 'maxPool', size: [1, 1], stride: [1, 1] }));
  await refused(t, 'pools', forgeChanged(set(`${first}.network.layers`, pools)), /network\.layers/);
  await refused(t, 'features', forgeChanged(set('features', 2 ** 40)), /wrong at features/);
  for (const sigma of [1e6, 1e10]) {
    const distance = {
      ...{ kind: 'tangentTwoSided', image: { channels: 1, height: 1, width: 3 }, kinds: ['rotation'] },
      ...{ sigma, border: 'zero', stiffness: 0 },
    };
    const spec = {
      ...{ engine: 'neighbours', neighbours: 1, distance, votes: 'equal', voteSmoothing: 1 },
      ...{ resample: { kind: 'none' }, featureShare: 1, earlyStopping: null },
      streams: { resample: 0, init: 0, order: 0, masks: 0 },
    };
    await refused(t, `sigma ${sigma}`, forgeChanged(set(first, spec)), /distance/);
  }
});

t.test('hundreds of thousands of faults are one error, soon', async (t) => {
  const many = (value: unknown) => Array.from({ length: 3e5 }, () => value);
  const changes: readonly (readonly [string, unknown, RegExp])[] = [
    ['members', many({}), /wrong at members\.0\.index/],
    ['failures', many(1), /wrong at failures\.0 /],
    ['plan.members', many({ engine: 'wasm' }), /wrong at plan\.members\.0\.network/],
    ['task.classes', many(1), /wrong at task\.classes\.0 /],
    ['preprocessing.features', many({}), /wrong at preprocessing\.features\.0\.kind/],
    ['failures', [{ index: 0, code: '', message: '', details: { a: many({}) } }], /at failures\.0\.details/],
  ];
  for (const [at, value, message] of changes) {
    await refused(t, at, forgeChanged(set(at, value)), message);
  }
});

t.test('techniques of layers that are not there are refused', async (t) => {
  const at = (name: string, value: unknown) => forgeChanged(set(`plan.members.0.${name}`, value));
  const dropout = { inputKeep: 1, hiddenKeep: [0.5, 0.5], scaling: 'plain' };
  await refused(
    t,
    'dropout',
    at('dropout', dropout),
    /member 0's dropout is of 2 hidden layers where there are 1/,
  );
  await refused(
    t,
    'activity',
    at('activityPenalty', { strength: 1, layers: [2] }),
    /activity penalty is on layers/,
  );
  const tying = { strength: 1, layers: [3], mode: 'rounds', group: 0 };
  await refused(t, 'tying', at('tying', tying), /tied layers are not there/);
  await refused(t, 'snapshot', at('snapshot', { index: 2, of: 2 }), /snapshot is none of its run/);
});
