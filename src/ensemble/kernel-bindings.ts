// Kernels bound to the memory of the trainings under way, one instance per training and thread. Members share
// it because a fresh instance is slow for its first thousand calls, longer than a small member trains.

import { instantiateKernels, type Kernels } from '../kernels/kernels.js';
import type { TrainingShare } from './job.js';

export interface KernelBindings {
  of(training: TrainingShare): Kernels;
  /** Lets go of an ended training's memory; the id may be unknown. */
  release(trainingId: string): void;
}

export function createKernelBindings(): KernelBindings {
  const bound = new Map<string, Kernels>();
  return {
    of({ id, module, memory }) {
      let kernels = bound.get(id);
      if (kernels === undefined) {
        kernels = instantiateKernels(module, memory);
        bound.set(id, kernels);
      }
      return kernels;
    },
    release(trainingId) {
      bound.delete(trainingId);
    },
  };
}
