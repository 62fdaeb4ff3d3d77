// The note of the command line in a checkpoint, read again: from files that anybody may have made, so every field is
// checked.

import type { CalibrationRequest } from '../../../calibration/fit-calibration.js';
import { CALIBRATION_OPTIONS } from '../../../calibration/options.js';
import type { LoadOptions } from '../../../data/load.js';
import { CLASS_WEIGHTS, type ClassWeights } from '../../../data/preprocessing/weights.js';
import { isPlainObject } from '../../../option-names.js';
import * as z from '../../../zod.js';

const text = z.string();
const natural = z.int().min(0);

const common = {
  version: z.literal(1),
  /** Where the command was given, which its paths are relative to. */
  cwd: text,
  threads: natural.optional(),
  isolate: z.literal('process').optional(),
};

/** Checked as the flags are. */
const calibration = z.strictObject({
  method: z.custom<CalibrationRequest['method']>(CALIBRATION_OPTIONS.method.holds),
  threshold: z.custom<CalibrationRequest['threshold']>(CALIBRATION_OPTIONS.threshold.holds),
}) satisfies z.ZodType<CalibrationRequest>;

const ofRun = {
  file: text,
  out: text.optional(),
  log: z.strictObject({ folder: text }).optional(),
  aggregator: text.optional(),
  calibrate: calibration.optional(),
  clip: z.boolean().optional(),
  level: z.number().optional(),
  replicates: z.number().optional(),
  failures: z.strictObject({
    retries: natural.optional(),
    onFailure: z.enum(['drop', 'fail']).optional(),
    onDivergence: z.enum(['drop', 'fail', 'reseed']).optional(),
  }),
  allowFailures: z.boolean(),
};

/** What loading the rows takes, which checks it. */
const data = z.custom<Omit<LoadOptions, 'seed'>>(isPlainObject);
const classWeights = z.custom<ClassWeights>(CLASS_WEIGHTS.holds);

const trainingRequest = z.strictObject({
  ...ofRun,
  ...{ data, test: text.optional(), seed: natural, seedDrawn: z.boolean(), gaussian: z.boolean() },
});

const extensionRequest = z.strictObject({
  ...ofRun,
  ...{ bundle: text, delimiter: text.optional(), encoding: text.optional() },
  classWeights: classWeights.optional(),
});

const trainNote = z.strictObject({ ...common, command: z.literal('train'), request: trainingRequest });
const extendNote = z.strictObject({ ...common, command: z.literal('extend'), request: extensionRequest });
const noteSchema = z.discriminatedUnion('command', [trainNote, extendNote]);

export type TrainNote = z.infer<typeof trainNote>;
export type ExtendNote = z.infer<typeof extendNote>;
export type RunNote = TrainNote | ExtendNote;

/** A note as the command line left it; null for any other. */
export function parseRunNote(note: unknown): RunNote | null {
  const parsed = noteSchema.safeParse(note);
  return parsed.success ? parsed.data : null;
}
