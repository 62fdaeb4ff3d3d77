// What can be typed after `tutti`, as plain data that the script of any shell is written from.

import type { CommandDefinition, CommandList } from '../../options/command.js';
import { groupsOf } from '../../options/help-pages.js';
import { describeRow } from '../../options/option-help.js';
import { flagOf, type OptionRow } from '../../options/option-row.js';

/** What may stand in a place: one of some words, several of them with commas between, a file, or anything. */
export type Value =
  | { readonly kind: 'words' | 'list'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'any' };

export interface ShellOption {
  /** Without its dashes. */
  readonly long: string;
  /** One letter. */
  readonly short: string | null;
  readonly description: string;
  /** Null of a flag. */
  readonly value: Value | null;
  /** What the value is called. */
  readonly argument: string;
  readonly repeats: boolean;
}

export interface ShellCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly ShellOption[];
  /** What stands after the name; the last place may be taken by more of the same. */
  readonly places: readonly Value[];
}

/** What a shell completes: the commands, and after `help COMMAND` the groups of its options. */
export interface ShellWords {
  readonly commands: readonly ShellCommand[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const HELP: ShellOption = {
  long: 'help',
  short: 'h',
  description: 'print this help',
  value: null,
  argument: '',
  repeats: false,
};

/** Every command with its options, and `help`. */
export async function shellWords(list: CommandList): Promise<ShellWords> {
  const definitions = await Promise.all(
    Object.entries(list).map(async ([name, { summary, load }]) => {
      return { name, summary, definition: (await load()).command };
    }),
  );
  const groups = definitions
    .filter(({ definition }) => definition.options.length > 0)
    .map(({ name, definition }) => [name, [...groupsOf(definition.options), 'all']] as const);
  const help: ShellCommand = {
    name: 'help',
    summary: 'print the help of a command',
    options: [HELP],
    places: [{ kind: 'words', words: [...Object.keys(list), 'help'] }],
  };
  const commands = definitions.map(({ name, summary, definition }) => commandOf(name, summary, definition));
  return { commands: [...commands, help], groups: new Map(groups) };
}

function commandOf(
  name: string,
  summary: string,
  { arguments: places, options }: CommandDefinition,
): ShellCommand {
  return {
    name,
    summary,
    options: [...options.map(optionOf), HELP],
    places: places.map(({ choices }) =>
      choices === undefined ? { kind: 'file' } : { kind: 'words', words: choices },
    ),
  };
}

function optionOf(row: OptionRow): ShellOption {
  const { kind, choices, short, name, argument } = row;
  return {
    long: flagOf(name).slice(2),
    short: short ?? null,
    description: describeRow({ name, kind, group: row.group, description: row.description }, []).replaceAll(
      '`',
      '',
    ),
    value: kind === 'flag' ? null : placeOf(kind, choices),
    argument: argument ?? kind,
    repeats: kind === 'texts' || kind === 'columns' || kind === 'paths',
  };
}

function placeOf(kind: OptionRow['kind'], choices: readonly string[] | undefined): Value {
  if (kind === 'path' || kind === 'paths') return { kind: 'file' };
  if (choices === undefined) return { kind: 'any' };
  return { kind: kind === 'texts' ? 'list' : 'words', words: choices };
}
