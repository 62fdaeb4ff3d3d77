// How the columns of a predictions file are named: which belong to which member, and to which class or
// target. Works on names alone; the values are read in predictions-file.ts.

/** What may stand between a member's name and a class's. */
const SEPARATORS = '_:.-=/| ';

/** A column taken apart: `m0_cat` is member `m0`, part `cat`. */
export interface ColumnParts {
  readonly column: string;
  readonly member: string;
  /** The class, or the target, as the caller names it. */
  readonly part: string;
}

/** Columns of one member by part. */
export type MemberColumns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Takes `<member><separator><part>` columns apart; null when some column is not of that form.
 * `parts` maps how a part may be written to the part. The longest fitting one counts. A column that begins
 * like a known member but ends otherwise names a further part when `open` (a class absent from the target).
 */
export function splitColumns(
  columns: readonly string[],
  parts: ReadonlyMap<string, string>,
  open: boolean,
): ColumnParts[] | null {
  const written = [...parts.keys()].sort((a, b) => b.length - a.length);
  const known = columns.map((column) => matchPart(column, written, parts));
  const members = [...new Set(known.flatMap((match) => (match === null ? [] : [match.member])))];
  if (members.length === 0) return null;
  members.sort((a, b) => b.length - a.length);
  const all = columns.map((column, index) => known[index] ?? (open ? matchMember(column, members) : null));
  return all.every((match) => match !== null) ? all : null;
}

function matchPart(
  column: string,
  written: readonly string[],
  parts: ReadonlyMap<string, string>,
): ColumnParts | null {
  for (const text of written) {
    const end = column.length - text.length - 1;
    if (end > 0 && column.endsWith(text) && SEPARATORS.includes(column[end]!)) {
      return { column, member: column.slice(0, end), part: parts.get(text)! };
    }
  }
  return null;
}

function matchMember(column: string, members: readonly string[]): ColumnParts | null {
  for (const member of members) {
    const rest = column.slice(member.length + 1);
    if (rest !== '' && column.startsWith(member) && SEPARATORS.includes(column[member.length]!)) {
      return { column, member, part: rest };
    }
  }
  return null;
}

/** Groups columns by member, in the order of their first columns; null when one has a part twice. */
export function groupByMember(split: readonly ColumnParts[]): MemberColumns | null {
  const groups = new Map<string, Map<string, string>>();
  for (const { column, member, part } of split) {
    const own = groups.get(member) ?? new Map<string, string>();
    if (own.has(part)) return null;
    groups.set(member, own.set(part, column));
  }
  return groups;
}

/** The first column some member lacks, written like the others; null when every member has every part. */
export function missingColumn(groups: MemberColumns, parts: readonly string[]): string | null {
  for (const [member, own] of groups) {
    for (const part of parts) {
      if (!own.has(part)) return `${member}_${part}`;
    }
  }
  return null;
}

/** Class names ascending: by value when all are numbers, else by code unit. */
export function sortedClasses(names: Iterable<string>): string[] {
  const all = [...names];
  return all.every((name) => Number.isFinite(Number(name)))
    ? all.sort((a, b) => Number(a) - Number(b))
    : all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
