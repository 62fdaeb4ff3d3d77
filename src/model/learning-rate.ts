// The learning rate over a run, as a pure function of the step.

import { cos, integerPower } from '../math/functions.js';
import { cycleOf } from './snapshots.js';
import type { ScheduleSpec } from './spec.js';

/**
 * Factor of the learning rate at a step, 0…1.
 * Cosine: finalFactor + (1 − finalFactor)·½(1 + cos(π t)), t from 0 at the end of the warm-up to 1 at the
 * last step (Loshchilov and Hutter 2017, without restarts). Cyclic: the same within each cycle. Step: factor^⌊epoch / everyEpochs⌋.
 * @param step from 0, over the whole run of `epochs` × `stepsPerEpoch`.
 */
export function scheduleFactor(
  schedule: ScheduleSpec,
  step: number,
  stepsPerEpoch: number,
  epochs: number,
): number {
  const warmup = schedule.warmupEpochs * stepsPerEpoch;
  if (step < warmup) return (step + 1) / (warmup + 1);
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return integerPower(
        schedule.factor,
        Math.floor(Math.floor(step / stepsPerEpoch) / schedule.everyEpochs),
      );
    case 'cosine': {
      const last = Math.max(1, epochs * stepsPerEpoch - 1 - warmup);
      const t = Math.min(1, (step - warmup) / last);
      return schedule.finalFactor + (1 - schedule.finalFactor) * 0.5 * (1 + cos(Math.PI * t));
    }
    case 'cyclicCosine': {
      const cycle = Math.ceil((schedule.cycles * (Math.floor(step / stepsPerEpoch) + 1)) / epochs) - 1;
      const { first, last } = cycleOf({ epochs, snapshot: { index: cycle, of: schedule.cycles } });
      const start = Math.max(warmup, (first - 1) * stepsPerEpoch);
      const t = Math.min(1, (step - start) / Math.max(1, last * stepsPerEpoch - 1 - start));
      return schedule.finalFactor + (1 - schedule.finalFactor) * 0.5 * (1 + cos(Math.PI * t));
    }
    default:
      return schedule satisfies never;
  }
}
