// The learning rate over a run, as a pure function of the step.

import { cos, integerPower, log } from '../math/functions.js';
import { cycleOf, epochsOfCycles, type GeometricSchedule, lastEpochOfTriangle } from './snapshots.js';
import type { ScheduleSpec } from './spec.js';

/**
 * Factor of the learning rate at a step, 0…1.
 * Cosine: finalFactor + (1 − finalFactor)·½(1 + cos(π t)), t from 0 at the end of the warm-up to 1 at the
 * last step (Loshchilov and Hutter 2017, without restarts). Cyclic: the same within each cycle. Step: factor^⌊epoch / everyEpochs⌋.
 * FlatCos: 1 for the share `flatShare` of the steps after the warm-up, then the cosine. Coslog4: ½(1 − cos(2π log₂(1 + 15 t)))
 * in the middle of each step after the warm-up, t from 0 to 1 over all of them (Holzmüller et al. 2024, Better by default).
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
    case 'cosine':
      return cosineFactor(schedule.finalFactor, step, warmup, epochs * stepsPerEpoch);
    case 'flatCos': {
      const total = epochs * stepsPerEpoch;
      const start = warmup + Math.floor(schedule.flatShare * (total - warmup));
      return step < start ? 1 : cosineFactor(schedule.finalFactor, step, start, total);
    }
    case 'coslog4': {
      const t = Math.min(1, (step - warmup + 0.5) / (epochs * stepsPerEpoch - warmup));
      return 0.5 * (1 - cos(2 * Math.PI * (log(1 + 15 * t) / Math.LN2)));
    }
    case 'cyclicCosine': {
      const cycle = Math.ceil((schedule.cycles * (Math.floor(step / stepsPerEpoch) + 1)) / epochs) - 1;
      const { first, last } = cycleOf({ epochs, snapshot: { index: cycle, of: schedule.cycles } });
      const start = Math.max(warmup, (first - 1) * stepsPerEpoch);
      return cosineFactor(schedule.finalFactor, step, start, last * stepsPerEpoch);
    }
    case 'fastGeometric':
      return geometricFactor(schedule, step, stepsPerEpoch, epochs);
    default:
      return schedule satisfies never;
  }
}

/** Half a cosine from 1 at step `start` to the final factor at the last step before `end`. */
function cosineFactor(finalFactor: number, step: number, start: number, end: number): number {
  const t = Math.min(1, (step - start) / Math.max(1, end - 1 - start));
  return finalFactor + (1 - finalFactor) * 0.5 * (1 + cos(Math.PI * t));
}

/**
 * Factor of the decoupled decay at a step: 1 for the first half of the run, then down to 0 along half a cosine,
 * ½(1 + cos(π (max(1, 2t) − 1))).
 * **Source:** Holzmüller, Grinsztajn, Steinwart (2024), Better by default: flat_cos.
 */
export function decayFactor(step: number, steps: number): number {
  const t = step / Math.max(1, steps - 1);
  return 0.5 * (1 + cos(Math.PI * (Math.max(1, 2 * t) - 1)));
}

/**
 * 1 before the cycles; then linear, down to the final factor at the first member, and up to 1 and down again for each further one.
 * **Source:** Garipov et al. (2018), Loss surfaces, mode connectivity, and fast ensembling of DNNs, section 5.
 */
function geometricFactor(
  schedule: GeometricSchedule,
  step: number,
  stepsPerEpoch: number,
  epochs: number,
): number {
  const epoch = Math.floor(step / stepsPerEpoch);
  let from = epochsOfCycles(schedule, epochs).before;
  if (epoch < from) return 1;
  let cycle = 0;
  for (; epoch >= lastEpochOfTriangle(schedule, epochs, cycle); cycle++) {
    from = lastEpochOfTriangle(schedule, epochs, cycle);
  }
  const start = from * stepsPerEpoch;
  const last = lastEpochOfTriangle(schedule, epochs, cycle) * stepsPerEpoch - 1;
  const t = (step - start) / Math.max(1, last - start);
  const height = cycle === 0 ? 1 - t : 1 - Math.abs(2 * t - 1);
  return schedule.finalFactor + (1 - schedule.finalFactor) * height;
}
