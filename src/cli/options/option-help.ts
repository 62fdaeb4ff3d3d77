// One option as the help shows it: the flags it has, and what is said of it. Knows no parser.

import { inFlags } from './option-origins.js';
import { flagOf, type OptionRow } from './option-row.js';

/** How a flag is written and called, as the parser takes it: `-k, --members <k>`. */
export interface Flag {
  readonly text: string;
  /** Aliases and opposites are taken without a line of their own. */
  readonly shown: boolean;
}

/** A flag gets its opposite too, so that the command line can overrule a config file either way. */
export function flagsOf(row: OptionRow): Flag[] {
  const flag = flagOf(row.name);
  const short = row.short === undefined ? '' : `-${row.short}, `;
  if (row.kind === 'flag') {
    return [
      { text: `${short}${flag}`, shown: true },
      { text: oppositeOf(flag), shown: false },
    ];
  }
  const value = ` <${row.argument ?? ARGUMENTS[row.kind]}>`;
  const aliases = (row.aliases ?? []).map((alias) => ({ text: `${flagOf(alias)}${value}`, shown: false }));
  return [{ text: `${short}${flag}${value}`, shown: true }, ...aliases];
}

/** Whatever names the option on a command line, longest forms only: its flag, aliases, and a flag's opposite. */
export function longFlagsOf({ name, aliases = [], kind }: OptionRow): string[] {
  const flags = [name, ...aliases].map(flagOf);
  return kind === 'flag' ? [...flags, oppositeOf(flags[0]!)] : flags;
}

function oppositeOf(flag: string): string {
  return flag.replace('--', '--no-');
}

const ARGUMENTS = {
  number: 'number',
  numbers: 'numbers',
  text: 'text',
  texts: 'texts',
  columns: 'columns',
  path: 'file',
  paths: 'path',
  choice: 'name',
} as const;

/** What is said of an option, and its facts in brackets. @param all the command's, which it may name */
export function describeRow(row: OptionRow, all: readonly OptionRow[]): string {
  const { description, choices, range, defaultText } = row;
  const values = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(range === undefined ? [] : [range]),
  ];
  const facts = [
    ...(values.length === 0 ? [] : [values.join(', or ')]),
    ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
  ];
  return inFlags(facts.length === 0 ? description : `${description} (${facts.join('; ')})`, all);
}
