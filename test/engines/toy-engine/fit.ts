// The shares of the classes among a member's rows, or the means of their targets.

import { outputCount } from '../../../src/data/dataset/dataset.js';
import { datasetRows } from '../../../src/engines/shared/dataset-rows.js';
import type { FittedMember, MemberRows, TrainerContext } from '../../../src/engines/shared/engine.js';
import { allocateShared } from '../../../src/memory/uncounted-bytes.js';
import type { ToySpec } from './spec.js';

export function fitMember(
  { memory, layout, task }: TrainerContext,
  _spec: ToySpec,
  _member: number,
  { inBag }: MemberRows,
): FittedMember {
  const rows = datasetRows(memory.buffer, layout.dataset, task, null);
  const outputs = outputCount(task);
  const weights = new Float32Array(allocateShared(4 * outputs));
  for (const label of rows.labels(inBag)) weights[label]! += 1 / inBag.length;
  for (const [at, target] of rows.targets(inBag).entries()) weights[at % outputs]! += target / inBag.length;
  return { parameters: weights, model: null };
}
