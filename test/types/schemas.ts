// The public types that are written out, against the schemas that check such values: what one allows the other
// does, both ways, name by name. Checked by the compiler when the project is built; nothing here runs.

import type { z } from 'zod';
import type { Environment } from '../../src/bundle/environment.js';
import type { metadataSchema } from '../../src/bundle/schema.js';
import type { Preprocessing } from '../../src/data/dataset/preprocessing-types.js';
import type { preprocessingSchema } from '../../src/data/preprocessing/preprocessing-schema.js';
import type { MemberOptions, TrainingOptions } from '../../src/model/options/training-options.js';
import type { trainingSchema } from '../../src/training/options/training-schema.js';

/** Lists and properties readonly all the way down; maps of any keys stay as they are. */
type DeepReadonly<T> = T extends object
  ? string extends keyof T
    ? T
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
  : T;

/** The names at every depth, which assignability alone does not compare where they are optional. */
type Names<T> = T extends readonly (infer Item)[]
  ? Names<Item>
  : T extends object
    ? string extends keyof T
      ? never
      : { [Key in keyof T & string]-?: Key | `${Key}.${Names<NonNullable<T[Key]>>}` }[keyof T & string]
    : never;

type Assignable<From, To> = [From] extends [To] ? true : false;
/** [true, true, true, true] where the two types are the same. */
type Compared<A, B> = [
  Assignable<A, B>,
  Assignable<B, A>,
  Assignable<Names<A>, Names<B>>,
  Assignable<Names<B>, Names<A>>,
];

type Training = DeepReadonly<z.infer<typeof trainingSchema>>;
type Member = Exclude<NonNullable<Training['members']>, number>[number];

const same = [true, true, true, true] as const;
/** Without ranges, whose ends are what is held against the schema. */
type Plain = Omit<TrainingOptions, keyof MemberOptions | 'members'> &
  MemberOptions & { readonly members?: number | readonly MemberOptions[] | undefined };
export const training: Compared<Plain, Training> = [...same];
export const member: Compared<MemberOptions, Member> = [...same];
export const preprocessing: Compared<Preprocessing, DeepReadonly<z.infer<typeof preprocessingSchema>>> = [
  ...same,
];
export const environment: Compared<
  Environment,
  DeepReadonly<z.infer<typeof metadataSchema>['environment']>
> = [...same];
