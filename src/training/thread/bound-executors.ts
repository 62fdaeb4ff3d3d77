// Executors bound to the memories of trainings, one per memory and thread. Trainings that come one after the other have
// the same memory, and members share an executor, because an instance of WebAssembly that is fresh is slow for its first
// thousand calls, longer than a small member trains.

import { bindExecutor } from '../../kernels/bound-executor.js';
import type { Executor } from '../../kernels/executor.js';
import type { TrainingShare } from '../local/local-job.js';

export interface BoundExecutors {
  of(training: TrainingShare): Executor;
  /** Lets go of memories, whose names may be unknown. @returns whether there was one to let go of. */
  drop(memories: readonly string[]): boolean;
}

export function createBoundExecutors(): BoundExecutors {
  const bound = new Map<string, Executor>();
  return {
    of({ arithmetic, memoryName, executor: code, memory }) {
      const key = `${memoryName} ${arithmetic} ${code.name}`;
      let executor = bound.get(key);
      if (executor === undefined) {
        executor = bindExecutor(code, memory);
        bound.set(key, executor);
      }
      return executor;
    },
    drop(memories) {
      const before = bound.size;
      for (const key of [...bound.keys()]) if (memories.includes(key.split(' ')[0]!)) bound.delete(key);
      return bound.size < before;
    },
  };
}
