// What every column of a table is taken for, and why: the one judgement that training, `tutti describe` and
// `tutti split` share. Looks at the whole table, so that a bad cell is reported before any work, whichever split it
// falls in; what is fitted to training rows alone is features.ts's and target.ts's.

import { failOption, TuttiError } from '../../errors.js';
import type { Column } from '../table/column.js';
import { listed, type Table } from '../table/table.js';
import { COLUMN_OPTIONS, type ColumnOptions } from './column-options.js';
import { manyDuplicates } from './duplicate-rows.js';
import { type ColumnJudge, columnJudge } from './file-judge.js';
import { judgeFeature } from './judge-feature.js';
import { judgeTarget, type TargetJudgement } from './judge-target.js';
import { leakNotes } from './leaks.js';
import { categoricalReading, numericReading, type Reading, refuseMissing } from './reading.js';
import { assignRoles, type ColumnRoles } from './roles.js';

/** A column that nothing is learned from, and why. */
export interface LeftOut {
  readonly column: string;
  readonly reason: string;
}

export interface Judgement {
  readonly features: readonly Reading[];
  readonly leftOut: readonly LeftOut[];
  readonly target: TargetJudgement;
  readonly weight: Reading | null;
  readonly group: Reading | null;
  readonly time: Reading | null;
  /** u32, ascending: all rows, or those with a target where the others are to be dropped. */
  readonly rows: Uint32Array;
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * @throws ERR_OPTION for names that are no columns; ERR_DATA naming the column, and where there is one the cell, that
 * can be read in two ways, contradicts its column or leaves nothing to learn
 */
export function judgeTable(table: Table, options: ColumnOptions): Judgement {
  const roles = assignRoles(table, options);
  const judge = columnJudge(table, judgedColumns(roles), options);
  const target = judgeTarget(table, roles.targets, judge, options.task ?? null);
  const rows = rowsWithTarget(
    table,
    target.readings,
    options.missingTarget ?? COLUMN_OPTIONS.missingTarget.default,
  );
  const features: Reading[] = [];
  const leftOut = columnsLeftOut(table, roles);
  const constant: string[] = [];
  const notes: string[] = [];
  if (rows.length < table.rows) notes.push(droppedRows(table.rows - rows.length, table.rows, roles.targets));
  for (const column of roles.features) {
    const { reading, reason, constant: useless, notes: own } = judgeFeature(table, column, judge);
    if (useless) constant.push(column.name);
    if (reading === null) leftOut.push({ column: column.name, reason: reason! });
    else features.push(reading);
    notes.push(...own);
  }
  if (features.length === 0) throw nothingLeft(table, leftOut);
  if (constant.length > 0) notes.push(constantNote(constant));
  notes.push(...leakNotes(features, target.readings, rows).values());
  notes.push(...manyDuplicates([...features, ...target.readings], rows));
  const { weight, group, time } = roles;
  return {
    ...{ features, leftOut, target, rows, notes },
    weight: weight === null ? null : numericReading(weight, judge.verdict(weight).format, judge.words),
    group: group === null ? null : textReading(group, judge),
    time: time === null ? null : timeReading(time, judge),
  };
}

/** What the user leaves out, and what the file itself shows to be no data. */
function columnsLeftOut({ notes = [] }: Table, { features, dropped, ...roles }: ColumnRoles): LeftOut[] {
  const stated = dropped.map(({ name }) => ({ column: name, reason: 'as stated' }));
  const used = [...features, ...dropped, ...roles.targets, roles.weight, roles.group, roles.time];
  const named = new Set(used.map((column) => column?.name));
  const found = notes.filter(({ column }) => !named.has(column));
  return [...stated, ...found.map(({ column, reason }) => ({ column, reason }))];
}

/** Those whose cells say something about the file's numbers. */
export function judgedColumns({ features, targets, weight, time }: ColumnRoles): readonly Column[] {
  return [...features, ...targets, weight, time].filter((column) => column !== null);
}

/** @throws ERR_OPTION for a column of anything but numbers and dates. */
function timeReading(column: Column, judge: ColumnJudge): Reading {
  const { kind, format } = judge.verdict(column);
  if (kind !== 'numeric') failOption('timeColumn', 'a column of numbers or dates', column.name);
  return numericReading(column, format, judge.words);
}

/** A column whose texts are taken as they are. */
function textReading(column: Column, judge: ColumnJudge): Reading {
  return categoricalReading(column, judge.isDeclared(column) ? 'declared' : 'text', judge.words);
}

/** The rows that are learned from. @throws ERR_DATA naming a row without a target, unless they are to be dropped */
export function rowsWithTarget(
  table: Table,
  readings: readonly Reading[],
  missingTarget: 'error' | 'drop',
): Uint32Array {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);
  if (missingTarget === 'error') {
    refuseMissing(table, readings, ({ column }, row) => targetHint(column.text(row)));
    return all;
  }
  const kept = all.filter((row) => readings.every((reading) => !reading.isMissing(row)));
  if (kept.length > 0) return kept;
  const names = readings.map(({ column }) => `\`${column.name}\``).join(', ');
  const message = `Expected ${names} to have values, got only missing cells (${table.source})`;
  throw new TuttiError('ERR_DATA', message, { file: table.source });
}

function targetHint(text: string): string {
  const drop = 'set `missingTarget` to drop to leave such rows out';
  return text === ''
    ? drop
    : `${drop}, or state \`task\` as classification if ${JSON.stringify(text)} is a class`;
}

/** What to say of them. */
export function droppedRows(dropped: number, rows: number, targets: readonly Column[]): string {
  const names = targets.map(({ name }) => `\`${name}\``).join(', ');
  return `${dropped} of ${rows} rows are dropped: they have no ${names}`;
}

/** What to say of columns whose cells are all one number. */
export function constantNote(names: readonly string[]): string {
  const quoted = listed(names.map((name) => `\`${name}\``));
  return `${quoted} ${names.length === 1 ? 'holds' : 'hold'} one number only: nothing is learned of that`;
}

function nothingLeft(table: Table, leftOut: readonly LeftOut[]): TuttiError {
  const why = leftOut.map(({ column, reason }) => `\`${column}\` is left out (${reason})`).join(', ');
  const message = `Expected ${table.source} to have a column to learn from, got none: ${why}`;
  return new TuttiError('ERR_DATA', message, { file: table.source });
}
