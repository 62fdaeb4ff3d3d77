// Records whose values need no reading: finite numbers in columns of plain numbers, and categories spelled as in training.
// That is what programs send, one row at a time, and a table of their texts takes ten times as long as the rest of a
// prediction. Whatever else stands in a record is for records.ts, which reads every text and says what is wrong.

import { columnWidth, featureWidth } from '../dataset/feature-columns.js';
import type { FeatureColumn, Preprocessing } from '../dataset/preprocessing-types.js';
import { labeller } from '../table/labels.js';

/** The features of records, f64[rows, width]; null where some value has to be read. */
export type QuickRecords = (records: readonly unknown[]) => Float64Array | null;

/** Puts the value of a cell where it belongs; false where it has to be read. */
type Write = (value: unknown, x: Float64Array, at: number) => boolean;

const MOST_RECORDS = 4096;

const known = new WeakMap<Preprocessing, QuickRecords>();

/** @param others columns that records may have besides. */
export function quickRecords(preprocessing: Preprocessing, others: readonly string[]): QuickRecords {
  const before = known.get(preprocessing);
  if (before !== undefined) return before;
  const made = writersOf(preprocessing, others);
  known.set(preprocessing, made);
  return made;
}

function writersOf({ features, missing = [] }: Preprocessing, others: readonly string[]): QuickRecords {
  // Words of the user's may be numbers, and categories.
  if (missing.length > 0) return () => null;
  const writes = features.map(writerOf);
  if (writes.includes(null)) return () => null;
  const names = features.map(({ column }) => column);
  const widths = features.map(columnWidth);
  const width = featureWidth(features);
  const allNames = new Set([...names, ...others]);
  return (records) => {
    // Records by the million are not what is quick, and may not fit.
    if (records.length > MOST_RECORDS) return null;
    const x = new Float64Array(records.length * width);
    let at = 0;
    for (const record of records) {
      if (!isKnown(record, names.length, allNames)) return null;
      for (let feature = 0; feature < names.length; feature++) {
        const name = names[feature]!;
        if (!Object.hasOwn(record, name) || !writes[feature]!(record[name], x, at)) return null;
        at += widths[feature]!;
      }
    }
    return x;
  };
}

/** Whether it is a record without a key that nobody knows. */
function isKnown(
  record: unknown,
  features: number,
  names: ReadonlySet<string>,
): record is Readonly<Record<string, unknown>> {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return false;
  const keys = Object.keys(record);
  return keys.length === features || keys.every((key) => names.has(key));
}

function writerOf(feature: FeatureColumn): Write | null {
  if (feature.kind === 'categorical') return categoryWriter(feature);
  const { mean, std, fill, format, constant, indicator } = feature;
  if (constant === true) {
    return (value, x, at) => {
      x[at] = mean;
      return value === null || typeof value === 'number' ? Number.isFinite(value ?? 0) : false;
    };
  }
  if (format !== undefined) return null;
  return (value, x, at) => {
    // What has no text of its own is not told from 0.
    const number =
      typeof value === 'number' ? value + 0 : value === null && fill !== null ? fill : Number.NaN;
    x[at] = number;
    if (indicator === true && value === null) x[at + 1] = 1;
    return Number.isFinite(Math.fround((number - mean) / std));
  };
}

function categoryWriter({ categories }: Extract<FeatureColumn, { kind: 'categorical' }>): Write {
  const offsetOf = labeller(categories);
  const places = new Map(categories.map((name) => [name, offsetOf(name)]));
  return (value, x, at) => {
    const place = typeof value === 'object' ? undefined : places.get(String(value));
    if (place === undefined) return false;
    x[at + place] = 1;
    return true;
  };
}
