// All options of training, in the order of the help and of the reference: those that may differ between members, and
// those of the whole training.

import { PRESET_NAMES } from '../../data/preprocessing/data-presets.js';
import { engines } from '../../engines/registry.js';
import {
  ALL_MEMBERS,
  type Defaults,
  defaultsOf,
  field,
  type Schemas,
  schemasOf,
  THE_TRAINING,
  type Zod,
} from '../../model/options/field.js';
import { SHARED_FIELDS } from '../../model/options/member-fields.js';
import { type StoppingOptions, stoppingOf } from '../../model/options/optimisation-options.js';
import { presetWords } from '../../model/options/presets.js';
import type * as zod from '../../zod.js';

/** Options that may differ between the members of one ensemble. */
export const MEMBER_FIELDS = {
  preset: field((z) => z.enum(PRESET_NAMES), {
    group: 'ensemble',
    by: ALL_MEMBERS,
    says: `a recipe, of which every option that is stated takes the place: ${presetWords()}`,
    saysFlag: 'a recipe, of which every option that is stated takes the place',
    default: 'balanced',
    example: 'best',
    common: true,
  }),
  engine: field((z) => z.enum(engines.names), {
    group: 'ensemble',
    by: ALL_MEMBERS,
    says: `what trains members: ${engines.entries.map(({ name, summary }) => `${name}, ${summary}`).join('; ')}`,
    defaultSays: 'wasm, or learner where `learner` is given',
    example: 'neighbours',
  }),
  ...SHARED_FIELDS,
};

export const IF_RESEEDING = {
  says: '`onDivergence` is reseed',
  holds: ({ onDivergence }: { readonly onDivergence?: string | undefined }) => onDivergence === 'reseed',
};

/** Every option of training; the names are those used everywhere. */
export const TRAINING_FIELDS = {
  members: field((z) => z.union([z.int().min(1), z.array(memberSchema(z)).min(1)]), {
    group: 'ensemble',
    by: THE_TRAINING,
    says: 'how many members are trained, or a list with the options of each',
    saysFlag: 'how many members are trained',
    default: 16,
    argument: 'k',
    short: 'k',
    example: 8,
    common: true,
  }),
  grid: field(gridSchema, {
    group: 'ensemble',
    by: THE_TRAINING,
    says: 'lists of options; members take their combinations in turn, fewer members the first of them',
    defaultSays: 'none',
    configOnly: true,
    example: { l2: [0, 0.001] },
  }),
  seed: field((z) => z.int().min(0), {
    group: 'ensemble',
    by: THE_TRAINING,
    says: 'seed of every random draw: the same options and seed give the same bytes',
    defaultSays: 'drawn anew',
    argument: 'n',
    short: 's',
    example: 1,
    common: true,
  }),
  arithmetic: field((z) => z.enum(['auto', 'fused', 'strict']), {
    group: 'run',
    by: THE_TRAINING,
    says: 'multiply-add with one rounding (fused) or with two (strict); auto: fused where the machine has it',
    default: 'auto',
    example: 'strict',
  }),
  validationShare: field((z) => z.number().gt(0).lt(1), {
    group: 'stopping',
    by: THE_TRAINING,
    says: 'share of the rows held out to decide when to stop',
    default: 0.1,
    example: 0.2,
    when: {
      says: '`earlyStopping` is validation',
      holds: (o: StoppingOptions) => stoppingOf(o) === 'validation',
    },
  }),
  deadline: field((z) => z.number().gt(0), {
    group: 'run',
    by: THE_TRAINING,
    says: 'how long threads may work on one member, each time it begins, before it is given up',
    unit: 'seconds',
    defaultSays: 'as long as it needs',
    argument: 'seconds',
    example: 60,
  }),
  onDivergence: field((z) => z.enum(['drop', 'fail', 'reseed']), {
    group: 'run',
    by: THE_TRAINING,
    says: 'a member that diverges: drop it, fail and end the training, or reseed: begin it again with other streams',
    defaultSays: 'as `onFailure` says',
    example: 'reseed',
  }),
  reseeds: field((z) => z.int().min(1), {
    group: 'run',
    by: THE_TRAINING,
    says: 'how often a member that diverges begins again before it counts as failed',
    default: 2,
    argument: 'n',
    example: 3,
    when: IF_RESEEDING,
  }),
  ...MEMBER_FIELDS,
};

/** The value of every option that is not stated and has one. */
export const DEFAULTS: Defaults<typeof TRAINING_FIELDS> = defaultsOf(TRAINING_FIELDS);

function memberSchema(z: Zod) {
  return z.strictObject(schemasOf(MEMBER_FIELDS, z)).partial();
}

type MemberSchemas = Schemas<typeof MEMBER_FIELDS>;

function gridSchema(z: Zod) {
  const lists = Object.entries(schemasOf(MEMBER_FIELDS, z)).map(([name, schema]) => [
    name,
    z.array(schema).min(1),
  ]);
  return z
    .strictObject(
      Object.fromEntries(lists) as { [Name in keyof MemberSchemas]: zod.ZodArray<MemberSchemas[Name]> },
    )
    .partial();
}
