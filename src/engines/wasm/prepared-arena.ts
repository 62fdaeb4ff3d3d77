// Arenas with the programs of their members. One that is prepared serves the next member too, where that is of the same
// kind in the same place: members of small networks are trained in little more time than it takes to write a program.

import { softClip } from '../../data/dataset/soft-clip.js';
import { TuttiError } from '../../errors.js';
import type { Executor } from '../../kernels/executor.js';
import { type Program, placeProgram } from '../../kernels/program.js';
import { writeUpdate } from '../../kernels/update-block.js';
import { validateProgram } from '../../kernels/validate-program.js';
import type { TrainingLayout } from '../../memory/layout.js';
import { layerShapes, parameterCount } from '../../model/network.js';
import { requireRowsForAll, submodelsOf } from '../../model/shared-weights.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { FeatureRanges } from '../../techniques/perturb.js';
import type { MemberRows, TrainerContext } from '../shared/engine.js';
import { type Arena, arenaSizes, layoutArena } from './arena.js';
import { writeBoosting } from './boosting.js';
import { weightScalingFactors, writeFactors } from './dropout.js';
import { lossConstants } from './losses.js';
import { dropoutsOf } from './network-layout.js';
import { PANEL } from './panels.js';
import { stepLimits } from './step-block.js';
import { type TrainingSegments, trainingProgram } from './training-program.js';
import { writePassConstants } from './training-step.js';
import { roleUpdate } from './update-blocks.js';

export interface PreparedArena {
  readonly arena: Arena;
  readonly program: Program;
  readonly segments: TrainingSegments;
  /** Numbers of a member's weights, unpadded. */
  readonly weightCount: number;
}

interface Kept {
  readonly key: string;
  readonly prepared: PreparedArena;
}

/** The last one of each memory, by its executor: a thread is sent another object for the same memory with every job. */
const kept = new WeakMap<Executor, Kept>();

/** The arena of a member, its program in place. @throws ERR_INTERNAL where the slot is too small */
export function prepareArena(
  context: TrainerContext,
  spec: NetworkMemberSpec,
  member: number,
  rows: MemberRows,
): PreparedArena {
  const { memory, executor } = context;
  requireRowsForAll(spec, Math.min(rows.inBag.length, spec.batchSize));
  const key = keyOf(context, spec, rows);
  const last = kept.get(executor);
  if (last?.key === key) {
    // Another training may have had the memory meanwhile.
    placeProgram(last.prepared.program, memory.buffer);
    writeConstants(context, last.prepared.arena, spec, rows);
    return last.prepared;
  }
  const prepared = writeArena(context, spec, member, rows);
  const { arena, program } = prepared;
  writeConstants(context, arena, spec, rows);
  const { order, evaluated, rowsEvaluated, panels } = arena;
  validateProgram(
    memory.buffer,
    program,
    stepLimits(panels * PANEL, order, evaluated + rowsEvaluated * 4, submodelsOf(spec)),
  );
  kept.set(executor, { key, prepared });
  return prepared;
}

/** All that an arena and its program follow from. */
function keyOf(
  { layout, task, slot, offsetBytes }: TrainerContext,
  spec: NetworkMemberSpec,
  { inBag, columns }: MemberRows,
): string {
  const { streams: _, ...kind } = spec;
  return JSON.stringify([kind, layout, task, slot, offsetBytes, inBag.length, columns === null]);
}

function writeArena(
  { memory, layout, task, slot, offsetBytes }: TrainerContext,
  spec: NetworkMemberSpec,
  member: number,
  { inBag, columns }: MemberRows,
): PreparedArena {
  const slotStart = layout.arenas + slot * layout.arenaBytes;
  const sizes = arenaSizes(layout, inBag.length);
  const arena = layoutArena(spec, layout.dataset.features, task, sizes, slotStart + offsetBytes);
  const { calls, segments } = trainingProgram(spec, task, arena, layout, columns !== null);
  requireRoom(member, arena.program + calls.bytes - slotStart, layout.arenaBytes);
  const weightCount = parameterCount(layerShapes(spec, layout.dataset.features, task));
  return { arena, program: calls.build(memory.buffer, arena.program), segments, weightCount };
}

/** The neighbouring slot begins where this one ends. @throws ERR_INTERNAL */
function requireRoom(member: number, bytes: number, slotBytes: number): void {
  if (bytes <= slotBytes) return;
  const message = `Expected member ${member} to need at most the ${slotBytes} bytes of its slot, got ${bytes}`;
  throw new TuttiError('ERR_INTERNAL', message, { member, bytes, slotBytes });
}

/** Writes what calls read in every step and nothing changes. */
function writeConstants(
  { memory, layout, targets }: TrainerContext,
  arena: Arena,
  spec: NetworkMemberSpec,
  { columns }: MemberRows,
): void {
  const { shapes, network, firstMoment, secondMoment, updates } = arena;
  const { dropout } = spec;
  const constants = lossConstants(spec, targets, arena.head.constantWords);
  new Float32Array(memory.buffer, arena.head.constants, constants.length).set(constants);
  const boosting = arena.submodels?.boosting ?? null;
  if (boosting !== null) writeBoosting(memory.buffer, boosting, spec);
  if (dropout !== null) {
    writeFactors(memory.buffer, dropoutsOf(network), weightScalingFactors(dropout, shapes));
  }
  for (const place of updates.places) {
    const { optimizer, normPenalty } = roleUpdate(spec, place);
    writeUpdate(memory, place.address, {
      ...{ kind: 'optimizer', optimizer, normPenalty },
      firstOffset: firstMoment - network.weights,
      secondOffset: secondMoment === 0 ? 0 : secondMoment - network.weights,
    });
  }
  writePassConstants(memory, arena, spec, readRanges(memory, layout), columns);
}

function readRanges(memory: WebAssembly.Memory, { ranges, dataset }: TrainingLayout): FeatureRanges | null {
  if (ranges === 0) return null;
  const { features } = dataset;
  const part = (index: number) => new Float32Array(memory.buffer, ranges + index * features * 4, features);
  const [low, high, mean, std, clips] = [part(0), part(1), part(2), part(3), part(4)];
  return {
    ...{ low, high, std },
    encode(value, i) {
      const c = clips[i]!;
      // Kneed ones are kept as they are, smooth ones below 0.
      return softClip((value - mean[i]!) / std[i]!, c === 0 ? null : Math.abs(c), c < 0 ? 'smooth' : 'kneed');
    },
  };
}
