// What the target is: classes or numbers, as stated or guessed, and how its cells are read.

import { failOption, TuttiError } from '../../errors.js';
import type { TaskKind } from '../dataset/dataset-types.js';
import type { Column } from '../table/column.js';
import { labelOf } from '../table/labels.js';
import type { Table } from '../table/table.js';
import type { ColumnJudge } from './file-judge.js';
import { categoricalReading, numbersOf, numericReading, type Reading } from './reading.js';

/** Integer targets with more distinct values than this are regression targets unless stated otherwise. */
const MOST_GUESSED_CLASSES = 20;
const LABEL_HINT = 'state `task` as classification if the column holds labels';
/** Several columns are no classes, but may be labels of which any number are true. */
const LABELS_HINT = 'labels, any number of which may be true, are columns of 1 and 0 (`loss` multilabel)';

/** The task and, for printing, why: "10 distinct integers in `digit`". */
export interface TaskChoice {
  readonly kind: TaskKind;
  readonly reason: string;
}

export interface TargetJudgement extends TaskChoice {
  /** One for each target column, categorical for a classification. */
  readonly readings: readonly Reading[];
}

/**
 * The task as stated, or guessed: text, or integers with at most 20 distinct values, are classes; dates are numbers.
 * Where the user says that the target holds classes, NA and its like are classes too.
 *
 * @throws ERR_OPTION for several targets of a classification; ERR_DATA for a target without values, and one that is no
 * column of numbers where one is needed
 */
export function judgeTarget(
  table: Table,
  targets: readonly Column[],
  judge: ColumnJudge,
  stated: TaskKind | null,
): TargetJudgement {
  if (stated !== null && stated !== 'classification' && stated !== 'regression') {
    failOption('task', 'classification or regression', stated);
  }
  if (targets.length > 1) {
    if (stated === 'classification') failOption('target', 'one column for classification', targets.length);
    const readings = targets.map((target) => numbersFor(table, target, judge, LABELS_HINT));
    return { kind: 'regression', reason: stated ? 'as stated' : `${targets.length} targets`, readings };
  }
  const target = targets[0]!;
  if (stated === 'regression') {
    return { kind: stated, reason: 'as stated', readings: [numbersFor(table, target, judge)] };
  }
  if (stated === 'classification' || judge.isDeclared(target)) {
    const reason = stated === null ? `\`${target.name}\` is categorical` : 'as stated';
    return {
      kind: 'classification',
      reason,
      readings: [categoricalReading(target, 'declared', judge.words)],
    };
  }
  return guessed(table, target, judge);
}

function guessed(table: Table, target: Column, judge: ColumnJudge): TargetJudgement {
  const name = `\`${target.name}\``;
  const verdict = judge.verdict(target);
  if (verdict.kind === 'empty') throw withoutValues(table, target);
  if (verdict.kind === 'categorical') {
    const readings = [categoricalReading(target, 'text', judge.words)];
    return { kind: 'classification', reason: `text in ${name}`, readings };
  }
  const reading = numericReading(target, verdict.format, judge.words);
  const regression = (reason: string) => ({ kind: 'regression', reason, readings: [reading] }) as const;
  if (verdict.format?.kind === 'date') return regression(`${name} holds ${verdict.why}`);
  const numbers = numbersOf(table, reading, LABEL_HINT).filter((number) => !Number.isNaN(number));
  const written = verdict.format === null ? '' : `, ${verdict.why}`;
  if (!numbers.every(Number.isInteger)) return regression(`fractions in ${name}${written}`);
  const apart = new Set(numbers).size;
  const distinct = apart > MOST_GUESSED_CLASSES ? apart : distinctLabels(reading);
  const reason = `${distinct} distinct integers in ${name}${written}`;
  if (distinct > MOST_GUESSED_CLASSES) return regression(reason);
  return { kind: 'classification', reason, readings: [categoricalReading(target, 'number', judge.words)] };
}

/** How many classes a column would make: integers too long for a double are more labels than numbers. */
function distinctLabels({ column, isMissing }: Reading): number {
  const labels = new Set<string>();
  column.tally((text, _cells, first) => {
    if (!isMissing(first)) labels.add(labelOf(text));
  });
  return labels.size;
}

/** A target of numbers; what is no number there is refused here. */
function numbersFor(table: Table, target: Column, judge: ColumnJudge, hint = LABEL_HINT): Reading {
  const { kind, format } = judge.verdict(target);
  if (kind === 'empty') throw withoutValues(table, target);
  const reading = numericReading(target, format, judge.words);
  numbersOf(table, reading, kind === 'numeric' ? undefined : hint);
  return reading;
}

function withoutValues(table: Table, target: Column): TuttiError {
  const message = `Expected \`${target.name}\` to have values, got only missing cells (${table.source})`;
  return new TuttiError('ERR_DATA', message, { file: table.source, column: target.name });
}
