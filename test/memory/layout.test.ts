// Where everything lies in a training's shared memory, and that addresses of 2 GiB and more work.

import t from 'tap';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { arenaBytes } from '../../src/engines/wasm/training-program.js';
import { drawCandidates } from '../../src/ensemble/member-rows.js';
import { bindExecutor } from '../../src/kernels/bound-executor.js';
import { executorCode } from '../../src/kernels/executor-choice.js';
import { formatBytes } from '../../src/machine/memory-limit.js';
import { CONTROL_HEADER_BYTES, CONTROL_SLOT_BYTES } from '../../src/memory/control-block.js';
import {
  createSharedMemory,
  layoutTraining,
  RegionAllocator,
  type TrainingLayout,
  writeDataset,
} from '../../src/memory/layout.js';
import { networkSpecs } from '../../src/model/network-members.js';
import { trainMember } from '../../src/training/thread/train-member.js';
import { trainEnsemble } from '../../src/training/train-ensemble.js';
import { clusters, linear, taught } from '../support/datasets.js';

/** Every region of a layout as [start, bytes], absent ones left out. */
function regionsOf(layout: TrainingLayout): [start: number, bytes: number][] {
  const { dataset, candidates, validation, slots } = layout;
  const { rows } = dataset;
  const all: [number, number][] = [
    [0, CONTROL_HEADER_BYTES + slots * CONTROL_SLOT_BYTES],
    [dataset.x, rows * dataset.xStrideBytes],
    [dataset.labels, dataset.targetsStrideBytes === 0 ? rows * 4 : 0],
    [dataset.targets, rows * dataset.targetsStrideBytes],
    [dataset.rowWeights, dataset.rowWeights === 0 ? 0 : rows * 4],
    [dataset.groups, dataset.groups === 0 ? 0 : rows * 4],
    [candidates.offset, candidates.length * 4],
    [validation.offset, validation.length * 4],
  ];
  for (let slot = 0; slot < slots; slot++)
    all.push([layout.arenas + slot * layout.arenaBytes, layout.arenaBytes]);
  return all.filter(([, bytes]) => bytes > 0).sort(([a], [b]) => a - b);
}

t.test('regions are disjoint, start on cache lines and fill the memory', async (t) => {
  const x = Float32Array.from({ length: 7 * 5 }, (_, at) => at);
  const extras = { rowWeights: [1, 2, 3, 1, 2, 3, 1], groups: [0, 0, 1, 1, 2, 2, 3] };
  const datasets = [
    clusters(31, 3, 2),
    linear(10, 4, 5),
    Dataset.fromArrays({ x, rows: 7, features: 5, labels: [0, 1, 0, 1, 0, 1, 0], ...extras }),
  ];
  for (const dataset of datasets) {
    for (const slots of [1, 3, 64]) {
      const layout = layoutTraining(dataset, { candidates: dataset.rows - 2, validation: 2 }, slots, 1001);
      let end = 0;
      for (const [start, bytes] of regionsOf(layout)) {
        t.equal(start % 64, 0, `${start} is on a cache line`);
        t.ok(start >= end, `${start} is behind the region before it, which ends at ${end}`);
        end = start + bytes;
      }
      t.equal(layout.totalBytes, end);
      t.ok(layout.dataset.x >= 1024, "the first bytes are not the kernels'");
    }
  }
});

t.test('the dataset is copied with its rows padded by zeros', async (t) => {
  const dataset = linear(3, 5, 2);
  const layout = layoutTraining(dataset, { candidates: 3, validation: 0 }, 1, 64);
  const { buffer } = createSharedMemory(layout.totalBytes, 'a test');
  writeDataset(buffer, layout.dataset, dataset);
  const { x, xStrideBytes, targets, targetsStrideBytes } = layout.dataset;
  t.equal(xStrideBytes, 32);
  const rowOfX = (row: number) => [...new Float32Array(buffer, x + row * xStrideBytes, 8)];
  t.same(rowOfX(2), [...dataset.x.subarray(10, 15), 0, 0, 0]);
  t.same(
    [...new Float32Array(buffer, targets + targetsStrideBytes, 4)],
    [...taught(dataset).subarray(2, 4), 0, 0],
  );
});

