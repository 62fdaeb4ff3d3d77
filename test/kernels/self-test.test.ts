// The self-test of native code: WebAssembly leaves behind what it is to, numbers all of it, and one wrong bit is noticed.

import t from 'tap';
import { compileKernels } from '../../src/kernels/compile-kernels.js';
import { loadAddon, type NativeRun } from '../../src/kernels/native-addon.js';
import {
  checksum,
  passesSelfTest,
  SELF_TEST_BYTES,
  SELF_TEST_CHECKSUM,
} from '../../src/kernels/self-test.js';

const pages = SELF_TEST_BYTES / 65_536;

function freshWebAssembly() {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { exports } = new WebAssembly.Instance(compileKernels('fused'), { env: { memory } });
  const { run } = exports as { run(program: number, segment: number, stepBlock: number): number };
  return { buffer: memory.buffer as SharedArrayBuffer, run };
}

t.test('WebAssembly gives the checksum, from finite numbers', (t) => {
  const { buffer, run } = freshWebAssembly();
  const totals: number[] = [];
  const found = checksum(buffer, (program) => {
    const total = run(program, 0, program);
    totals.push(total);
    return total;
  });
  t.equal(
    found,
    SELF_TEST_CHECKSUM,
    'SELF_TEST_CHECKSUM, to be written anew when what operations compute has changed',
  );
  t.ok(totals.length > 1 && totals.every((total) => Number.isFinite(total)), 'every call was made');
  t.end();
});

t.test('native code passes, and not with a bit changed', (t) => {
  const loaded = loadAddon();
  if ('missing' in loaded) return t.end();
  for (const run of Object.values(loaded.addon.runners)) {
    t.ok(passesSelfTest(run));
    const wrong: NativeRun = (memory, ...rest) => {
      const total = run(memory, ...rest);
      memory[70_000]! += 1;
      return total;
    };
    t.notOk(passesSelfTest(wrong));
  }
  t.end();
});
