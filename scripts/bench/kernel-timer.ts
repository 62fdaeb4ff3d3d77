// Times single kernels on one thread with the shapes of real layers: a contender process of its own, started
// as `node kernel-timer.js <arithmetic>`. The only part of the benchmark that reaches below the public API.

import { resolveArithmetic } from '../../src/kernels/arithmetic.js';
import { bindExecutor } from '../../src/kernels/bound-executor.js';
import { executorCode } from '../../src/kernels/executor-choice.js';
import { ProgramBuilder } from '../../src/kernels/program-builder.js';
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from '../../src/kernels/update-block.js';
import { layerLengthFloats, roundUp4, weightGradientScratchBytes } from '../../src/kernels/weight-layout.js';
import type { OptimizerSpec } from '../../src/model/spec.js';
import type { Exchanges } from './protocol.js';
import { type Message, serve } from './serve.js';

type Request = Exchanges['kernel']['message'];

const ADAM: OptimizerSpec = {
  kind: 'adam',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  tolerance: 1e-8,
  weightDecay: 0,
};
/** Addresses below stay unused, as the kernels ask. */
const FIRST_ADDRESS = 1024;
const PANEL = 8;

const arithmetic = resolveArithmetic(process.argv[2] as 'auto' | 'strict' | 'fused');
const code = executorCode(arithmetic);

function answer({ kernel, batch, inputs, units, minSeconds }: Request): Exchanges['kernel']['answer'] {
  const call = prepare(kernel, batch, inputs, units);
  const gflop = 2e-9 * batch * inputs * units;
  // Warm: V8 tiers wasm up by how often it runs.
  const burst = Math.max(1, Math.ceil(0.01 / secondsOf(call, 100)) * 10);
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + minSeconds * 1000;
  while (performance.now() < until) best = Math.min(best, secondsOf(call, burst));
  return { gflops: gflop / best };
}

function secondsOf(call: () => void, count: number): number {
  const begun = performance.now();
  for (let i = 0; i < count; i++) call();
  return (performance.now() - begun) / 1000 / count;
}

/** Lays one layer out in a memory of its own, x, dz and dx in panels, w with both Adam moments, and a program behind. */
function prepare(kernel: Request['kernel'], batch: number, inputs: number, units: number): () => void {
  const panels = Math.ceil(batch / PANEL);
  const [xStride, dzStride] = [roundUp4(inputs) * PANEL * 4, roundUp4(units) * PANEL * 4];
  const weightBytes = layerLengthFloats(inputs, units) * 4;
  let next = FIRST_ADDRESS;
  const take = (bytes: number) => {
    const address = next;
    next = Math.ceil((next + bytes) / 64) * 64;
    return address;
  };
  const [x, dx] = [take(panels * xStride), take(panels * xStride)];
  const [dz, out] = [take(panels * dzStride), take(panels * dzStride)];
  const weights = take(3 * weightBytes);
  const scratch = take(weightGradientScratchBytes(panels));
  const block = take(UPDATE_BLOCK_BYTES);
  const builder = new ProgramBuilder();
  const segment = builder.segment(() => {
    if (kernel === 'forward') builder.forward(x, xStride, panels, inputs, weights, units, out, dzStride, 0);
    else if (kernel === 'inputGradient')
      builder.inputGradient(dz, dzStride, panels, units, weights, inputs, x, 0, dx, xStride);
    else builder.weightGradient(x, xStride, panels, inputs, dz, dzStride, units, weights, scratch, block);
  });
  const program = take(builder.bytes);
  const pages = Math.ceil(next / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const fill = (address: number, bytes: number, scale: number) => {
    const values = new Float32Array(memory.buffer, address, bytes / 4);
    for (let i = 0; i < values.length; i++) values[i] = scale * (Math.random() - 0.5);
  };
  fill(x, panels * xStride, 2);
  fill(dz, panels * dzStride, 1);
  fill(weights, weightBytes, 0.1);
  const optimizer = { firstOffset: weightBytes, secondOffset: 2 * weightBytes };
  writeUpdate(memory, block, {
    kind: 'optimizer',
    optimizer: ADAM,
    normPenalty: { l1: 0, l2: 0 },
    ...optimizer,
  });
  stepWriter(memory, block, ADAM).writeStep(ADAM.learningRate, 1);
  const executor = bindExecutor(code, memory);
  const built = builder.build(memory.buffer, program);
  return () => executor.run(built, segment, block);
}

await serve(performance.now(), {}, (message) => answer(message as Message & { do: 'kernel' }));
