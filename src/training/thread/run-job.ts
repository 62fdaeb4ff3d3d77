// Whatever a job is, this runs it: what pool threads and the inline runner call.

import type { Executor } from '../../kernels/executor.js';
import { ControlBlock } from '../../memory/control-block.js';
import type { LocalJob } from '../local/local-job.js';
import type { JobHooks, MemberOutcome } from '../session/job.js';
import { trainGroup } from './train-group.js';
import { trainMember } from './train-member.js';

/** Runs a job with an executor bound to its training's memory; one outcome per member of the job. */
export async function runJob(
  job: LocalJob,
  executor: Executor,
  hooks: JobHooks,
): Promise<readonly MemberOutcome[]> {
  const { memory, layout } = job.training;
  const control = new ControlBlock(memory.buffer, layout.slots);
  const holder = control.takeUp(job.slot);
  try {
    return job.kind === 'group'
      ? await trainGroup(job, executor, hooks)
      : [await trainMember(job, executor, hooks)];
  } finally {
    control.end(job.slot, holder);
  }
}
