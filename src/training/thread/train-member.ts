// Runs a job for one member: from its state to the end of an epoch. Thread-agnostic: it runs inside a pool
// thread or on the caller's, and its result depends on the seed, the spec and the state alone.

import { engineOf } from '../../engines/registry.js';
import type { Executor } from '../../kernels/executor.js';
import { ControlBlock } from '../../memory/control-block.js';
import { cycleOf } from '../../model/snapshots.js';
import { type EpochMemberSpec, hasEpochs } from '../../model/spec.js';
import type { LocalMemberJob } from '../local/local-job.js';
import type { JobHooks, MemberOutcome } from '../session/job.js';
import { beginning, drawFromMemory, failTraining, MemberCourse, trainerContext } from './member-course.js';

/** Advances a member with an executor bound to the training's memory. */
export async function trainMember(
  job: LocalMemberJob,
  executor: Executor,
  hooks: JobHooks = {},
): Promise<MemberOutcome> {
  const { spec } = job;
  return hasEpochs(spec) ? trainByEpochs(job, spec, executor, hooks) : fitAtOnce(job, executor);
}

async function trainByEpochs(
  job: LocalMemberJob,
  spec: EpochMemberSpec,
  executor: Executor,
  { onEpochEnd, onHandOver }: JobHooks,
): Promise<MemberOutcome> {
  const { training, member, slot } = job;
  const control = new ControlBlock(training.memory.buffer, training.layout.slots);
  if (control.deliveryRequested) return { status: 'stopped' };
  const course = await MemberCourse.begin(job, spec, executor, control, onEpochEnd);
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
      if (course.finished) break;
      if (control.pauseRequested) return course.pause();
      if (onHandOver !== undefined && control.takeWanted(slot, course.epoch))
        await onHandOver([course.handOver()]);
    }
    return course.finish();
  } finally {
    trainer.dispose?.();
  }
}

async function fitAtOnce(job: LocalMemberJob, executor: Executor): Promise<MemberOutcome> {
  const { training, member, slot, spec } = job;
  const { by, load } = engineOf(spec).training;
  if (by !== 'fitting') throw failTraining(spec, member);
  const { fitMember } = await load();
  const control = new ControlBlock(training.memory.buffer, training.layout.slots);
  if (control.pauseRequested || control.deliveryRequested) return { status: 'stopped' };
  // There is no telling how far it is.
  control.begin(slot, member, 1, 1);
  const draw = drawFromMemory(training, spec);
  const fitted = await fitMember(trainerContext(job, executor, control), spec, member, draw);
  const delivered = [{ ...fitted, epoch: 0, inBagRows: draw.inBagRows }];
  return { status: 'advanced', history: [], progress: beginning(0), delivered, ended: true };
}
