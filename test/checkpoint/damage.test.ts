// Files of a checkpoint that are cut, flipped, or made up: what is read is what was written, or it is an error or nothing.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { describeMember } from '../../src/bundle/metadata.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { recordStart } from '../../src/checkpoint/journal-format.js';
import { readJournal } from '../../src/checkpoint/journal-reader.js';
import { sealedStart } from '../../src/checkpoint/sealed-file.js';
import { STATE_MAGIC } from '../../src/checkpoint/state-files.js';
import { readStates } from '../../src/checkpoint/state-reader.js';
import { readTraining } from '../../src/checkpoint/training-file.js';
import { TuttiError } from '../../src/errors.js';
import { packPlain, unpackPlain } from '../../src/files/plain-data.js';
import { resumeTraining } from '../../src/training/resume-training.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(30, 3, 2);
const PLAN = { members: 3, hidden: [2], epochs: 3, batchSize: 16, seed: 5, earlyStopping: 'none' } as const;

/** A checkpoint with a member finished and another in training, and its ensemble's bytes. */
const folder = join(t.testdir({}), 'ck');
const stop = new AbortController();
let epochs = 0;
await trainEnsemble(dataset, PLAN, {
  ...{ checkpoint: { folder, note: 'mine' }, signal: stop.signal, onInterrupt: 'keep' },
  onEpochEnd: async () => {
    if (++epochs === 5) stop.abort();
    return undefined;
  },
});
const whole = ensembleToBytes(await trainEnsemble(dataset, PLAN));
const training = await readTraining(folder);
const journal = await readJournal(folder, training);
const { strands: states } = await readStates(folder, training, journal);
const member = journal.members.get(0)!;
const STATE = readdirSync(folder).find((name) => name.startsWith('state-'))!;

/** A copy of the folder in which a file has other bytes. */
function damaged(name: string, change: (bytes: Buffer) => Uint8Array): string {
  const copy = `${folder}-damaged`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, name), change(readFileSync(join(folder, name))));
  return copy;
}

function flipped(at: number): (bytes: Buffer) => Uint8Array {
  return (bytes) => {
    bytes[at]! ^= 1 << (at % 8);
    return bytes;
  };
}

t.test('the checkpoint has a finished member and one in training', async (t) => {
  t.same([...journal.members.keys()], [0]);
  t.same(states.get(1)?.[0]?.state.epoch, 2);
  t.same(
    ensembleToBytes(
      await resumeTraining(
        damaged('training', (bytes) => bytes),
        dataset,
      ),
    ),
    whole,
  );
});

/** Whether what a file is read as, in a folder, is what was written, a part of it, or nothing. */
const RIGHT: Readonly<Record<string, (folder: string) => Promise<boolean>>> = {
  training: async (at) => isDeepStrictEqual(await readTraining(at), training),
  journal: async (at) => {
    const { members, failures, streams } = await readJournal(at, training);
    const [own, ...others] = members.values();
    const same = own === undefined || Buffer.from(own.parameters).equals(Buffer.from(member.parameters));
    return same && others.length + failures.size + streams.size === 0;
  },
  [STATE]: async (at) => {
    const { strands } = await readStates(at, training, journal);
    return strands.size === 0 || isDeepStrictEqual(strands, states);
  },
};

for (const [name, isRight] of Object.entries(RIGHT)) {
  t.test(
    `a bit flipped in any byte of ${name.replace(/\d/, 'N')}, or a cut there, is no wrong answer`,
    async (t) => {
      const copy = damaged(name, (bytes) => bytes);
      const bytes = readFileSync(join(folder, name));
      const wrong: string[] = [];
      const tryWith = async (what: string, other: Uint8Array) => {
        writeFileSync(join(copy, name), other);
        const right = await isRight(copy).catch((error: unknown) => {
          if (error instanceof TuttiError && error.code === 'ERR_CHECKPOINT') return true;
          throw error;
        });
        if (!right) wrong.push(what);
      };
      for (let at = 0; at < bytes.length; at++) {
        await tryWith(`flipped at ${at}`, flipped(at)(Buffer.from(bytes)));
        await tryWith(`cut at ${at}`, bytes.subarray(0, at));
      }
      t.same(wrong, []);
    },
  );
}

t.test('after damage to journal or state a training goes on to the same bytes', async (t) => {
  for (const name of ['journal', STATE]) {
    const { length } = readFileSync(join(folder, name));
    for (let at = 60; at < length; at += Math.ceil(length / 8))
      t.same(ensembleToBytes(await resumeTraining(damaged(name, flipped(at)), dataset)), whole);
  }
});

