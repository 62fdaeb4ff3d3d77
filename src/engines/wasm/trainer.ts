// Trains one member of the wasm engine inside one arena of a training's shared memory.
// It draws nothing but the batch order and the initial weights, reads no clock and talks to no thread:
// the stop flag and the progress record of the control block are all it shares.

import { outputCount, type Task } from '../../data/dataset.js';
import { TuttiError } from '../../errors.js';
import type { Kernels } from '../../kernels/kernels.js';
import { stepWriter, UPDATE_BLOCK_BYTES, writeUpdate } from '../../kernels/update-block.js';
import { streamKey } from '../../math/random.js';
import type { ControlBlock } from '../../memory/control-block.js';
import { RegionAllocator, type TrainingLayout } from '../../memory/layout.js';
import { type LayerShape, layerShapes } from '../../model/network.js';
import { scheduleFactor } from '../../model/schedule.js';
import type { MemberSpec } from '../../model/spec.js';
import type { MemberRows, MemberTrainer } from '../engine.js';
import { initialParameters, packParameters, unpackParameters } from './parameters.js';
import {
  type HeadInputs,
  layoutNetwork,
  type NetworkProgram,
  PANEL,
  paddedParameterCount,
  panelStrideOf,
  panelsOf,
  runBackward,
  runForward,
  runLoss,
} from './program.js';

/** A moment below this is as good as zero; still far above the denormals, which are slow. */
const NEGLIGIBLE_MOMENT = 1e-30;
/** From 1e-30 the first moment takes over 170 steps of decay by 0.9 to become denormal. */
const STEPS_BETWEEN_FLUSHES = 128;

/** What a trainer is given beside the member's own spec and rows. */
export interface TrainingContext {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly control: ControlBlock;
  readonly layout: TrainingLayout;
  readonly task: Task;
  readonly seed: number;
  /** The arena and progress record this member uses. */
  readonly slot: number;
}

/** Every region of a member's arena. */
interface Arena {
  readonly program: NetworkProgram;
  readonly shapes: readonly LayerShape[];
  /** u32[inBag]: the resample, then the order of the running epoch, then rows being evaluated. */
  readonly inBag: number;
  readonly order: number;
  readonly evaluated: number;
  readonly columns: number;
  readonly weights: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly kept: number;
  readonly head: HeadInputs;
  readonly updateBlock: number;
  readonly end: number;
}

/** Lengths that size an arena beside the spec. */
export interface ArenaSizes {
  readonly inBag: number;
  /** Most rows given to `evaluate` at once. */
  readonly evaluated: number;
}

/** Bytes a member needs while it trains. */
export function arenaBytes(spec: MemberSpec, features: number, task: Task, sizes: ArenaSizes): number {
  return layoutArena(spec, features, task, sizes, 0).end;
}

function layoutArena(
  spec: MemberSpec,
  features: number,
  task: Task,
  sizes: ArenaSizes,
  start: number,
): Arena {
  const regions = new RegionAllocator(start);
  const shapes = layerShapes(spec, features, task);
  const panels = panelsOf(Math.min(spec.batchSize, Math.max(sizes.inBag, sizes.evaluated)));
  const length = paddedParameterCount(shapes);
  const weights = regions.takeWords(length);
  const targetsStride = task.kind === 'regression' ? panelStrideOf(outputCount(task)) : 0;
  return {
    shapes,
    weights,
    firstMoment: regions.takeWords(length),
    secondMoment: spec.optimizer.kind === 'sgd' ? 0 : regions.takeWords(length),
    kept: spec.earlyStopping === null ? 0 : regions.takeWords(length),
    program: layoutNetwork(shapes, weights, panels, regions, 'train'),
    inBag: regions.takeWords(sizes.inBag),
    order: regions.takeWords(sizes.inBag),
    evaluated: regions.takeWords(sizes.evaluated),
    columns: regions.takeWords(shapes[0]!.inputs),
    head: {
      labels: regions.takeWords(panels * PANEL),
      targets: regions.take(panels * targetsStride),
      targetsStride,
      rowWeights: regions.takeWords(panels * PANEL),
    },
    updateBlock: regions.take(UPDATE_BLOCK_BYTES),
    end: regions.end,
  };
}

