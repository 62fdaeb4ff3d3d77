// The JSON Lines of a training, `metrics.jsonl`: one object a line, told apart by `type`. What they say is documented in
// docs/reference/records.md; a change that readers would stumble over is another version.

import type { EpochRecord } from '../ensemble/ensemble.js';
import { TuttiError } from '../errors.js';
import { check } from '../schema-check.js';
import * as z from '../zod.js';

/** The schema that the first line names. */
export const RECORDS_SCHEMA = 'tutti.records/1';

const count = z.int().min(0);
/** JSON has no other numbers. */
const value = z.number().nullable();
/** ISO 8601, in UTC, to the millisecond. */
const time = z.iso.datetime();

const runLine = z.object({
  type: z.literal('run'),
  schema: z.literal(RECORDS_SCHEMA),
  time,
  command: z.enum(['train', 'extend', 'resume']),
  tutti: z.string(),
  seed: count,
  datasetHash: z.string(),
  task: z.enum(['classification', 'regression']),
  rows: count,
  features: count,
});

const epochLine = z.object({
  type: z.literal('epoch'),
  time,
  member: count,
  epoch: count,
  loss: value,
  learningRate: value,
  validationLoss: value.optional(),
});

const restartLine = z.object({ type: z.literal('restart'), time, member: count });

const memberLine = z.object({
  type: z.literal('member'),
  time,
  member: count,
  /** Whose weights it has. */
  epoch: count,
  epochs: count,
  inBagRows: count,
});

const failureLine = z.object({
  type: z.literal('failure'),
  time,
  member: count,
  code: z.string(),
  message: z.string(),
});

const scoresLine = z.object({
  type: z.literal('scores'),
  time,
  /** `outOfBag` or `test`. */
  rows: z.string(),
  metrics: z.record(z.string(), value),
});

const mlflowLine = z.object({ type: z.literal('mlflow'), time, url: z.string(), runId: z.string() });

const endLine = z.object({
  type: z.literal('end'),
  time,
  status: z.enum(['finished', 'interrupted', 'failed']),
  members: count,
  planned: count,
});

const line = z.discriminatedUnion('type', [
  ...[runLine, epochLine, restartLine, memberLine, failureLine, scoresLine, mlflowLine, endLine],
] as const);

export type RunLine = z.infer<typeof runLine>;
export type RecordLine = z.infer<typeof line>;
export type EndStatus = z.infer<typeof endLine>['status'];

/** A line as it is written. */
export function lineText(record: RecordLine): string {
  return `${JSON.stringify(record)}\n`;
}

export function epochLineOf(member: number, record: EpochRecord, at: number): RecordLine {
  const { epoch, loss, learningRate, validationLoss } = record;
  return {
    ...{ type: 'epoch', time: timeText(at), member, epoch },
    ...{ loss: finite(loss), learningRate: finite(learningRate) },
    ...(validationLoss === undefined ? {} : { validationLoss: finite(validationLoss) }),
  };
}

/** @param at in milliseconds since 1970. */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}

/** A number as JSON can say it. */
export function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

/**
 * The lines of a file, but for a last one that whoever wrote it did not finish.
 * @returns them, and the text up to the end of the last whole one.
 * @throws ERR_DATA for a line that is none of these.
 */
export function parseLines(
  path: string,
  text: string,
): { readonly lines: RecordLine[]; readonly whole: string } {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const texts = whole.split('\n').slice(0, -1);
  const lines = texts.map((own, at) => parseLine(own) ?? failLine(path, at + 1));
  return { lines, whole };
}

function parseLine(text: string): RecordLine | null {
  try {
    return check(line, JSON.parse(text)).data;
  } catch {
    return null;
  }
}

function failLine(path: string, line: number): never {
  const message = `Expected ${path} to hold the records of a training (${RECORDS_SCHEMA}), got something else in line ${line}`;
  throw new TuttiError('ERR_DATA', message, { path, line });
}
