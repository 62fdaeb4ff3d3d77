// A config file, JSON or YAML: a map whose keys are the names of the options.

import { toUtf8 } from '../../data/readers/text-encoding.js';
import { describe, TuttiError } from '../../errors.js';
import { MAX_CONFIG_BYTES, readBoundedFile } from '../../files/regular-file.js';
import { loadYaml } from '../../files/yaml.js';
import { suggest } from '../../option-names.js';
import type { GivenOptions } from './command.js';
import type { OptionOrigins } from './option-origins.js';
import { checkConfigValue, failUsage, nameOf, type OptionRow } from './option-row.js';

/**
 * Reads a config file.
 * @param rows the options it may set; `others` are keys checked elsewhere.
 * @returns values by camelCase name.
 * @throws ERR_FILE when it cannot be read, ERR_OPTION for what it says wrong, naming the file.
 */
export async function readConfig(
  path: string,
  rows: readonly OptionRow[],
  others: readonly string[],
): Promise<Record<string, unknown>> {
  const { content, placeOf } = await parseConfig(path);
  const values: Record<string, unknown> = {};
  const keys = new Map<string, string>();
  for (const [key, value] of Object.entries(content)) {
    const name = nameOf(key);
    const place = placeOf(key);
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined && !others.includes(name)) {
      const known = [...rows.map((candidate) => candidate.name), ...others];
      failUsage(`${path}: Unknown option ${describe(key)}${suggest(name, known)} ${place}`, name);
    }
    const twin = keys.get(name);
    if (twin !== undefined) {
      failUsage(`${path}: Expected \`${name}\` once, got both \`${twin}\` and \`${key}\` ${place}`, name);
    }
    keys.set(name, key);
    refuseDepth(path, value, place);
    // An empty YAML value reads as null: the same as not saying it.
    if (value === null || value === undefined) continue;
    values[name] = row === undefined || name === 'members' ? value : checked(path, row, value, place);
  }
  return values;
}

/**
 * What the config file that a command line names says, if it names one; what comes from the file is entered in `origins`.
 * @param read reads it, by its path. @throws as `read`.
 */
export async function fromConfig(
  given: GivenOptions,
  origins: OptionOrigins,
  read: (path: string) => Promise<Readonly<Record<string, unknown>>>,
): Promise<Readonly<Record<string, unknown>>> {
  if (given.config === undefined) return {};
  const path = String(given.config);
  const values = await read(path);
  origins.config = { path, names: new Set(Object.keys(values).filter((name) => !(name in given))) };
  return values;
}

interface ParsedConfig {
  readonly content: Readonly<Record<string, unknown>>;
  /** `(line 3)`: where a key of the map stands. */
  placeOf(key: string): string;
}

/** JSON is YAML too, so that one parser finds the lines; JSON's own is stricter. */
async function parseConfig(path: string): Promise<ParsedConfig> {
  const text = readText(path);
  if (NESTED.test(text) || bracketDepth(text) > MOST_BRACKETS) failDepth(path, '');
  if (path.endsWith('.json')) explained(path, () => JSON.parse(text));
  const { LineCounter, parseDocument } = await loadYaml();
  const lines = new LineCounter();
  // Equal keys are found below, since the parser compares all with all, and pretty errors repeat a long line for each.
  const settings = { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;
  const document = explained(path, () => parseDocument(text, settings));
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    if (/call stack/.test(error.message)) failDepth(path, ` (line ${line})`);
    failUsage(`${path}: ${error.message} at line ${line}, column ${col}`, 'config');
  }
  const place = (at: number) => `(line ${lines.linePos(at).line})`;
  const starts = await checkNodes(path, document.contents, place);
  const content: unknown = explained(path, () => document.toJS());
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    failUsage(`${path}: Expected a map of option names to values, got ${describe(content)}`, 'config');
  }
  return { content: content as Record<string, unknown>, placeOf: (key) => place(starts.get(key) ?? 0) };
}

