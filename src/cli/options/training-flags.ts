// The training options as command-line options, made of the records that the API and config files use: a record added
// there appears here, in the help and in config files.

import { TuttiError } from '../../errors.js';
import type { Field } from '../../model/options/field.js';
import { TRAINING_GROUPS } from '../../model/options/groups.js';
import { rangeOf } from '../../model/options/option-range.js';
import { TRAINING_FIELDS } from '../../training/options/option-defaults.js';
import { isSearchable } from '../../training/options/search-options.js';
import { trainingSchema } from '../../training/options/training-schema.js';
import type * as z from '../../zod.js';
import type { OptionKind, OptionRow } from './option-row.js';
import { textOf } from './rows.js';

/** The rows in the order of their groups, within these of the records. */
export function trainingRows(): readonly OptionRow[] {
  return allTrainingRows().filter(({ configOnly }) => configOnly !== true);
}

/** The option that notes about images name. */
export function imageRows(): readonly OptionRow[] {
  return trainingRows().filter(({ name }) => name === 'image');
}

/** With those that have no flag and can only stand in a config file. */
export function allTrainingRows(): readonly OptionRow[] {
  const rows = Object.entries(TRAINING_FIELDS).map(([name, own]) =>
    rowOf(name as keyof typeof TRAINING_FIELDS, own),
  );
  const order = Object.keys(TRAINING_GROUPS);
  return rows.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

/** Every training option's name, with those that have no flag. */
export function trainingNames(): readonly string[] {
  return Object.keys(TRAINING_FIELDS);
}

function rowOf(name: keyof typeof TRAINING_FIELDS, own: Field & { readonly default?: unknown }): OptionRow {
  const schema: z.ZodType = trainingSchema.shape[name];
  const shape = describeSchema(schema);
  const described = own.file === true ? { ...shape, kind: 'path' as const } : shape;
  const { group, says, saysFlag = says, unit, short, common, configOnly } = own;
  const example = exampleOf(own.example);
  const argument = own.argument ?? (EXAMPLE_IS_ARGUMENT.has(described.kind) ? example : undefined);
  const range = rangeOf(schema, unit);
  const defaultText = own.defaultSays ?? textOf(own.default);
  return {
    name,
    group,
    description: saysFlag,
    example,
    ...described,
    ...(argument === undefined ? {} : { argument }),
    ...(range === null ? {} : { range }),
    ...(defaultText === undefined ? {} : { defaultText }),
    ...(short === undefined ? {} : { short }),
    ...(common === undefined ? {} : { common }),
    ...(configOnly === undefined ? {} : { configOnly }),
    ...(name === 'resample' ? { acceptsFolds: true } : {}),
    ...(isSearchable(name) ? { searchable: true } : {}),
  };
}

/** Lists and texts show best what their values look like. */
const EXAMPLE_IS_ARGUMENT: ReadonlySet<OptionKind> = new Set(['text', 'texts', 'numbers', 'path']);

/** A value as a flag takes it, or as JSON in a config file. */
function exampleOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The parts of zod's definitions that matter here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

type Described = Pick<OptionRow, 'kind' | 'choices' | 'acceptsMap'>;

function describeSchema(schema: z.ZodType): Described {
  const definition = schema.def as unknown as Definition;
  if (definition.innerType !== undefined) return describeSchema(definition.innerType);
  switch (definition.type) {
    case 'boolean':
      return { kind: 'flag' };
    case 'enum':
      return { kind: 'choice', choices: Object.values(definition.entries ?? {}) };
    case 'string':
      return { kind: 'text' };
    case 'union': {
      // A flag takes the first form; what else a config file may say is checked by the schema.
      const { kind } = describeSchema(definition.options![0]!);
      return kind === 'text' ? { kind, acceptsMap: true } : { kind };
    }
    case 'custom':
      return { kind: 'texts', acceptsMap: true };
    case 'array': {
      const { kind, choices, acceptsMap } = describeSchema(definition.element!);
      if (kind === 'texts' && acceptsMap === true) return { kind, acceptsMap };
      return choices === undefined ? { kind: 'numbers' } : { kind: 'texts', choices };
    }
    case 'number':
      return { kind: 'number' };
    case 'record':
    case 'object':
      // Tables, which only config files have.
      return { kind: 'text', acceptsMap: true };
    default:
      throw new TuttiError('ERR_INTERNAL', `No flag is known for a schema of type ${definition.type}`);
  }
}
