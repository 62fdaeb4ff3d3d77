// Whatever a job is, this runs it: what pool threads and the inline runner call.

import type { Kernels } from '../kernels/kernels.js';
import type { EpochHook, Job, MemberOutcome } from './job.js';
import { trainGroup } from './train-group.js';
import { trainMember } from './train-member.js';

/** Runs a job with kernels bound to its training's memory; one outcome per member of the job. */
export async function runJob(
  job: Job,
  kernels: Kernels,
  onEpochEnd?: EpochHook,
): Promise<readonly MemberOutcome[]> {
  return job.kind === 'group'
    ? trainGroup(job, kernels, onEpochEnd)
    : [await trainMember(job, kernels, onEpochEnd)];
}
