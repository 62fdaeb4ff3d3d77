// What a plan keeps for `tutti collect`: what the training was asked for, and what is said of its rows, which no file has to say
// again. Read again from files that anybody may have made, so every field is checked.

import { failPlan } from '../../../plan-folder/problem.js';
import * as z from '../../../zod.js';
import { parseRunNote, type TrainNote } from '../train/run-note.js';
import type { TrainOutcome } from '../train/train-text.js';

/** Of the data, beside the datasets. */
type DataFacts = Pick<TrainOutcome['data'], 'taskReason' | 'leftOut' | 'notes' | 'table'>;

export interface PlanNote {
  readonly version: 1;
  readonly run: TrainNote;
  readonly data: DataFacts;
}

const schema = z.strictObject({
  version: z.literal(1),
  run: z.json(),
  data: z.strictObject({
    taskReason: z.string(),
    leftOut: z.array(z.strictObject({ column: z.string(), reason: z.string() })),
    notes: z.array(z.string()),
    table: z.strictObject({ rows: z.int().min(0) }),
  }),
});

export function planNote(run: TrainNote, { taskReason, leftOut, notes, table }: DataFacts): PlanNote {
  return { version: 1, run, data: { taskReason, leftOut, notes, table: { rows: table.rows } } };
}

/** A note as the command line left it; null for any other. */
export function parsePlanNote(note: unknown): PlanNote | null {
  const parsed = schema.safeParse(note);
  const run = parsed.success ? parseRunNote(parsed.data.run) : null;
  return parsed.success && run?.command === 'train' ? { version: 1, run, data: parsed.data.data } : null;
}

/** @throws ERR_PLAN for a plan that the command line did not make. */
export function requirePlanNote(folder: string, note: unknown): PlanNote {
  return parsePlanNote(note) ?? failPlan(folder, 'was made by a program, which collects it by `collectPlan`');
}
