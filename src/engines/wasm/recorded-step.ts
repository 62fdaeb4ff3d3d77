// A plain training step as one list of kernel calls, for the steps of small networks: they are over before JavaScript
// has made the calls one by one. It says nothing new about a step: it writes down what the others do.

import { type CallList, recordCalls, VARIABLE_ADDRESS } from '../../kernels/call-list.js';
import type { TrainingLayout } from '../../memory/layout.js';
import { stepListWords } from './arena.js';
import { createGather } from './batch.js';
import { bindNetwork } from './program.js';
import { createTrainingStep, type StepContext } from './training-step.js';

/**
 * Gather, forward, loss and backward of `count` examples as a list to run with the address of their numbers.
 * @param place 0 for the first list of the arena, 1 for the second.
 * @returns null where a step is more than one pass, adds noise between its calls, or convolves.
 */
export function recordStep(
  context: StepContext,
  layout: TrainingLayout,
  count: number,
  place: 0 | 1,
): CallList | null {
  const { kernels, memory, arena, spec, task, columns } = context;
  if (arena.passes !== null || spec.inputNoise > 0) return null;
  const words = stepListWords(arena.shapes.length);
  return recordCalls(kernels, memory, arena.calls + place * words * 4, words, (recorder) => {
    const program = bindNetwork(recorder, arena.network);
    const gather = createGather(recorder, layout, arena, task, columns !== null);
    const step = createTrainingStep({ ...context, kernels: recorder, program, gather });
    const panels = gather.batch(VARIABLE_ADDRESS, count);
    step.differentiate({ indices: VARIABLE_ADDRESS, count, panels });
  });
}
