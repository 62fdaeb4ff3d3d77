// The refusal of what are no rows, apart from what reads records, since rows may be numbers alone.

import { failOption, TuttiError } from '../../errors.js';

/** Refuses what are no rows; of a record alone it says how to write it. @throws ERR_OPTION */
export function failRows(name: string, expected: string, got: unknown): never {
  if (!isRecordAlone(got)) failOption(name, expected, got);
  const message = `Expected \`${name}\` to be ${expected}, got one record: write [record]`;
  throw new TuttiError('ERR_OPTION', message, { option: name });
}

function isRecordAlone(value: unknown): boolean {
  if (!isRecord(value) || ArrayBuffer.isView(value)) return false;
  const cells = Object.values(value);
  return cells.length > 0 && cells.every((cell) => cell === null || typeof cell !== 'object');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
