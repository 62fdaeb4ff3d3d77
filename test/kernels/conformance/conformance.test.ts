// Native code against WebAssembly, bit by bit: random calls of every operation, and programs of several, run on two
// memories that are alike before and must be alike afterwards, with every instruction set of this machine. cross.ts does it
// for other machines.
import t from 'tap';
import { type InstructionSet, loadAddon, type NativeRun } from '../../../src/kernels/native-addon.js';
import { type MadeRun, MEMORY_BYTES, NAMES, randomCall, randomProgram } from './random-runs.js';
import { PROGRAM, type Range, type Space } from './space.js';

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

/** Makes a run natively; what is wrong with it, as text. */
function disagreement(
  run: NativeRun,
  { space, before, segment, stepBlock, returned, text }: MadeRun,
): string {
  native.set(before);
  const actual = run(native, PROGRAM, segment, stepBlock);
  const changed = difference(space);
  if (Object.is(actual, returned) && changed === '') return '';
  return `${text}: ${changed || `returned ${actual} for ${returned}`}`;
}

/** What is wrong with as many runs. */
function disagreements(run: NativeRun, count: number, make: (number: number) => MadeRun): string[] {
  return Array.from({ length: count }, (_, number) => disagreement(run, make(number))).filter((text) => text);
}

const loaded = loadAddon();
const runners = 'missing' in loaded ? {} : loaded.addon.runners;
if ('missing' in loaded) t.pass('there is no native executor here', { skip: loaded.missing });
for (const [set, run] of Object.entries(runners) as [InstructionSet, NativeRun][]) {
  t.test(set, async (t) => {
    for (const name of NAMES.filter((name) => ONLY.includes(name))) {
      const wrong = disagreements(run, COUNT, (number) => randomCall(name, number));
      t.same(wrong.slice(0, 3), [], `${name}: ${wrong.length} of ${COUNT} calls are wrong`);
    }
    const wrong = disagreements(run, 5 * COUNT, randomProgram);
    t.same(wrong.slice(0, 3), [], `${wrong.length} of ${5 * COUNT} programs are wrong`);
  });
}
