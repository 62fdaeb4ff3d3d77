// Thousands of files that somebody changed and sealed again. Each is refused as damaged, or is an ensemble whose
// predictions are numbers; none is a crash, a hang or memory without end.

import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import t from 'tap';
import { loadEnsemble } from '../../src/bundle/load.js';
import { ensembleToBytes } from '../../src/bundle/save.js';
import { predictEnsemble } from '../../src/ensemble/predict/predict.js';
import type { TuttiError } from '../../src/errors.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { makeEnsemble, makeIncomplete, seal } from './support.js';

const HEADER = 24;
const PAYLOAD = 56;
const ODD: readonly unknown[] = [
  ...[0, -1, 1, 2, 0.5, 1e6, 2 ** 24, 2 ** 31, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
  ...['', 'x', '__proto__', '\u001b[2J', null, true, [], {}, [[]], [1e9, 1e9], 'y'.repeat(10_000)],
];

/** What becomes of a file: how it was refused, or that all it predicts is finite. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    const ensemble = await loadEnsemble(bytes);
    if (ensemble.features > 1000) return 'too wide to try';
    const { mean } = await predictEnsemble(ensemble, new Float64Array(2 * ensemble.features) as never);
    return mean.every(Number.isFinite) ? 'finite' : 'not finite';
  } catch (error) {
    return (error as TuttiError).code ?? String(error);
  }
}

const ALLOWED = new Set(['ERR_BUNDLE', 'ERR_DATA', 'ERR_MODULE', 'finite', 'too wide to try']);

/** The file with its checksum as it should be. */
function sealed(bytes: Uint8Array): Uint8Array {
  return seal(bytes.slice(0, HEADER), bytes.slice(PAYLOAD));
}

for (const [name, ensemble] of [
  ['a complete ensemble', makeEnsemble()],
  ['one with a failure', makeIncomplete()],
] as const) {
  const original = ensembleToBytes(ensemble);

  t.test(`bytes of ${name} changed at random`, async (t) => {
    const random = new RandomStream(streamKey(1, 'init', 0));
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 600; round++) {
      const bytes = original.slice();
      for (let changes = 1 + (random.uint32() % 3); changes > 0; changes--) {
        bytes[PAYLOAD + (random.uint32() % (bytes.length - PAYLOAD))] = random.uint32() % 256;
      }
      const outcome = await outcomeOf(sealed(bytes));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    t.same(
      [...outcomes.keys()].filter((outcome) => !ALLOWED.has(outcome)),
      [],
    );
    t.ok((outcomes.get('ERR_BUNDLE') ?? 0) > 100, 'most are found out');
  });

  t.test(`fields of ${name} replaced by odd values`, async (t) => {
    const length = new DataView(original.buffer).getUint32(12, true);
    const weights = original.slice(PAYLOAD + length);
    const read = () => new Unpackr({ useRecords: false }).unpack(original.slice(PAYLOAD, PAYLOAD + length));
    const outcomes = new Map<string, string>();
    let at = 0;
    for (const path of pathsOf(read())) {
      // In turn, not all with all: every field meets some and every value many fields.
      for (const value of [ODD[at % ODD.length], ODD[(at + 7) % ODD.length], ODD[(at + 13) % ODD.length]]) {
        const metadata = read();
        const holder = path.slice(0, -1).reduce((inner, key) => inner[key], metadata);
        holder[path.at(-1)!] = value;
        const packed = new Packr({ useRecords: false }).pack(metadata);
        const start = Buffer.from(original.slice(0, HEADER));
        start.writeUInt32LE(packed.length, 12);
        start.writeBigUInt64LE(BigInt(packed.length + weights.length), 16);
        outcomes.set(
          `${path.join('.')} = ${String(value)}`,
          await outcomeOf(seal(start, Buffer.concat([packed, weights]))),
        );
      }
      at++;
    }
    t.same(
      [...outcomes].filter(([, outcome]) => !ALLOWED.has(outcome)),
      [],
    );
    t.ok(outcomes.size > 300);
  });
}

/** Where every value of nested lists and maps lies. */
// biome-ignore lint/suspicious/noExplicitAny: metadata as it comes
function pathsOf(value: any, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
  const inner = Object.keys(value).flatMap((key) => pathsOf(value[key], [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}