t.test('records with right checksums that say what cannot be are errors', async (t) => {
  const weights = new Uint8Array(member.parameters.slice().buffer);
  const entry = { kind: 'member', ...describeMember(member) };
  const hostile: Record<string, readonly [metadata: Uint8Array, ...binaries: Uint8Array[]]> = {
    'a member that is not planned': [packPlain({ ...entry, index: 99 }), weights],
    'a member of another length': [packPlain({ ...entry, parameters: 3 }), weights.subarray(0, 12)],
    'fewer weights than it says': [packPlain(entry), weights.subarray(4)],
    'more weights than it says': [packPlain(entry), weights, weights],
    'weights that are no numbers': [packPlain(entry), new Uint8Array(weights.length).fill(255)],
    'a model where there is none': [packPlain({ ...entry, modelBytes: 4 }), weights, weights.subarray(0, 4)],
    'a failure with weights': [
      packPlain({ kind: 'failure', index: 1, code: 'ERR_DATA', message: '', details: {} }),
      weights,
    ],
    'a failure that is not planned': [
      packPlain({ kind: 'failure', index: 9, code: 'ERR_DATA', message: '', details: {} }),
    ],
    'a kind there is none of': [packPlain({ kind: 'code', run: 'process.exit()' })],
    'no map': [packPlain([1, 2, 3])],
    'a field too many': [packPlain({ kind: 'executors', names: [], more: 1 })],
    'its prototype': [Buffer.from('81a95f5f70726f746f5f5f81a46b696e64a66d656d626572', 'hex')],
    'lists in lists': [Buffer.alloc(5000, 0x91)],
    'a length of four gigabytes': [Buffer.from('dfffffffff', 'hex')],
    'an extension': [Buffer.from('d40100', 'hex')],
  };
  for (const [what, [metadata, ...binaries]] of Object.entries(hostile)) {
    const { start } = recordStart(journal.link, metadata, binaries);
    const copy = damaged('journal', (bytes) => Buffer.concat([bytes, start, ...binaries]));
    await t.rejects(
      resumeTraining(copy, dataset),
      { code: 'ERR_CHECKPOINT', message: /cannot be read: its file `journal` is damaged/ },
      what,
    );
  }
  const { start } = recordStart(journal.link, packPlain({ kind: 'executors', names: ['x'] }), []);
  start.writeUInt32LE(0xffffffff, 40);
  const copy = damaged('journal', (bytes) => Buffer.concat([bytes, start]));
  t.same(ensembleToBytes(await resumeTraining(copy, dataset)), whole, 'not as it was written');
});

t.test('states with right checksums that do not fit are passed over', async (t) => {
  const bytes = readFileSync(join(folder, STATE));
  const metadataBytes = bytes.readUInt32LE(12);
  const metadata = unpackPlain(bytes.subarray(56, 56 + metadataBytes)) as { runs: [Record<string, unknown>] };
  const numbers = bytes.subarray(56 + metadataBytes);
  const [run] = metadata.runs;
  const changes: Record<string, readonly [object, Uint8Array?]> = {
    'of another training': [{ training: 'f'.repeat(64) }],
    'of a member that is not planned': [{ runs: [{ ...run, first: 77 }] }],
    'of more members than its run has': [{ runs: [{ ...run, delivered: 1 }] }],
    'after its last epoch': [{ runs: [{ ...run, epoch: 3 }] }],
    'with other streams': [{ runs: [{ ...run, streams: { resample: 9, init: 9, order: 9, masks: 9 } }] }],
    'shorter than its member': [{ runs: [{ ...run, numbers: 1 }] }, numbers.subarray(0, 4)],
    'longer than it says': [{}, Buffer.concat([numbers, numbers])],
    'of nobody': [{ runs: [] }],
    'with a field too many': [{ more: 1 }],
  };
  for (const [what, [change, other = numbers]] of Object.entries(changes)) {
    const own = packPlain({ ...metadata, ...change });
    const copy = damaged(STATE, () => Buffer.concat([sealedStart(STATE_MAGIC, own, [other]), other]));
    t.equal((await readStates(copy, training, journal)).strands.size, 0, what);
    t.same(ensembleToBytes(await resumeTraining(copy, dataset)), whole, what);
  }
});

t.test('a training with right checksums that cannot be is an error', async (t) => {
  const bytes = readFileSync(join(folder, 'training'));
  const metadata = unpackPlain(bytes.subarray(56)) as Record<string, unknown>;
  for (const change of [
    { features: 99 },
    { plan: null },
    { note: undefined, more: 1 },
    { task: { kind: 'classification', classes: ['only'] } },
  ]) {
    const own = packPlain(JSON.parse(JSON.stringify({ ...metadata, ...change })));
    const copy = damaged('training', () => sealedStart(bytes.subarray(0, 8), own));
    await t.rejects(resumeTraining(copy, dataset), { code: 'ERR_CHECKPOINT' }, JSON.stringify(change));
  }
});
