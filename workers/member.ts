// What a pool thread runs: bind the kernels to the training's memory, run the job, answer with its
// outcomes or its error. It decides nothing.

import { BroadcastChannel, workerData } from 'node:worker_threads';
import { runJob } from '../src/ensemble/run-job.js';
import { toWire } from '../src/errors.js';
import { instantiateKernels, type Kernels } from '../src/kernels/kernels.js';
import type { MemberTask, TaskResult, ThreadData } from '../src/pool/messages.js';

/** Kernels bound to the memory of the trainings under way; dropping them lets go of the memory. */
const bound = new Map<string, Kernels>();

const releases = new BroadcastChannel((workerData as ThreadData).releases);
releases.onmessage = (event) => bound.delete((event as { data: string }).data);
releases.unref();

export default async function runMember({ job, hooks }: MemberTask): Promise<TaskResult> {
  try {
    const { id, module, memory } = job.training;
    let kernels = bound.get(id);
    if (kernels === undefined) {
      kernels = instantiateKernels(module, memory);
      bound.set(id, kernels);
    }
    const hook = hooks === null ? undefined : (await import('../src/pool/hook-channel.js')).askHooks(hooks);
    return { outcomes: await runJob(job, kernels, hook) };
  } catch (error) {
    return { error: toWire(error) };
  } finally {
    hooks?.close();
  }
}
