// Native code against WebAssembly, bit by bit: random calls of every operation, made on two memories that are alike before
// and must be alike afterwards, with every instruction set of this machine. cross.ts does it for other machines.
import t from 'tap';
import { type InstructionSet, loadAddon, type NativeRun } from '../../../src/kernels/native-addon.js';
import { MEMORY_BYTES, NAMES, PROGRAM, type RandomCall, randomCall } from './random-call.js';
import type { Range, Space } from './space.js';

/** Random calls of each operation; CONFORMANCE_CALLS=1000 for a long look, CONFORMANCE_ONLY=forward,linear at some. */
const COUNT = Number(process.env.CONFORMANCE_CALLS ?? 40);
const ONLY = process.env.CONFORMANCE_ONLY?.split(',') ?? NAMES;

const native = new Uint8Array(MEMORY_BYTES);
const words = new Uint32Array(native.buffer);
const floats = new Float32Array(native.buffer);

/** Where the two memories first differ though they must not, as text; '' when nowhere. */
function difference(space: Space): string {
  if (Buffer.compare(space.bytes.subarray(0, space.used), native.subarray(0, space.used)) === 0) return '';
  const isIn = (ranges: readonly Range[], at: number) =>
    ranges.some(({ start, end }) => at >= start && at < end);
  for (let at = 0; at < space.used / 4; at++) {
    if (words[at] === space.words[at] || isIn(space.scratches, at * 4)) continue;
    if (isIn(space.numbers, at * 4) && Object.is(floats[at], space.floats[at])) continue;
    return `${floats[at]} (${words[at]!.toString(16)}) for ${space.floats[at]} (${space.words[at]!.toString(16)}) at byte ${at * 4}`;
  }
  return '';
}

/** Makes a call natively; what is wrong with it, as text. */
function disagreement(run: NativeRun, { space, before, returned, text }: RandomCall): string {
  native.set(before);
  const actual = run(native, PROGRAM, 0, PROGRAM);
  const changed = difference(space);
  if (Object.is(actual, returned) && changed === '') return '';
  return `${text}: ${changed || `returned ${actual} for ${returned}`}`;
}

const loaded = loadAddon();
const runners = 'missing' in loaded ? {} : loaded.addon.runners;
if ('missing' in loaded) t.pass('there is no native executor here', { skip: loaded.missing });
for (const [set, run] of Object.entries(runners) as [InstructionSet, NativeRun][]) {
  t.test(set, async (t) => {
    for (const name of NAMES.filter((name) => ONLY.includes(name))) {
      const calls = Array.from({ length: COUNT }, (_, number) => disagreement(run, randomCall(name, number)));
      const wrong = calls.filter((text) => text !== '');
      t.same(wrong.slice(0, 3), [], `${name}: ${wrong.length} of ${COUNT} calls are wrong`);
    }
  });
}
