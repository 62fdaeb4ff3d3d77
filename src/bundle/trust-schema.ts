// What baseline, calibration and conformity of a saved ensemble must look like: every field, no other, in range.

import type { Calibration, CalibrationMethod } from '../calibration/calibration.js';
import { calibrationMethods } from '../calibration/methods.js';
import { type Conformity, MOST_ROWS } from '../conformal/conformity.js';
import type { Baseline } from '../measure/baseline/baseline.js';
import { SPEC_PARTS } from '../model/spec-schema.js';
import { type Aggregator, aggregators } from '../predictions/aggregate/aggregators.js';
import * as z from '../zod.js';

const { count, natural } = SPEC_PARTS;

const aggregator = z.enum(aggregators.names as readonly [Aggregator, ...Aggregator[]]);

export const baselineSchema = z.strictObject({
  constant: z.array(z.number()).min(1),
  linear: z
    .strictObject({ weights: z.array(z.number()), bias: z.array(z.number()).min(1), rows: count })
    .nullable(),
}) satisfies z.ZodType<Baseline>;

const scores = z.strictObject({ logLoss: z.number().min(0), ece: z.number().min(0).max(1) });

export const calibrationSchema = z.strictObject({
  method: z.enum(calibrationMethods.names as readonly [CalibrationMethod, ...CalibrationMethod[]]).nullable(),
  aggregator,
  rowsFrom: z.enum(['outOfBag', 'heldOut']),
  rows: count,
  parameters: z.array(z.number()),
  figures: z.strictObject({ folds: count.min(2), before: scores, after: scores }).nullable(),
  threshold: z
    .strictObject({
      value: z.number().gt(0).lt(1),
      criterion: z.string().min(1).nullable(),
      figures: z.strictObject({ chosen: z.number(), half: z.number() }).nullable(),
    })
    .nullable(),
}) satisfies z.ZodType<Calibration>;

function finite<Values extends Float32Array | Float64Array | Uint32Array | Uint8Array>(
  type: new () => Values,
  isFine: (value: number) => boolean,
  what: string,
): z.ZodType<Values> {
  const isOne = (value: unknown) => value instanceof type && value.every(isFine);
  return z.custom<Values>(isOne, `expected ${what}`);
}

const share = (value: number) => value >= 0 && value <= 1 + 1e-6;

export const conformitySchema = z.strictObject({
  method: z.enum(['jackknifeAfterBootstrap', 'split']),
  aggregator,
  calibrated: z.boolean(),
  rows: count.max(MOST_ROWS),
  rowsBefore: count,
  scores: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('classification'),
      label: finite(Uint32Array, () => true, 'classes'),
      truth: finite(Float32Array, share, 'probabilities in single precision'),
      above: finite(Float32Array, share, 'probabilities in single precision'),
      rank: finite(Uint32Array, () => true, 'ranks'),
    }),
    z.strictObject({
      kind: z.literal('regression'),
      residual: finite(Float64Array, Number.isFinite, 'numbers in double precision'),
      deviation: finite(
        Float64Array,
        (value) => value > 0 && Number.isFinite(value),
        'deviations above 0 in double precision',
      ).nullable(),
    }),
  ]),
  mask: finite(Uint8Array, () => true, 'bytes').nullable(),
  groups: count.nullable(),
  shares: finite(Float64Array, (value) => value > 0 && value <= 1, 'shares in double precision').nullable(),
}) satisfies z.ZodType<Conformity>;

/** In the metadata. */
export const trustFields = {
  baseline: baselineSchema.nullable(),
  calibration: calibrationSchema.nullable(),
  /** Bytes of the conformity, which follows the members; null where there is none. */
  conformityBytes: natural.min(1).nullable(),
};
