// What each column of a table would be taken for, as plain data for people: the judgement that training makes, with
// whatever stands in its way told column by column instead of thrown.

import { TuttiError } from '../../errors.js';
import { checkOptions, type OptionTable, type OptionUses, requireUses } from '../../option-names.js';
import type { TaskKind } from '../dataset/dataset-types.js';
import { tableFrom } from '../readers/open-table.js';
import { READ_OPTIONS, type ReadOptions } from '../readers/read-options.js';
import type { Column } from '../table/column.js';
import { labelOf } from '../table/labels.js';
import { delimiterHint, type Table } from '../table/table.js';
import { withinLimits } from '../table/table-limits.js';
import { COLUMN_OPTIONS, MAX_CATEGORIES } from './column-options.js';
import { duplicateNote, duplicateRows } from './duplicate-rows.js';
import { type ColumnJudge, columnJudge } from './file-judge.js';
import { imageNotes } from './image-notes.js';
import { type FeatureJudgement, judgeFeature } from './judge-feature.js';
import { constantNote, droppedRows, judgedColumns, rowsWithTarget } from './judge-table.js';
import { judgeTarget } from './judge-target.js';
import { leakNotes } from './leaks.js';
import { categoricalReading, numericReading, type Reading } from './reading.js';
import { assignRoles, type RoleOptions } from './roles.js';

export interface DescribeOptions extends RoleOptions, ReadOptions {
  /** As for training: more categories of a column than this share a feature. @default 100 */
  readonly maxCategories?: number | undefined;
}

const DESCRIBE_OPTIONS = {
  ...COLUMN_OPTIONS,
  ...READ_OPTIONS,
  maxCategories: MAX_CATEGORIES,
  target: { ...COLUMN_OPTIONS.target, required: false },
} satisfies OptionTable<DescribeOptions>;

const OF_TARGET = {
  says: '`target` is given',
  holds: ({ target }: DescribeOptions) => target !== undefined,
};

const DESCRIBE_USES = { task: OF_TARGET, missingTarget: OF_TARGET } satisfies OptionUses<DescribeOptions>;

export interface ColumnDescription {
  readonly name: string;
  readonly use: 'target' | 'feature' | 'weight' | 'group' | 'time' | 'left out';
  readonly kind: 'numbers' | 'dates' | 'categories' | 'none';
  /** How the cells are read, or why the column is left out: "numbers with a decimal comma". */
  readonly why: string;
  /** Different values among the cells that are not missing: numbers, or labels. */
  readonly distinct: number;
  readonly missing: number;
  /** What the missing cells say, where they say anything. */
  readonly missingWords: readonly string[];
  /** The least and the greatest number. */
  readonly range: readonly [number, number] | null;
  /** The first few different texts, as they stand in the file. */
  readonly examples: readonly string[];
  /** Columns that it makes of the members' input. */
  readonly width: number;
  /** What the user should know, and what stands in the way of training. */
  readonly notes: readonly string[];
  readonly problem: string | null;
}

export interface TableDescription {
  readonly file: string;
  readonly rows: number;
  /** Null without a target, or where it fits no task. */
  readonly task: TaskKind | null;
  readonly taskReason: string | null;
  /** Columns of the members' input. */
  readonly features: number;
  /** Rows that equal one before them in all that is learned from, the target included. */
  readonly duplicates: number;
  readonly columns: readonly ColumnDescription[];
  /** What the user should know of the whole file. */
  readonly notes: readonly string[];
}

const EXAMPLES = 3;
/** Texts of this many characters are shown whole. */
const LONGEST_EXAMPLE = 40;

/**
 * Says what each column of a file, or of a table already read, is taken for and why.
 *
 * @throws ERR_FILE, ERR_OPTION, and ERR_DATA for a file that is no table
 */
export function describeTable(source: string | Table, options: DescribeOptions = {}): TableDescription {
  checkOptions('describeTable', options, DESCRIBE_OPTIONS);
  requireUses(options, DESCRIBE_USES);
  const table = tableFrom(source, options);
  return withinLimits(table.source, () => describeColumns(table, options));
}