t.test('offsets beyond 2 GiB and 4 GiB stay positive numbers', async (t) => {
  const regions = new RegionAllocator(2 ** 31 - 64);
  t.equal(regions.takeWords(16), 2 ** 31 - 64);
  t.equal(regions.take(2 ** 31), 2 ** 31);
  t.equal(regions.take(1), 2 ** 32);
  t.equal(regions.end, 2 ** 32 + 64);
});

t.test('a member trained above 2 GiB has the same bytes as below', async (t) => {
  const dataset = clusters(90, 6, 3);
  const options = { members: 1, hidden: [9, 5], activation: 'gelu', epochs: 2, seed: 4 } as const;
  for (const arithmetic of ['strict', 'fused'] as const) {
    const ensemble = await trainEnsemble(dataset, { ...options, arithmetic, earlyStopping: 'validation' });
    const { plan, members } = ensemble;
    const { candidates, validation } = drawCandidates(plan, dataset);
    const spec = networkSpecs(plan)[0]!;
    const counts = { inBag: candidates.length, evaluated: candidates.length };
    const bytes = arenaBytes(spec, dataset.features, dataset.task, counts);
    const lengths = { candidates: candidates.length, validation: validation.length };
    const layout = movedUp(layoutTraining(dataset, lengths, 1, bytes), 2 ** 31);
    // The pages between are never touched, so they cost nothing.
    const memory = createSharedMemory(layout.totalBytes, 'a test');
    writeDataset(memory.buffer, layout.dataset, dataset);
    new Uint32Array(memory.buffer, layout.candidates.offset, candidates.length).set(candidates);
    new Uint32Array(memory.buffer, layout.validation.offset, validation.length).set(validation);
    const executor = executorCode(arithmetic);
    const shared = { arithmetic, executor, memory, memoryName: 'high', layout };
    const { task, encoding } = dataset;
    const training = { id: 'high', ...shared, task, targets: encoding.targets, seed: plan.seed };
    const place = { kind: 'member', training, spec, member: 0, slot: 0 } as const;
    const whole = { from: null, until: spec.epochs, anchor: null, state: null };
    const outcome = await trainMember({ ...place, ...whole }, bindExecutor(executor, memory));
    if (outcome.status !== 'advanced') return t.fail(outcome.status);
    t.same(outcome.delivered[0]!.parameters, members[0]!.parameters, arithmetic);
  }
});

/** The same layout with everything but the control block further up. */
function movedUp(layout: TrainingLayout, by: number): TrainingLayout {
  const { dataset, candidates, validation } = layout;
  return {
    ...layout,
    dataset: {
      ...dataset,
      ...{ x: dataset.x + by, labels: dataset.labels + by, targets: dataset.targets + by },
    },
    candidates: { ...candidates, offset: candidates.offset + by },
    validation: { ...validation, offset: validation.offset + by },
    arenas: layout.arenas + by,
    totalBytes: layout.totalBytes + by,
  };
}

t.test('more than 4 GiB is refused with both figures', async (t) => {
  t.throws(() => createSharedMemory(5.5 * 2 ** 30, 'Training'), {
    code: 'ERR_MEMORY',
    message: /Training needs 5\.5 GiB of shared memory, more than the 4\.0 GiB/,
  });
});

t.test('bytes are written with three digits at most', async (t) => {
  t.same([12, 2048, 1536, 340 * 2 ** 20, 1.5 * 2 ** 30, 2 ** 60].map(formatBytes), [
    '12 B',
    '2 KiB',
    '1.5 KiB',
    '340 MiB',
    '1.5 GiB',
    '1024 PiB',
  ]);
});
