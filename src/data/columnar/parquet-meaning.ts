// What the annotations of a Parquet column say of its values, the old ones and the new.
// Source: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md

import type { SchemaColumn } from './parquet-footer.js';
import { halfText as halfOf, type PerSecond, UNITS, utf8Text } from './value-texts.js';

/** What the annotations of a column say, the old ones and the new. */
export interface Meaning {
  readonly date: boolean;
  readonly decimal: boolean;
  readonly time: PerSecond | null;
  readonly instant: PerSecond | null;
  readonly unsigned: boolean;
  /** Of bytes. */
  readonly text: ((bytes: Buffer) => string) | null;
  /** No row has a value. */
  readonly nothing: boolean;
  /** Why it has no place in a table. */
  readonly refused: string | null;
}

export function meaningOf({ physical, logical, converted, size }: SchemaColumn): Meaning {
  const kind = logical?.kind ?? -1;
  const unit = (): PerSecond => {
    const of = logical?.of[2];
    return UNITS[Number(Object.keys(typeof of === 'object' ? of : {})[0])] ?? 1_000;
  };
  const is = (modern: number, old: number): boolean => kind === modern || (kind === -1 && converted === old);
  const instant =
    kind === 8
      ? unit()
      : kind === -1 && converted === 9
        ? 1_000
        : kind === -1 && converted === 10
          ? 1_000_000
          : null;
  const time =
    kind === 7
      ? unit()
      : kind === -1 && converted === 7
        ? 1_000
        : kind === -1 && converted === 8
          ? 1_000_000
          : null;
  const refused =
    is(13, 20) || converted === 21 || kind >= 16
      ? 'values of BSON, intervals, shapes or variants, which have no place in a table'
      : null;
  const words = physical === 'BYTE_ARRAY' ? utf8Text : null;
  const text = kind === 14 && size === 16 ? uuidText : kind === 15 && size === 2 ? halfText : words;
  return {
    ...{ instant, time, refused, text, date: is(6, 6), decimal: is(5, 5), nothing: kind === 11 },
    unsigned:
      kind === 10
        ? logical?.of[2] === false
        : kind === -1 && converted !== null && converted >= 11 && converted <= 14,
  };
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function halfText(bytes: Buffer): string {
  return halfOf(bytes.readUInt16LE(0));
}
