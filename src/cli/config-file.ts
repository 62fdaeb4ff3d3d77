// A config file, JSON or YAML: a map whose keys are the names of the options. The one module that imports yaml.

import { describe, TuttiError } from '../errors.js';
import { MAX_CONFIG_BYTES, readBoundedFile } from '../files/regular-file.js';
import { suggest } from '../option-names.js';
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
  const content = await parseConfig(path);
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    const name = nameOf(key);
    const row = rows.find((candidate) => candidate.name === name);
    if (row === undefined && !others.includes(name)) {
      const known = [...rows.map((candidate) => candidate.name), ...others];
      failUsage(`${path}: Unknown option \`${key}\`${suggest(name, known)}`, key);
    }
    // An empty YAML value reads as null: the same as not saying it.
    if (value === null || value === undefined) continue;
    values[name] = row === undefined || name === 'members' ? value : checked(path, row, value);
  }
  return values;
}

async function parseConfig(path: string): Promise<Record<string, unknown>> {
  const text = readBoundedFile(path, { maxBytes: MAX_CONFIG_BYTES, pipes: true }).toString('utf8');
  const content = await parseText(path, text);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    failUsage(`${path}: Expected a map of option names to values, got ${describe(content)}`, 'config');
  }
  return content as Record<string, unknown>;
}

async function parseText(path: string, text: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(text);
    const { parse } = await import('yaml');
    return parse(text);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new TuttiError('ERR_OPTION', `${path}: ${reason}`, { path }, error);
  }
}

function checked(path: string, row: OptionRow, value: unknown): unknown {
  try {
    return checkConfigValue(row, value);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    throw new TuttiError(error.code, `${path}: ${error.message}`, error.details, error);
  }
}
