// A program's segment: fields of the step block in their arguments, calls in order, the sum of the losses.
import t from 'tap';
import { OPERATIONS_FINGERPRINT } from '../../src/kernels/operation-calls.js';
import { OPERATIONS, type OperationName } from '../../src/kernels/operations.js';
import type { Program } from '../../src/kernels/program.js';
import { type Arena, testEach } from './harness.js';

const HEAD_WORDS = 4;

function at(address: number): Program {
  return { address, bytes: 0, words: new Uint32Array() };
}

/** One call: its head, then its arguments as words. */
function call(name: OperationName, ...args: readonly number[]): number[] {
  const number = Object.keys(OPERATIONS).indexOf(name);
  return [number | ((args.length + 1) << 10), ...args];
}

function putProgram(arena: Arena, segments: readonly { calls: number[]; patches: [number, number][] }[]) {
  const words = [OPERATIONS_FINGERPRINT, 0, segments.length, 0];
  let at = HEAD_WORDS + 4 * segments.length;
  const bodies: number[] = [];
  for (const { calls, patches } of segments) {
    const [patchesAt, callsAt] = [at, at + 2 * patches.length];
    at = callsAt + calls.length;
    words.push(callsAt * 4, at * 4, patchesAt * 4, callsAt * 4);
    bodies.push(...patches.flatMap(([word, field]) => [(callsAt + word) * 4, field]), ...calls);
  }
  words[1] = at * 4;
  return arena.putInts([...words, ...bodies]);
}

/** Σ over 8 examples of (z − y)² for one output, all row weights 1. */
function squaredError(arena: Arena, z: number) {
  const ones = arena.put(new Array(8).fill(1));
  const targets = arena.put(new Array(8).fill(0));
  return call('squaredError', z, 128, 1, 1, targets, 128, ones, 0);
}

testEach(t, "a segment runs its calls with the step block's fields", (t, { arena, executor }) => {
  const source = arena.put(Float32Array.from({ length: 64 }, (_, i) => i));
  const out = arena.put(new Float32Array(64));
  const program = putProgram(arena, [
    { calls: call('clear', out, 128, 2), patches: [] },
    { calls: [...call('copy', source, out, 128, 0), ...squaredError(arena, out)], patches: [[4, 8]] },
  ]);
  const step = arena.putInts([9, 9, 1, 9]);
  t.equal(executor.run(at(program), 1, step), 140, 'the loss of 0 … 7');
  t.same(arena.take(out + 128, 1), [0], 'one panel, as the step block says');
  arena.words[step / 4 + 2] = 2;
  t.equal(executor.run(at(program), 1, step), 140);
  t.same(arena.take(out + 128, 1), [32]);
  t.equal(executor.run(at(program), 0, step), 0);
  t.same(arena.take(out, 64), new Float32Array(64));
  t.ok(arena.guardsHold());
});

testEach(t, 'a loss that is not finite ends the run', (t, { arena, executor }) => {
  const z = arena.put(new Array(32).fill(Number.POSITIVE_INFINITY));
  const program = putProgram(arena, [
    { calls: [...squaredError(arena, z), ...call('clear', z, 128, 1)], patches: [] },
  ]);
  t.equal(executor.run(at(program), 0, z), Number.POSITIVE_INFINITY);
  t.equal(arena.take(z, 1)[0], Number.POSITIVE_INFINITY);
});

testEach(t, 'a loss that does not count is not added, whatever it is', (t, { arena, executor }) => {
  const [infinite, two] = [
    arena.put(new Array(32).fill(Number.POSITIVE_INFINITY)),
    arena.put(new Array(32).fill(2)),
  ];
  const [head, ...args] = squaredError(arena, infinite);
  const calls = [head! | 128, ...args, ...squaredError(arena, two)];
  t.equal(executor.run(at(putProgram(arena, [{ calls, patches: [] }])), 0, two), 32);
});

testEach(t, 'a program for another table is refused', (t, { arena, executor }) => {
  const program = putProgram(arena, [{ calls: [], patches: [] }]);
  arena.words[program / 4] = OPERATIONS_FINGERPRINT + 1;
  t.throws(() => executor.run(at(program), 0, program), /unreachable|program/);
});
