// Runs a job for one member: from its state to the end of an epoch. Thread-agnostic: it runs inside a pool
// thread or on the caller's, and its result depends on the seed, the spec and the state alone.

import { distinctRows, storeRows } from '../engines/neighbours/stored-rows.js';
import type { Kernels } from '../kernels/kernels.js';
import { ControlBlock } from '../memory/control-block.js';
import { cycleOf } from '../model/snapshots.js';
import type { NeighboursMemberSpec, NetworkMemberSpec } from '../model/spec.js';
import type { AdvancedMember, EpochHook, MemberJob, MemberOutcome } from './job.js';
import { beginning, drawFromMemory, MemberCourse } from './member-course.js';

/** Advances a member with kernels bound to the training's memory. */
export async function trainMember(
  job: MemberJob,
  kernels: Kernels,
  onEpochEnd?: EpochHook,
): Promise<MemberOutcome> {
  const { spec } = job;
  return spec.engine === 'neighbours' ? storeMember(job, spec) : trainNetwork(job, spec, kernels, onEpochEnd);
}

async function trainNetwork(
  job: MemberJob,
  spec: NetworkMemberSpec,
  kernels: Kernels,
  onEpochEnd: EpochHook | undefined,
): Promise<MemberOutcome> {
  const { training, member, slot } = job;
  const control = new ControlBlock(training.memory.buffer, training.layout.slots);
  const course = new MemberCourse(job, spec, kernels, control, onEpochEnd);
  const { trainer } = course;
  // Progress is the member's own: a snapshot's begins where the one before it ended.
  const { first, last } = cycleOf(spec);
  control.begin(slot, member, last - first + 1, trainer.stepsPerEpoch, course.epoch - first + 1);
  try {
    while (!course.finished) {
      const loss = trainer.runEpoch(course.epoch + 1, course.learningRate);
      if (loss === null) return { status: 'stopped' };
      control.endEpoch(slot, course.epoch - first + 2, loss);
      await course.endEpoch(loss);
    }
    return course.finish();
  } finally {
    control.end(slot);
  }
}

/** A nearest-neighbour member has no epochs: its weights are its rows. */
function storeMember({ training, member, weights }: MemberJob, spec: NeighboursMemberSpec): AdvancedMember {
  const { memory, layout } = training;
  const draw = drawFromMemory(training, spec);
  storeRows(memory.buffer, layout.dataset, spec, draw, weights, member);
  const inBagRows = distinctRows(draw.inBag).length;
  const ended = { delivered: true, ended: true, epoch: 0, inBagRows } as const;
  return { status: 'advanced', history: [], progress: beginning(0), ...ended };
}
