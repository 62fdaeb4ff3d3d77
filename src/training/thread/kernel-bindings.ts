// Kernels bound to the memories of trainings, one instance per memory and thread. Trainings that come one after the
// other have the same memory, and members share an instance, because a fresh one is slow for its first thousand calls,
// longer than a small member trains.

import { instantiateKernels, type Kernels } from '../../kernels/kernels.js';
import type { TrainingShare } from '../local/local-job.js';

export interface KernelBindings {
  of(training: TrainingShare): Kernels;
  /** Lets go of memories, whose names may be unknown. @returns whether there was one to let go of. */
  drop(memories: readonly string[]): boolean;
}

export function createKernelBindings(): KernelBindings {
  const bound = new Map<string, Kernels>();
  return {
    of({ arithmetic, memoryName, module, memory }) {
      const key = `${memoryName} ${arithmetic}`;
      let kernels = bound.get(key);
      if (kernels === undefined) {
        kernels = instantiateKernels(module, memory);
        bound.set(key, kernels);
      }
      return kernels;
    },
    drop(memories) {
      const before = bound.size;
      for (const key of [...bound.keys()]) if (memories.includes(key.split(' ')[0]!)) bound.delete(key);
      return bound.size < before;
    },
  };
}
