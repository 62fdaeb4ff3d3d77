// Row 9: models and answers of learners that cannot be serialised, contradict themselves, or are absurdly large.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createPool, trainEnsemble } from '../../src/index.js';
import { clusters } from '../support/datasets.js';
import { learnerOf } from '../support/learners.js';
import { membersOf, misdoer, threadsLeft, undisturbed } from './support.js';

const dataset = clusters(90, 6, 3);
const NETWORK = { hidden: [8], epochs: 3 };
const folder = t.testdir();

const MODELS: Readonly<Record<string, string>> = {
  'a function': '{ f: () => 1 }',
  'a symbol': "{ s: Symbol('s') }",
  'a promise': '{ p: Promise.resolve(1) }',
  'a weak map': 'new WeakMap()',
  'an instance of a class': 'new (class Model { constructor() { this.a = 1; } })()',
  'an object in itself': '(() => { const a = {}; a.a = a; return a; })()',
  'a million objects in each other':
    '(() => { let a = {}; for (let i = 0; i < 1e6; i++) a = { a }; return a; })()',
  'a proxy that throws': "new Proxy({}, { ownKeys() { throw new Error('no keys'); } })",
  'a getter that throws': "{ get a() { throw new Error('no a'); } }",
  'a revoked proxy':
    '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
  'a detached buffer':
    '(() => { const a = new Float64Array(8); structuredClone(a, { transfer: [a.buffer] }); return { a }; })()',
  'more numbers than there can be': '{ a: new Float64Array(2 ** 33) }',
  'a string that is too long': "'x'.repeat(2 ** 30)",
  'an array with a length and nothing in it': '(() => { const a = []; a.length = 2 ** 32 - 1; return a; })()',
};

const ANSWERS: Readonly<Record<string, string>> = {
  'too few numbers': 'new Float32Array(1)',
  'a hundred million numbers': 'new Uint8Array(1e8)',
  nothing: 'undefined',
  text: "'0.5'",
  'an array with a length and nothing in it': '(() => { const a = []; a.length = rows * 3; return a; })()',
  NaN: 'new Float32Array(rows * 3).fill(NaN)',
  infinity: 'new Float64Array(rows * 3).fill(1e999)',
  'negative probabilities': 'new Float64Array(rows * 3).fill(-1)',
  'an object of its own': '({ length: rows * 3 })',
  'a proxy of an array': "new Proxy([], { get() { throw new Error('no element'); } })",
  'big integers': 'new BigInt64Array(rows * 3)',
};

let learners = 0;
async function costsOneMember(t: Test, source: string): Promise<void> {
  const path = join(folder, `learner-${++learners}.mjs`);
  writeFileSync(path, source);
  await using pool = createPool({ threads: 2 });
  const options = { seed: 11, members: [NETWORK, { learner: path }, NETWORK] };
  const ensemble = await trainEnsemble(dataset, options, { runner: pool });
  t.match(ensemble.failures, [
    { index: 1, error: { code: 'ERR_LEARNER', message: /^Member 1: the learner / } },
  ]);
  t.ok(ensemble.failures[0]!.error.message.length < 3000, 'the message is of a bearable length');
  const { members } = await undisturbed(dataset, { seed: 11, members: [NETWORK, NETWORK, NETWORK] });
  t.same(membersOf(ensemble), membersOf({ members: [members[0]!, members[2]!] }));
}

for (const [name, model] of Object.entries(MODELS)) {
  t.test(`a model that is or has ${name} costs its member`, (t) => costsOneMember(t, misdoer({ model })));
}

for (const [name, answer] of Object.entries(ANSWERS)) {
  const source = learnerOf({ predict: `(model, x, rows) => ${answer}` });
  t.test(`an answer that is or has ${name} costs its member`, (t) => costsOneMember(t, source));
}

t.test('no thread is left', async (t) => t.equal(await threadsLeft(), 0));
