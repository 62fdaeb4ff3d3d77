// How the columns of a predictions file are named: which belong to which member, and to which class or
// target. Works on names alone; the values are read in predictions-file.ts.

/** What may stand between a member's name and a class's. */
const SEPARATORS = '_:.-=/| ';

/** A column taken apart: `m0_cat` is member `m0`, part `cat`. */
export interface ColumnParts {
  readonly column: string;
  readonly member: string;
  /** The class, or the target, as the caller's `read` has it. */
  readonly part: string;
  /** As the column's name has it. */
  readonly written: string;
}

/** Columns of one member by part. */
export type MemberColumns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Columns by member as far as their names allow it. */
export interface SplitColumns {
  readonly parts: readonly ColumnParts[];
  readonly groups: MemberColumns;
  /** Columns that are not of that form. */
  readonly strays: readonly string[];
  /** Two columns for the same part of one member, if there are such. */
  readonly twice: readonly [string, string] | null;
}

/**
 * Takes `<member><separator><part>` columns apart. The longest known part counts, or where only that makes the same
 * parts for every member (`net.0.1`, whose `0.1` is no class) the shortest. A column that begins like a known member but
 * ends otherwise names a further part when `open` (a class absent from the target). Null when no column has a known part.
 *
 * @param read what a written part means, as classes are the same however they are written
 */
export function splitColumns(
  columns: readonly string[],
  known: ReadonlySet<string>,
  read: (written: string) => string,
  open: boolean,
): SplitColumns | null {
  const split = (longest: boolean) => grouped(columns, partsOf(columns, known, read, open, longest));
  const first = split(true);
  if (isEven(first)) return first;
  const second = split(false);
  if (isEven(second)) return second;
  return first.parts.length === 0 ? null : first;
}

function partsOf(
  columns: readonly string[],
  known: ReadonlySet<string>,
  read: (written: string) => string,
  open: boolean,
  longest: boolean,
): ColumnParts[] {
  const matches = columns.map((column) => {
    const places = separatorsOf(column).filter((at) => known.has(read(column.slice(at + 1))));
    const at = longest ? places[0] : places.at(-1);
    return at === undefined ? null : partsAt(column, at, read);
  });
  if (!open) return matches.filter((match) => match !== null);
  const members = new Set(matches.flatMap((match) => (match === null ? [] : [match.member])));
  const all = columns.map((column, index) => {
    if (matches[index] != null) return matches[index];
    const at = separatorsOf(column).findLast((place) => members.has(column.slice(0, place)));
    return at === undefined ? null : partsAt(column, at, read);
  });
  return all.filter((match) => match !== null);
}

function partsAt(column: string, at: number, read: (written: string) => string): ColumnParts {
  const written = column.slice(at + 1);
  return { column, member: column.slice(0, at), part: read(written), written };
}

/** Longer names are no member's: each of their ends would be looked up. */
const LONGEST_NAME = 256;

/** Where separators stand between something and something, ascending. */
function separatorsOf(column: string): number[] {
  const places: number[] = [];
  if (column.length > LONGEST_NAME) return places;
  for (let at = 1; at < column.length - 1; at++) if (SEPARATORS.includes(column[at]!)) places.push(at);
  return places;
}

/** Columns by member, in the order of their first columns. */
function grouped(columns: readonly string[], parts: readonly ColumnParts[]): SplitColumns {
  const groups = new Map<string, Map<string, string>>();
  let twice: readonly [string, string] | null = null;
  for (const { column, member, part } of parts) {
    const own = groups.get(member) ?? new Map<string, string>();
    const other = own.get(part);
    if (other !== undefined) twice ??= [other, column];
    groups.set(member, own.set(part, column));
  }
  const found = new Set(parts.map(({ column }) => column));
  return { parts, groups, strays: columns.filter((column) => !found.has(column)), twice };
}

/** Whether every column is some member's, and every member has the same parts, once each. */
function isEven({ groups, parts, strays, twice }: SplitColumns): boolean {
  const all = new Set(parts.map(({ part }) => part));
  const even = [...groups.values()].every((own) => own.size === all.size);
  return parts.length > 0 && strays.length === 0 && twice === null && even;
}

/** The first column some member lacks, written like the others; null when every member has every part. */
export function missingColumn(
  { groups, parts }: Pick<SplitColumns, 'groups' | 'parts'>,
  wanted: readonly string[],
): string | null {
  const written = new Map(parts.map((each) => [each.part, each.written]));
  for (const [member, own] of groups) {
    const lacking = wanted.find((part) => !own.has(part));
    if (lacking === undefined) continue;
    const example = parts.find((each) => each.member === member)!.column;
    return `${member}${example[member.length]}${written.get(lacking) ?? lacking}`;
  }
  return null;
}