function describeColumns(table: Table, options: DescribeOptions): TableDescription {
  const roles = assignRoles(table, options);
  const judge = columnJudge(table, judgedColumns(roles), options);
  const target = describedTarget(table, roles.targets, judge, options);
  const dropped = new Set(roles.dropped);
  const judged = new Map(
    roles.features.map((column) => [column, attempt(() => judgeFeature(table, column, judge))]),
  );
  const whole = describedRows(table, [...judged.values()], target);
  const unread = new Map(roles.unread.map(({ column, reason }) => [column, reason]));
  const columns = table.columns.map((column) => {
    if (dropped.has(column)) return described(table, column, judge, { use: 'left out', why: 'as stated' });
    const why = unread.get(column.name);
    if (why !== undefined) return described(table, column, judge, { use: 'left out', why });
    const at = roles.targets.indexOf(column);
    if (at >= 0) {
      return described(table, column, judge, {
        use: 'target',
        reading: target.judgement?.readings[at] ?? null,
        ...(at === 0 ? { notes: target.notes, problem: target.problem } : {}),
      });
    }
    if (column === roles.weight) return described(table, column, judge, { use: 'weight' });
    if (column === roles.time) return described(table, column, judge, { use: 'time' });
    if (column === roles.group) {
      const reading = categoricalReading(column, judge.isDeclared(column) ? 'declared' : 'text', judge.words);
      return described(table, column, judge, { use: 'group', reading });
    }
    return describedFeature(table, column, judge, judged.get(column)!, {
      leak: whole.leaks.get(column.name) ?? null,
      most: options.maxCategories ?? MAX_CATEGORIES.default,
    });
  });
  const { kind = null, reason = null } = target.judgement ?? {};
  const features = columns.reduce((sum, { width }) => sum + width, 0);
  const { duplicates, notes } = whole;
  return {
    ...{ file: table.source, rows: table.rows, task: kind, taskReason: reason },
    ...{ features, duplicates, columns, notes },
  };
}

/** What the target is, if anything, and what is to be said of rows without one. */
function describedTarget(
  table: Table,
  targets: readonly Column[],
  judge: ColumnJudge,
  { task, missingTarget = 'error' }: DescribeOptions,
) {
  const { value: judgement, problem } = attempt(() =>
    targets.length === 0 ? null : judgeTarget(table, targets, judge, task ?? null),
  );
  const rows = attempt(() =>
    judgement === null ? null : rowsWithTarget(table, judgement.readings, missingTarget),
  );
  const gone = table.rows - (rows.value?.length ?? table.rows);
  const notes = gone > 0 ? [droppedRows(gone, table.rows, targets)] : [];
  const used = rows.value ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  return { judgement, rows: used, notes, problem: problem ?? rows.problem };
}

/** What is to be said of the rows as a whole, and of columns beside the target. */
function describedRows(
  table: Table,
  judged: readonly Attempt<FeatureJudgement>[],
  { judgement, rows }: ReturnType<typeof describedTarget>,
) {
  const features = judged.flatMap(({ value }) =>
    value === null || value.reading === null ? [] : [value.reading],
  );
  const targets = judgement?.readings ?? [];
  const constant = judged.flatMap(({ value }) =>
    value?.constant === true && value.reading !== null ? [value.reading.column.name] : [],
  );
  const duplicates = duplicateRows([...features, ...targets], rows);
  const notes = [
    ...(table.remarks ?? []),
    ...imageNotes(table),
    ...(constant.length === 0 ? [] : [constantNote(constant)]),
    ...(duplicates === 0 ? [] : [duplicateNote(duplicates, rows.length)]),
  ];
  return { duplicates, notes, leaks: leakNotes(features, targets, rows) };
}

/** What is said of a feature beside what its own cells show. */
interface Beside {
  readonly leak: string | null;
  /** Categories that have a feature each. */
  readonly most: number;
}

