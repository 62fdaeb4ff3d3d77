// One option of training as one record. Everything else is made of these: the schema that checks options, their defaults
// and types, who is refused them, flags, help, config files and the reference. It knows no option.

import type { Condition } from '../../option-names.js';
import type * as zod from '../../zod.js';
import type { TrainingGroup } from './groups.js';

/** What makes schemas; records are given it, for zod takes as long to load as all the rest of tutti. */
export type Zod = typeof zod;

/**
 * A group of members that options are for. The definition of an engine says which groups a member is of (`optionUsers`);
 * options that one engine has for itself are for the group of its name.
 */
export type OptionUser = string;

/** Who can use an option. */
export interface Users {
  /** Members of any of these. */
  readonly groups: readonly OptionUser[];
  /** As the reference calls them. */
  readonly says: string;
}

/** All that an option says of itself but its default. `Options` are those its condition reads, defaults in place. */
export interface About<Value = unknown, Options = never> {
  /** What it is or does: no capital, no full stop, names of options in backticks. */
  readonly says: string;
  /** The same of the flag, where that can say less than the API. */
  readonly saysFlag?: string;
  /** What its numbers count, after "in"; absent for pure numbers. */
  readonly unit?: string;
  readonly group: TrainingGroup;
  /** On the first page of the help, as one of those that most people use. */
  readonly common?: true;
  /** What the help calls the value of the flag; else a word of its kind, and of lists and texts the example. */
  readonly argument?: string;
  /** The flag as a single letter. */
  readonly short?: string;
  /** Its text is the path of a file. */
  readonly file?: true;
  /** It is a table, which no flag can say. */
  readonly configOnly?: true;
  /** A value other than the default. */
  readonly example: Value;
  readonly by: Users;
  /** What else must hold for it to have an effect. */
  readonly when?: Condition<Options>;
  /** Where the spec of a member has it, `optimizer.kind`, where its last word is not the option's name. */
  readonly spec?: string;
}

/** An option whose default depends on other options or on the data, in words. */
export interface Field<Schema extends zod.ZodType = zod.ZodType, Options = never>
  extends About<Value<Schema>, Options> {
  readonly schema: (z: Zod) => Schema;
  readonly defaultSays?: string;
}

/** An option that has a default. */
export interface DefaultField<Schema extends zod.ZodType, Options, Default> extends Field<Schema, Options> {
  readonly default: Default;
}

/** What an option may be, as the public types have it: lists are readonly. */
export type Value<Schema extends zod.ZodType> =
  zod.output<Schema> extends infer Own
    ? Own extends readonly (infer Item)[]
      ? readonly Item[]
      : Own
    : never;

/** The record of an option. */
export function field<Schema extends zod.ZodType, const Default extends Value<Schema>, Options = unknown>(
  schema: (z: Zod) => Schema,
  about: About<Value<Schema>, Options> & { readonly default: Default },
): DefaultField<Schema, Options, Default>;
export function field<Schema extends zod.ZodType, Options = unknown>(
  schema: (z: Zod) => Schema,
  about: About<Value<Schema>, Options> & { readonly defaultSays: string },
): Field<Schema, Options>;
export function field(schema: (z: Zod) => zod.ZodType, about: About): Field {
  // An option stands in the schema of the training, of a member and of the grid: made once for all of them.
  let made: zod.ZodType | undefined;
  const once = (z: Zod) => {
    made ??= schema(z);
    return made;
  };
  return { schema: once, ...about };
}

type Fields = Readonly<Record<string, Field>>;

/** The schema of each option. */
export type Schemas<Own extends Fields> = { [Name in keyof Own]: ReturnType<Own[Name]['schema']> };

/** The default of each option that has one. */
export type Defaults<Own extends Fields> = {
  readonly [Name in keyof Own as Own[Name] extends { readonly default: unknown }
    ? Name
    : never]: Own[Name] extends {
    readonly default: infer Default;
  }
    ? Default
    : never;
};

export function schemasOf<Own extends Fields>(fields: Own, z: Zod): Schemas<Own> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { schema }]) => [name, schema(z)]),
  ) as Schemas<Own>;
}

export function defaultsOf<Own extends Fields>(fields: Own): Defaults<Own> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, own]) => ('default' in own ? [[name, own.default]] : [])),
  ) as Defaults<Own>;
}

/** An option of the whole training, which its members do not have. */
export const THE_TRAINING: Users = { groups: [], says: 'the training' };

export const ALL_MEMBERS: Users = { groups: ['member'], says: 'all members' };

/** Networks of the wasm engine. */
export const NETWORKS: Users = { groups: ['network'], says: 'networks' };

/** Networks whose layers and dropout are options: a model that a module builds says its own. */
export const OWN_LAYERS: Users = { groups: ['layers'], says: 'networks without `model`' };

/** Members trained epoch by epoch. */
export const BY_EPOCHS: Users = { groups: ['epochs'], says: 'networks, tfjs' };

/** Members that may stop early. */
export const STOPPED: Users = { groups: ['epochs', 'trees'], says: 'networks, tfjs, trees' };

export const OF_IMAGES: Users = { groups: ['layers', 'neighbours'], says: 'networks, neighbours' };

/** Networks that a module describes, and models that it builds. */
export const OF_MODELS: Users = { groups: ['model', 'tfjs'], says: 'networks, tfjs' };

export const NEIGHBOURS: Users = { groups: ['neighbours'], says: 'neighbours' };

export const TREES: Users = { groups: ['trees'], says: 'trees' };

export const LEARNERS: Users = { groups: ['learner'], says: 'learners' };
