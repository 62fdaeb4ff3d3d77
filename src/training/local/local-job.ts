// A job with the memory that its training has on this machine: what the threads here are handed.

import type { Scale, Task } from '../../data/dataset/dataset.js';
import type { ExecutorCode } from '../../kernels/executor.js';
import type { TrainingLayout } from '../../memory/layout.js';
import type { SharedMemory } from '../../memory/webassembly-types.js';
import type { Arithmetic } from '../../model/spec.js';
import type { GroupJob, GroupMemberJob, Job, MemberJob } from '../session/job.js';

/** What all members of one training share; plain data and shared memory, so it crosses threads. */
export interface TrainingShare {
  readonly executor: ExecutorCode;
  readonly arithmetic: Arithmetic;
  readonly memory: SharedMemory;
  /** Of the memory: the same in every training that has it. */
  readonly memoryName: string;
  readonly layout: TrainingLayout;
  readonly task: Task;
  /** The scale of the targets. */
  readonly targets: Scale;
  readonly seed: number;
}

interface InMemory {
  readonly training: TrainingShare;
}

export type LocalMemberJob = MemberJob & InMemory;
/** A member of a group in lockstep. */
export type LocalGroupMemberJob = GroupMemberJob & InMemory;
export type LocalGroupJob = Omit<GroupJob, 'members'> &
  InMemory & { readonly members: readonly LocalGroupMemberJob[] };
export type LocalJob = LocalMemberJob | LocalGroupJob;

/** A job in this memory. */
export function inMemory(job: Job, training: TrainingShare): LocalJob {
  if (job.kind === 'member') return { ...job, training };
  return { ...job, training, members: job.members.map((member) => ({ ...member, training })) };
}
