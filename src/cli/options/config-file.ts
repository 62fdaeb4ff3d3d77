// A config file, JSON or YAML: a map whose keys are the names of the options. The one module that imports yaml.

import { describe, TuttiError } from '../../errors.js';
import { MAX_CONFIG_BYTES, readBoundedFile } from '../../files/regular-file.js';
import { suggest } from '../../option-names.js';
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
  const { content, lineOf } = await parseConfig(path);
  const values: Record<string, unknown> = {};
  const keys = new Map<string, string>();
  for (const [key, value] of Object.entries(content)) {
    const name = nameOf(key);
    const place = `(line ${lineOf(key)})`;
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

interface ParsedConfig {
  readonly content: Readonly<Record<string, unknown>>;
  /** Where a key of the map stands, from 1. */
  lineOf(key: string): number;
}

/** JSON is YAML too, so that one parser finds keys that are there twice and the lines; JSON's own is stricter. */
async function parseConfig(path: string): Promise<ParsedConfig> {
  const text = readBoundedFile(path, { maxBytes: MAX_CONFIG_BYTES, pipes: true }).toString('utf8');
  if (NESTED.test(text) || bracketDepth(text) > MOST_BRACKETS) failDepth(path, '');
  if (path.endsWith('.json')) explained(path, () => JSON.parse(text));
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    if (/call stack/.test(error.message)) failDepth(path, ` (line ${lines.linePos(error.pos[0]).line})`);
    explained(path, () => {
      throw error;
    });
  }
  const content: unknown = explained(path, () => document.toJS());
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    failUsage(`${path}: Expected a map of option names to values, got ${describe(content)}`, 'config');
  }
  const starts = new Map<string, number>();
  const { contents } = document;
  for (const { key } of isMap(contents) ? contents.items : []) {
    if (isScalar(key)) starts.set(String(key.value), key.range?.[0] ?? 0);
  }
  return {
    content: content as Record<string, unknown>,
    lineOf: (key) => lines.linePos(starts.get(key) ?? 0).line,
  };
}

/** Options nest three deep; deeper values are a mistake, and parsers call themselves for every level. */
const MOST_LEVELS = 32;

/** Brackets in texts count too, so that counting is simple; a text of so many is no option either. */
const MOST_BRACKETS = 1000;

/** Lists in lists on one line. */
const NESTED = /(?:[-?:][ \t]+){500}/;

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