function describedFeature(
  table: Table,
  column: Column,
  judge: ColumnJudge,
  { value, problem }: Attempt<FeatureJudgement>,
  { leak, most }: Beside,
): ColumnDescription {
  if (value === null) return described(table, column, judge, { use: 'feature', problem });
  const { reading, reason } = value;
  const hint = delimiterHint(table);
  const notes = hint === '' ? value.notes : [`\`${column.name}\` is the only column${hint}`, ...value.notes];
  if (reading === null) return described(table, column, judge, { use: 'left out', why: reason! });
  const told = [...notes, ...(leak === null ? [] : [leak])];
  const whole = described(table, column, judge, { use: 'feature', reading, notes: told });
  if (whole.kind !== 'categories' || whole.distinct <= most) return whole;
  const shared = `\`${column.name}\`: ${most} of ${whole.distinct} categories have a feature each, the others share one; \`maxCategories\` says how many`;
  return { ...whole, width: most + 1, notes: [...whole.notes, shared] };
}

interface Known {
  readonly use: ColumnDescription['use'];
  readonly reading?: Reading | null;
  readonly why?: string;
  readonly notes?: readonly string[];
  readonly problem?: string | null;
}

function described(table: Table, column: Column, judge: ColumnJudge, known: Known): ColumnDescription {
  const { use, notes = [], problem = null } = known;
  const verdict = attempt(() => (judge.isDeclared(column) ? null : judge.verdict(column))).value;
  const reading = known.reading ?? readingFor(column, verdict, judge);
  const { kind, format } = reading;
  const facts = factsOf(table, reading);
  const taken = verdict?.kind === 'empty' ? 'no values' : kind === 'numeric' ? verdict!.why : 'categories';
  const declared = reading.declared ? 'categories, as stated' : taken;
  const width = use !== 'feature' || problem !== null ? 0 : kind === 'numeric' ? 1 : facts.distinct;
  const named = verdict?.kind === 'empty' ? 'none' : kind === 'categorical' ? 'categories' : 'numbers';
  return {
    ...{ name: column.name, use, why: known.why ?? declared },
    kind: format?.kind === 'date' ? 'dates' : named,
    ...facts,
    ...{ width, notes, problem },
  };
}

function readingFor(
  column: Column,
  verdict: ReturnType<ColumnJudge['verdict']> | null,
  judge: ColumnJudge,
): Reading {
  if (verdict === null || verdict.kind === 'categorical') {
    return categoricalReading(column, judge.isDeclared(column) ? 'declared' : 'text', judge.words);
  }
  return numericReading(column, verdict.format, judge.words);
}

type Facts = Pick<ColumnDescription, 'distinct' | 'missing' | 'missingWords' | 'range' | 'examples'>;

function factsOf(table: Table, reading: Reading): Facts {
  const { column, kind } = reading;
  const numbers = kind === 'numeric' ? reading.numbers() : null;
  const distinct = new Set<string | number>();
  const words = new Set<string>();
  const examples = new Set<string>();
  let missing = 0;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < table.rows; row++) {
    const number = numbers === null ? Number.NaN : numbers[row]!;
    const text = Number.isNaN(number) || examples.size < EXAMPLES ? column.text(row) : '';
    if (Number.isNaN(number) && reading.isMissing(row)) {
      missing++;
      if (text !== '') words.add(text);
      continue;
    }
    if (examples.size < EXAMPLES) examples.add(shortened(text));
    distinct.add(Number.isNaN(number) ? labelOf(text) : number);
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return {
    ...{ distinct: distinct.size, missing, missingWords: [...words].map(shortened) },
    ...{ range: least <= greatest ? ([least, greatest] as const) : null, examples: [...examples] },
  };
}

function shortened(text: string): string {
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1)}…` : text;
}

interface Attempt<Value> {
  readonly value: Value | null;
  readonly problem: string | null;
}

/** What stands in the way of one column is told of it, and the others are still described. */
function attempt<Value>(run: () => Value): Attempt<Value> {
  try {
    return { value: run(), problem: null };
  } catch (error) {
    if (!(error instanceof TuttiError) || error.code !== 'ERR_DATA') throw error;
    return { value: null, problem: error.message };
  }
}
