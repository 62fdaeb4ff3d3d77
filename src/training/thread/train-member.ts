// Runs a job for one member: from its state to the end of an epoch. Thread-agnostic: it runs inside a pool
// thread or on the caller's, and its result depends on the seed, the spec and the state alone.

import { storedRowLength, storeRows } from '../../engines/neighbours/stored-rows.js';
import type { Kernels } from '../../kernels/kernels.js';
import { ControlBlock } from '../../memory/control-block.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import { cycleOf } from '../../model/snapshots.js';
import type { EpochMemberSpec, LearnerMemberSpec, NeighboursMemberSpec } from '../../model/spec.js';
import type { AdvancedMember, DeliveredMember, EpochHook, MemberJob, MemberOutcome } from '../session/job.js';
import { beginning, drawFromMemory, MemberCourse } from './member-course.js';

/** Advances a member with kernels bound to the training's memory. */
export async function trainMember(
  job: MemberJob,
  kernels: Kernels,
  onEpochEnd?: EpochHook,
): Promise<MemberOutcome> {
  const { spec } = job;
  switch (spec.engine) {
    case 'wasm':
    case 'tfjs':
      return trainByEpochs(job, spec, kernels, onEpochEnd);
    case 'neighbours':
      return storeMember(job, spec);
    case 'learner':
      return fitMember(job, spec);
    default:
      return spec satisfies never;
  }
}

async function trainByEpochs(
  job: MemberJob,
  spec: EpochMemberSpec,
  kernels: Kernels,
  onEpochEnd: EpochHook | undefined,
): Promise<MemberOutcome> {
  const { training, member, slot } = job;
  const control = new ControlBlock(training.memory.buffer, training.layout.slots);
  const course = await MemberCourse.begin(job, spec, kernels, control, onEpochEnd);
  const { trainer } = course;
  try {
    // Progress is the member's own: a snapshot's begins where the one before it ended.
    const { first, last } = cycleOf(spec);
    control.begin(slot, member, last - first + 1, trainer.stepsPerEpoch, course.epoch - first + 1);
    while (!course.finished) {
      const loss = trainer.runEpoch(course.epoch + 1, course.learningRate);
      if (loss === null) return { status: 'stopped' };
      control.endEpoch(slot, course.epoch - first + 2, loss);
      await course.endEpoch(loss);
    }
    return course.finish();
  } finally {
    trainer.dispose?.();
  }
}

/** A nearest-neighbour member has no epochs: its weights are its rows. */
function storeMember({ training, member }: MemberJob, spec: NeighboursMemberSpec): AdvancedMember {
  const { memory, layout, task } = training;
  const draw = drawFromMemory(training, spec);
  const { inBagRows } = draw;
  const length = inBagRows * storedRowLength(spec, layout.dataset.features, task);
  const weights = new Float32Array(allocateShared(4 * length));
  storeRows(memory.buffer, layout.dataset, spec, draw, weights, member);
  return atOnce({ weights, model: null, epoch: 0, inBagRows });
}

async function fitMember(
  { training, member, slot }: MemberJob,
  spec: LearnerMemberSpec,
): Promise<AdvancedMember> {
  const { fitLearner } = await import('../../engines/learner/fit.js');
  // There is no telling how far a learner is.
  new ControlBlock(training.memory.buffer, training.layout.slots).begin(slot, member, 1, 1);
  const draw = drawFromMemory(training, spec);
  const model = await fitLearner(training, spec, member, draw);
  const weights = new Float32Array(allocateShared(0));
  return atOnce({ weights, model, epoch: 0, inBagRows: draw.inBagRows });
}

/** What is left of a member that has no epochs. */
function atOnce(delivered: DeliveredMember): AdvancedMember {
  return { status: 'advanced', history: [], progress: beginning(0), delivered, ended: true };
}
