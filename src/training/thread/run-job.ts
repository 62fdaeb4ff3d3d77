// Whatever a job is, this runs it: what pool threads and the inline runner call.

import type { Kernels } from '../../kernels/kernels.js';
import { ControlBlock } from '../../memory/control-block.js';
import type { LocalJob } from '../local/local-job.js';
import type { EpochHook, MemberOutcome } from '../session/job.js';
import { trainGroup } from './train-group.js';
import { trainMember } from './train-member.js';

/** Runs a job with kernels bound to its training's memory; one outcome per member of the job. */
export async function runJob(
  job: LocalJob,
  kernels: Kernels,
  onEpochEnd?: EpochHook,
): Promise<readonly MemberOutcome[]> {
  const { memory, layout } = job.training;
  const control = new ControlBlock(memory.buffer, layout.slots);
  const holder = control.takeUp(job.slot);
  try {
    return job.kind === 'group'
      ? await trainGroup(job, kernels, onEpochEnd)
      : [await trainMember(job, kernels, onEpochEnd)];
  } finally {
    control.end(job.slot, holder);
  }
}