/** Prepares a member: its initial weights are drawn and in place when this returns. */
export function createWasmTrainer(
  context: TrainingContext,
  spec: MemberSpec,
  member: number,
  rows: MemberRows,
  evaluatedRows: number,
): MemberTrainer {
  const { kernels, memory, control, layout, task, seed, slot } = context;
  const { buffer } = memory;
  const { dataset } = layout;
  const sizes = { inBag: rows.inBag.length, evaluated: evaluatedRows };
  const arena = layoutArena(spec, dataset.features, task, sizes, layout.arenas + slot * layout.arenaBytes);
  const { program, shapes, head } = arena;
  const examples = rows.inBag.length;
  const stepsPerEpoch = Math.ceil(examples / spec.batchSize);
  const outputs = outputCount(task);
  const isClassification = task.kind === 'classification';
  const floats = (offset: number, length: number) => new Float32Array(buffer, offset, length);
  const parameters = floats(arena.weights, program.weightsLength);
  const order = new Uint32Array(buffer, arena.order, examples);

  new Uint32Array(buffer, arena.inBag, examples).set(rows.inBag);
  if (rows.columns !== null) new Uint32Array(buffer, arena.columns, rows.columns.length).set(rows.columns);
  packParameters(
    shapes,
    initialParameters(shapes, spec.network.init, streamKey(seed, 'init', spec.stream)),
    parameters,
  );
  floats(arena.firstMoment, program.weightsLength).fill(0);
  if (arena.secondMoment !== 0) floats(arena.secondMoment, program.weightsLength).fill(0);
  writeUpdate(memory, arena.updateBlock, {
    kind: 'optimizer',
    optimizer: spec.optimizer,
    normPenalty: spec.normPenalty,
    firstOffset: arena.firstMoment - arena.weights,
    secondOffset: arena.secondMoment === 0 ? 0 : arena.secondMoment - arena.weights,
  });
  const update = stepWriter(memory, arena.updateBlock, spec.optimizer);

  /** Gathers a batch of row numbers and returns its panels; row weights sum to 1 when all are equal. */
  const gatherBatch = (indices: number, count: number): number => {
    const { x, xStrideBytes, labels, targets, targetsStrideBytes, rowWeights } = dataset;
    const { input, inputStride } = program;
    const { inputs } = shapes[0]!;
    if (rows.columns === null)
      kernels.gatherRows(x, xStrideBytes, indices, count, inputs, input, inputStride);
    else kernels.gatherColumns(x, xStrideBytes, indices, count, arena.columns, inputs, input, inputStride);
    if (isClassification) kernels.gatherLabels(labels, indices, count, head.labels);
    else
      kernels.gatherRows(
        targets,
        targetsStrideBytes,
        indices,
        count,
        outputs,
        head.targets,
        head.targetsStride,
      );
    kernels.gatherWeights(rowWeights, indices, count, 1 / count, head.rowWeights);
    return panelsOf(count);
  };

  const flushMoments = () => {
    kernels.flushDenormals(arena.firstMoment, program.weightsLength, NEGLIGIBLE_MOMENT);
    if (arena.secondMoment !== 0) {
      kernels.flushDenormals(arena.secondMoment, program.weightsLength, NEGLIGIBLE_MOMENT);
    }
  };

  return {
    stepsPerEpoch,

    runEpoch(epoch, learningRate) {
      order.set(new Uint32Array(buffer, arena.inBag, examples));
      const [key0, key1] = streamKey(seed, 'order', spec.stream, epoch);
      kernels.shuffle(arena.order, examples, key0, key1);
      let lossSum = 0;
      for (let step = 0; step < stepsPerEpoch; step++) {
        if (control.stopRequested) return null;
        const first = step * spec.batchSize;
        const count = Math.min(spec.batchSize, examples - first);
        const done = (epoch - 1) * stepsPerEpoch + step;
        update.writeStep(
          learningRate * scheduleFactor(spec.schedule, done, stepsPerEpoch, spec.epochs),
          done + 1,
        );
        const panels = gatherBatch(arena.order + first * 4, count);
        runForward(kernels, program, panels);
        const loss = runLoss(kernels, spec.loss, program, panels, outputs, head, true);
        if (!Number.isFinite(loss)) throw diverged(member, epoch, loss);
        runBackward(kernels, program, panels, arena.updateBlock);
        if ((done + 1) % STEPS_BETWEEN_FLUSHES === 0) flushMoments();
        lossSum += loss * count;
        control.step(slot, step + 1);
      }
      return lossSum / examples;
    },

    evaluate(evaluated) {
      new Uint32Array(buffer, arena.evaluated, evaluated.length).set(evaluated);
      let lossSum = 0;
      for (let first = 0; first < evaluated.length; first += spec.batchSize) {
        const count = Math.min(spec.batchSize, evaluated.length - first);
        const panels = gatherBatch(arena.evaluated + first * 4, count);
        runForward(kernels, program, panels);
        lossSum += runLoss(kernels, spec.loss, program, panels, outputs, head, false) * count;
      }
      return lossSum / evaluated.length;
    },

    keepWeights: () => floats(arena.kept, program.weightsLength).set(parameters),
    restoreWeights: () => parameters.set(floats(arena.kept, program.weightsLength)),

    exportWeights(into) {
      unpackParameters(shapes, parameters, into);
      if (!into.every(Number.isFinite)) throw diverged(member, spec.epochs, Number.NaN);
    },
  };
}

function diverged(member: number, epoch: number, loss: number): TuttiError {
  return new TuttiError(
    'ERR_DIVERGED',
    `Member ${member} diverged in epoch ${epoch}: its loss became ${loss}; a smaller learningRate may help`,
    { member, epoch, loss: String(loss) },
  );
}
