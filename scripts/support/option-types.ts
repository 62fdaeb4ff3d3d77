// The text of src/model/options/training-options.ts, from the records of the options of training: plain interfaces with the
// documentation that editors show. It knows the kinds of schemas that options are made of, and no option but the few
// whose type has a name.

import { z } from 'zod';
import { TANGENT_KINDS } from '../../src/model/image.js';
import { ACTIVATIONS } from '../../src/model/layer-kind.js';
import type { Field } from '../../src/model/options/field.js';
import { rangeOf } from '../../src/model/options/option-range.js';
import { MEMBER_FIELDS, TRAINING_FIELDS } from '../../src/training/options/option-defaults.js';

const WIDTH = 110;

/** What the zod schemas of options hold, as far as it is read here. */
interface Definition {
  readonly type: string;
  readonly entries?: Readonly<Record<string, string>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
}

/** Options whose type is more than their schema shows, or too long to read. */
const NAMED: Readonly<Record<string, string>> = {
  members: 'number | readonly Ranged<MemberOptions>[]',
  grid: 'MemberGrid',
  layers: 'readonly LayerOption[]',
  image: 'ImageOption',
  learnerOptions: 'JsonObject',
};

/** Lists of words that have a name. */
const WORDS = new Map([
  [ACTIVATIONS.join(), 'Activation'],
  [TANGENT_KINDS.join(), 'TangentKind'],
  [['given', ...TANGENT_KINDS].join(), 'TangentSource'],
]);

/** The alternatives of a schema's type. */
function alternatives(schema: z.ZodType): string[] {
  const { type, entries, element, options, innerType } = schema.def as unknown as Definition;
  switch (type) {
    case 'number':
    case 'string':
    case 'boolean':
      return [type];
    case 'optional':
      return alternatives(innerType!);
    case 'union':
      return options!.flatMap(alternatives);
    case 'array': {
      const of = alternatives(element!);
      return [`readonly ${of.length === 1 ? of[0] : `(${of.join(' | ')})`}[]`];
    }
    case 'enum': {
      const words = Object.values(entries!);
      const name = WORDS.get(words.join());
      return name === undefined ? words.map((word) => `'${word}'`) : [name];
    }
    default:
      throw new Error(`A schema of type ${type} has no type here; give the option one in NAMED`);
  }
}

/** A property as it is formatted: on one line where it fits. */
function property(name: string, types: readonly string[]): string {
  const all = [...types, 'undefined'];
  const line = `  readonly ${name}?: ${all.join(' | ')};`;
  if (line.length <= WIDTH) return line;
  return [`  readonly ${name}?:`, ...all.map((type) => `    | ${type}`)].join('\n').concat(';');
}

type OwnField = Field & { readonly default?: unknown };

/** The value of an option that is not given, as it is written in a program, or in words. */
function defaultOf({ default: value, defaultSays }: OwnField): string | undefined {
  if (value === undefined) return defaultSays;
  return typeof value === 'string'
    ? `'${value}'`
    : JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
}

/** What it says of itself in sentences, and its default apart. */
function comment(own: OwnField): string {
  const range = rangeOf(own.schema(z), own.unit);
  const sentences = [own.says, ...(range === null ? [] : [range])].map(
    (text) => `${text[0]!.toUpperCase()}${text.slice(1)}.`,
  );
  const lines = [...wrap(sentences.join(' ')), ...wrap(`@default ${defaultOf(own)}`)];
  const short = `  /** ${lines.join(' ')} */`;
  if (lines.length <= 2 && short.length <= WIDTH) return short;
  return ['  /**', ...lines.map((line) => `   * ${line}`), '   */'].join('\n');
}

/** Lines of a comment within an interface. */
function wrap(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length + 1 > WIDTH - 5) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function properties(fields: readonly (readonly [string, Field])[]): string {
  const text = fields.map(([name, own]) => {
    const type = NAMED[name];
    const types = type === undefined ? alternatives(own.schema(z)) : [type];
    return `${comment(own)}\n${property(name, types)}`;
  });
  return text.join('\n');
}

/** The file, as it is checked in. */
export function optionTypes(): string {
  const shared = Object.entries(TRAINING_FIELDS).filter(([name]) => !Object.hasOwn(MEMBER_FIELDS, name));
  return `// Written by \`node dist/scripts/option-types.js\` from the options' records (option-defaults.ts): change those, and run it.
// The types of what a user may write about training, each with its documentation; plain, since the public declarations
// hold them.

import type { TangentKind } from '../image.js';
import type { ImageOption, LayerOption } from '../layer-types.js';
import type { Activation, JsonObject, TangentSource } from '../spec.js';
import type { Ranged } from './search-range.js';

/** Options of one member; every one is optional. */
export interface MemberOptions {
${properties(Object.entries(MEMBER_FIELDS))}
}

/** Lists of options of which members take the combinations. */
export type MemberGrid = {
  readonly [Name in keyof MemberOptions]?: readonly Exclude<MemberOptions[Name], undefined>[] | undefined;
};

/**
 * What a user writes about a training: options shared by all members, and their number or list. Any of a member's may be a
 * range, such as { log: [1e-4, 1e-2] }, from which each member draws its own.
 */
export interface TrainingOptions extends Ranged<MemberOptions> {
${properties(shared)}
}
`;
}
