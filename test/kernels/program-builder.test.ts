// Programs as they are built: segments, what changes from run to run, constants.
import t from 'tap';
import { ProgramBuilder } from '../../src/kernels/program-builder.js';
import { windowWorkBytes } from '../../src/kernels/window-record.js';
import { windowGeometry } from '../../src/model/windows.js';
import { type Arena, testEach } from './harness.js';

const PANELS = { stepOffset: 8 };
const SCALE = { stepOffset: 12 };

function build(arena: Arena, calls: ProgramBuilder) {
  const program = calls.build(arena.memory.buffer, arena.alloc(calls.bytes));
  t.equal(program.bytes, calls.bytes);
  return program;
}

testEach(t, 'segments lie in each other and are run by their numbers', (t, { arena, executor }) => {
  const values = arena.put(new Float32Array(32).fill(2));
  const factor = arena.put(new Float32Array(32).fill(3));
  const calls = new ProgramBuilder();
  let inner = 0;
  const outer = calls.segment(() => {
    calls.multiply(values, factor, 128, 1);
    inner = calls.segment(() => calls.add(values, factor, 128, 1));
  });
  const nothing = calls.segment(() => {});
  const program = build(arena, calls);
  const step = arena.alloc(64);
  executor.run(program, nothing, step);
  t.equal(arena.take(values, 1)[0], 2);
  executor.run(program, inner, step);
  t.equal(arena.take(values, 1)[0], 5);
  executor.run(program, outer, step);
  t.equal(arena.take(values, 1)[0], 18);
  t.ok(arena.guardsHold());
});

testEach(t, 'every run reads its fields of the step block', (t, { arena, executor }) => {
  const indices = arena.putInts([0, 1, 2]);
  const weights = arena.put([1, 2, 3, 4]);
  const out = arena.alloc(32);
  const calls = new ProgramBuilder();
  const segment = calls.segment(() => calls.gatherWeights(weights, indices, PANELS, SCALE, out));
  const program = build(arena, calls);
  const step = arena.alloc(64);
  for (const [count, scale] of [
    [3, 0.5],
    [2, 10],
  ] as const) {
    arena.words[step / 4 + 2] = count;
    arena.floats[step / 4 + 3] = scale;
    executor.run(program, segment, step);
    const expected = [1, 2, 3, 0, 0, 0, 0, 0].map((weight, at) => (at < count ? weight * scale : 0));
    t.same([...arena.take(out, 8)], expected);
  }
  t.ok(arena.guardsHold());
});

testEach(t, 'losses of uncounted calls are left out of the sum', (t, { arena, executor }) => {
  const [z, zeros] = [arena.put(new Float32Array(32).fill(2)), arena.put(new Float32Array(32))];
  const ones = arena.put(new Float32Array(8).fill(1));
  const calls = new ProgramBuilder();
  const loss = () => calls.squaredError(z, 128, 1, 1, zeros, 128, ones, 0);
  const once = calls.segment(() => {
    calls.uncounted(loss);
    loss();
    calls.uncounted(loss);
  });
  t.equal(executor.run(build(arena, calls), once, arena.alloc(64)), 32);
});

testEach(t, 'constants follow the calls, the record of a geometry once', (t, { arena, executor }) => {
  const geometry = windowGeometry({ channels: 1, height: 2, width: 2 }, [2, 2], [2, 2], 'valid');
  const image = arena.put(Float32Array.from({ length: 32 }, (_, at) => at >> 3));
  const out = arena.allocPanels(8, 1);
  const scratch = arena.alloc(windowWorkBytes(geometry, 0));
  const calls = new ProgramBuilder();
  const pool = () =>
    calls.averagePool(calls.windows(geometry), image, 128, 1, out.address, out.stride, scratch);
  calls.segment(pool);
  const { bytes } = calls;
  const second = calls.segment(pool);
  t.ok(calls.bytes - bytes < 64, 'no second record');
  for (let place = 0; place < 2; place++) {
    executor.run(build(arena, calls), second, arena.alloc(64));
    t.same([...arena.takePanels(out)], new Array(8).fill(1.5), 'wherever it is built');
  }
  t.ok(arena.guardsHold());
});
