// What the file of a plan must say: every field, no other, in range. Import it where plans are read, not where tutti is loaded.

import { keptTrainingSchema } from '../checkpoint/schema.js';
import { SPEC_PARTS } from '../model/spec-schema.js';
import * as z from '../zod.js';
import type { PlanRecord } from './plan-record.js';

const { sha256 } = SPEC_PARTS;

export const planRecordSchema = keptTrainingSchema.extend({
  version: z.string(),
  datasets: z.strictObject({ train: sha256, test: sha256.nullable() }),
  modules: z.array(z.strictObject({ hash: sha256, file: z.string().regex(/^[^/\\]+$/) })),
}) satisfies z.ZodType<PlanRecord>;
