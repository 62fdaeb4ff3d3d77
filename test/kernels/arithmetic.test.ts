// Which arithmetic a host can do, and that the builds keep what the module format promises.
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { resolveArithmetic } from '../../src/kernels/arithmetic.js';
import { compileKernels } from '../../src/kernels/compile-kernels.js';
import { EXECUTORS, setUp } from './harness.js';

t.test('auto means fused where multiply-add rounds once; the environment overrules it', async (t) => {
  const saved = process.env.TUTTI_ARITHMETIC;
  t.teardown(() => {
    if (saved === undefined) delete process.env.TUTTI_ARITHMETIC;
    else process.env.TUTTI_ARITHMETIC = saved;
  });
  delete process.env.TUTTI_ARITHMETIC;
  const auto = resolveArithmetic('auto');
  t.ok(auto === 'fused' || auto === 'strict');
  t.equal(resolveArithmetic('strict'), 'strict');
  process.env.TUTTI_ARITHMETIC = 'strict';
  t.equal(resolveArithmetic('auto'), 'strict');
  if (auto === 'fused') t.equal(resolveArithmetic('fused'), 'fused', 'an explicit request is not overruled');
  process.env.TUTTI_ARITHMETIC = 'quick';
  t.throws(() => resolveArithmetic('auto'), { code: 'ERR_ARITHMETIC' });
});

t.test('a multiply-add rounds once in fused and twice in strict', async (t) => {
  const rounded = EXECUTORS.slice(0, 2).map((executor) => {
    const { arena, kernels } = setUp(executor);
    const a = 1 + 2 ** -12;
    const w = arena.putWeights(1, 1, [a], [-(1 + 2 ** -11)]);
    const x = arena.putPanels([a], 1);
    const out = arena.allocPanels(1, 1);
    kernels.forward(x.address, x.stride, 1, 1, w, 1, out.address, out.stride, 1);
    return arena.takePanels(out)[0];
  });
  t.same(rounded, [0, 2 ** -24]);
});

t.test('the binaries hold no globals, tables, data segments or start function', async (t) => {
  for (const arithmetic of ['strict', 'fused'] as const) {
    const bytes = readFileSync(new URL(`../../src/kernels/${arithmetic}.wasm`, import.meta.url));
    const sections = [...sectionIds(bytes)].filter((id) => id !== 0);
    t.same(sections, [1, 2, 3, 7, 10], 'types, imports, functions, exports, code');
  }
});

t.test('a compiled module can be sent to a thread', async (t) => {
  for (const arithmetic of ['strict', 'fused'] as const) {
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
       const { exports } = new WebAssembly.Instance(workerData, { env: { memory } });
       parentPort.postMessage(typeof exports.run);`,
      { eval: true, workerData: compileKernels(arithmetic), execArgv: [], env: {} },
    );
    const answer = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    t.equal(answer, 'function');
    await worker.terminate();
  }
});

/** Ids of a binary module's sections, in order. */
function* sectionIds(bytes: Uint8Array): Generator<number> {
  for (let at = 8; at < bytes.length; ) {
    yield bytes[at++]!;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
}
