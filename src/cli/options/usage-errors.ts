// What is wrong with a command line as such, in the house form: a word that is no command, a flag that the command has
// not. Knows the parser's errors by their codes alone; what options mean is the commands' business.

import { TuttiError } from '../../errors.js';
import { suggest } from '../../option-names.js';
import { flagsOf as flagsOfRow, longFlagsOf } from './option-help.js';
import type { OptionRow } from './option-row.js';

/** What the parser found. */
export interface ParserError {
  readonly code: string;
  readonly message: string;
}

/** The options of each command, in the order of the help; loaded once something is wrong. */
export type CommandOptions = ReadonlyMap<string, readonly OptionRow[]>;

/**
 * The error to show.
 * @param command the command that was parsed; null before any.
 * @param needed what words of the command are needed for, by their names.
 */
export function usageError(
  error: ParserError,
  command: string | null,
  all: CommandOptions,
  needed: ReadonlyMap<string, string> = new Map(),
): TuttiError {
  return new TuttiError('ERR_OPTION', messageFor(error, command, all, needed), {}, error);
}

function messageFor(
  { code, message }: ParserError,
  command: string | null,
  all: CommandOptions,
  needed: ReadonlyMap<string, string>,
): string {
  const [, word = ''] = /'(.*?)'/s.exec(message) ?? [];
  if (code === 'commander.help') return 'Expected a command; tutti --help lists them';
  if (code === 'commander.unknownCommand') return unknownCommand(word, [...all.keys()]);
  if (code === 'commander.unknownOption') return unknownOption(word, command, all);
  if (code === 'commander.missingArgument') {
    const why = needed.get(word) ?? `tutti ${command} --help shows examples`;
    return `Expected \`${word}\` after tutti ${command}, got nothing; ${why}`;
  }
  if (code === 'commander.optionMissingArgument') {
    const [flag = word] = /--[\w-]+/.exec(word) ?? [];
    return `Expected a value after \`${flag}\`, got nothing`;
  }
  if (code === 'commander.excessArguments') return tooManyWords(message, command, all);
  const text = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return (text.charAt(0).toUpperCase() + text.slice(1)).replaceAll("'", '`');
}

/** `… Expected 1 argument but got 2.` */
function tooManyWords(message: string, command: string | null, all: CommandOptions): string {
  const [, expected = '', got = ''] = /Expected (\d+) .*got (\d+)/.exec(message) ?? [];
  const words = expected === '0' ? 'no word' : `${expected} ${expected === '1' ? 'word' : 'words'}`;
  // Who gives a word to a command that has options alone has forgotten its flag.
  const first = expected === '0' ? flagWithValue(all.get(command ?? '') ?? []) : null;
  const hint = first === null ? 'a name with blanks stands in quotes' : `what it works on follows ${first}`;
  return `Expected ${words} after tutti ${command ?? 'help'}, got ${got}; ${hint}`;
}

/** The first option that most people use, as the help writes it; null where a command has none with a value. */
function flagWithValue(rows: readonly OptionRow[]): string | null {
  const row = rows.find(({ kind, common }) => kind !== 'flag' && common === true);
  return row === undefined ? null : `\`${flagsOfRow(row)[0]!.text.replace(/^-\w, /, '')}\``;
}

/** What to say to a word that is no command. */
export function unknownCommand(word: string, commands: readonly string[]): string {
  const near = suggest(word, commands);
  // A file is what most commands are given first.
  const hint = near === '' && /\.\w+$/.test(word) ? `, such as tutti train ${word}` : near;
  return `Expected a command, got ${JSON.stringify(word)}${hint || '; tutti --help lists them'}`;
}

/** @param word as it was typed, perhaps with a value: `--quiet=yes`. */
function unknownOption(word: string, command: string | null, all: CommandOptions): string {
  const [, flag = word, value = ''] = /^(.*?)=(.*)$/s.exec(word) ?? [];
  const rows = all.get(command ?? '') ?? [];
  // Of the command's own flags the parser refuses only switches, for the value they have.
  const isSwitch = rows.some((row) => row.kind === 'flag' && flagsOf(row).includes(flag));
  if (isSwitch) return `Expected \`${flag}\` to have no value, got ${JSON.stringify(value)}`;
  return unknownFlag(flag, command, all);
}

function unknownFlag(flag: string, command: string | null, all: CommandOptions): string {
  const owners = [...all].filter(([, rows]) => rows.some((row) => flagsOf(row).includes(flag)));
  if (command === null) {
    const flags = [...all.values()].flatMap((rows) => rows.flatMap(flagsOf));
    const owner = owners[0]?.[0];
    const hint = owner === undefined ? suggestFlag(flag, flags) : `, such as tutti ${owner} … ${flag}`;
    return `Expected a command before \`${flag}\`${hint || '; tutti --help lists them'}`;
  }
  const own = (all.get(command) ?? []).flatMap(flagsOf);
  const others = owners.map(([name]) => `tutti ${name}`).join(', ');
  // What is an option elsewhere was hardly misspelt, but may have been cut short.
  const hint =
    others === ''
      ? suggestFlag(flag, own) || `; tutti ${command} --help lists its options`
      : `, which is an option of ${others}${completion(flag, own)}`;
  return `Unknown option \`${flag}\` of tutti ${command}${hint}`;
}

function flagsOf(row: OptionRow): string[] {
  return [...longFlagsOf(row), ...(row.short === undefined ? [] : [`-${row.short}`])];
}

/** The only flag that begins like what was typed, or else the nearest. */
function suggestFlag(flag: string, flags: readonly string[]): string {
  return completion(flag, flags) || (flag.length < SHORTEST ? '' : suggest(flag, flags));
}

/** The only flag that begins like what was typed. */
function completion(flag: string, flags: readonly string[]): string {
  const plain = (text: string) => text.replace(/[-_]/g, '').toLowerCase();
  const typed = plain(flag);
  const longer = new Set(flags.filter((own) => typed !== '' && plain(own).startsWith(typed)));
  const [only] = longer;
  return longer.size === 1 ? ` (did you mean \`${only}\`?)` : '';
}

/** Anything is near to so short a flag. */
const SHORTEST = 6;