/** @throws ERR_OPTION for bytes that are no text in UTF-8. */
function readText(path: string): string {
  const bytes = readBoundedFile(path, { maxBytes: MAX_CONFIG_BYTES, pipes: true });
  try {
    return toUtf8(path, bytes, 'utf-8').toString('utf8');
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    throw new TuttiError('ERR_OPTION', error.message, { ...error.details, config: true }, error);
  }
}

/** Aliases are looked for from the beginning of a file, each of them. */
const MOST_ALIASES = 200;

/**
 * Refuses, before values are made of it, what takes them long: keys that are no plain texts, keys that are there twice,
 * deep nesting, many aliases.
 * @returns where the keys of the outermost map stand.
 */
async function checkNodes(path: string, contents: unknown, place: (at: number) => string) {
  const { isAlias, isMap, isPair, isScalar, isSeq } = await loadYaml();
  let aliases = 0;
  const keysOf = (items: readonly unknown[]): Map<string, number> => {
    const starts = new Map<string, number>();
    for (const item of items) {
      const key = isPair(item) ? item.key : null;
      const at = startOf(key) ?? 0;
      if (!isScalar(key)) failUsage(`${path}: Expected keys to be plain texts ${place(at)}`, 'config');
      const name = String(key.value);
      if (starts.has(name)) {
        failUsage(`${path}: Expected each key once, got ${describe(name)} twice ${place(at)}`, 'config');
      }
      starts.set(name, at);
    }
    return starts;
  };
  const check = (node: unknown, level: number, at: number): void => {
    if (level > MOST_LEVELS) failDepth(path, ` ${place(at)}`);
    if (isAlias(node) && ++aliases > MOST_ALIASES) {
      failUsage(`${path}: Expected at most ${MOST_ALIASES} aliases, got more ${place(at)}`, 'config');
    }
    if (isSeq(node)) for (const item of node.items) check(item, level + 1, startOf(item) ?? at);
    if (!isMap(node)) return;
    const starts = [...keysOf(node.items).values()];
    node.items.forEach(({ value }, i) => {
      check(value, level + 1, starts[i]!);
    });
  };
  check(contents, 0, 0);
  return isMap(contents) ? keysOf(contents.items) : new Map<string, number>();
}

function startOf(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] | null } | null)?.range?.[0];
}

/** Options nest three deep; deeper values are a mistake, and parsers call themselves for every level. */
const MOST_LEVELS = 32;

/** Brackets in texts count too, so that counting is simple; a text of so many is no option either. */
const MOST_BRACKETS = 1000;

/** Lists, or maps as keys, in one another on one line. */
const NESTED = /(?:[-?:][ \t]+){40}/;

function bracketDepth(text: string): number {
  let [depth, most] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '[' || character === '{') most = Math.max(most, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return most;
}

/** Refuses what nests too deeply, which a value that holds itself does. */
function refuseDepth(path: string, value: unknown, place: string, above: readonly unknown[] = []): void {
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value)) {
    failUsage(`${path}: Expected plain values, got one that contains itself ${place}`, 'config');
  }
  if (above.length >= MOST_LEVELS) failDepth(path, ` ${place}`);
  for (const inner of Object.values(value)) refuseDepth(path, inner, place, [...above, value]);
}

function failDepth(path: string, place: string): never {
  failUsage(`${path}: Expected values at most ${MOST_LEVELS} levels deep, got more${place}`, 'config');
}

/** What a parser throws, in a line that names the file. */
function explained<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // The parser calls itself in ways that brackets and marks do not tell.
    if (error instanceof RangeError) failDepth(path, '');
    const [reason] = (error as Error).message.split('\n');
    throw new TuttiError('ERR_OPTION', `${path}: ${reason!.replace(/:$/, '')}`, { path }, error);
  }
}

function checked(path: string, row: OptionRow, value: unknown, place: string): unknown {
  try {
    return checkConfigValue(row, value);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    const details = { ...error.details, config: path };
    throw new TuttiError(error.code, `${path}: ${error.message} ${place}`, details, error);
  }
}
