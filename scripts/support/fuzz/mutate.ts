// What fuzzers do to inputs: bytes changed, and values put where they do not belong.

import type { Draws } from './draws.js';

/** A plain value as a decoder gives it. */
export type Plain = unknown;

/** Some changes of bytes in a row: other bytes, pieces gone, twice, elsewhere, of another input, or words. */
export function mutateBytes(
  draws: Draws,
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly string[],
): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let changes = 1 + draws.count(8); changes > 0; changes--) {
    changed = mutateOnce(draws, changed, draws.of(others), words);
  }
  return changed;
}

function mutateOnce(draws: Draws, bytes: Buffer, other: Uint8Array, words: readonly string[]): Buffer {
  const at = draws.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + draws.count(64));
  const replaced = (...middle: readonly Uint8Array[]) =>
    Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(end)]);
  switch (draws.below(8)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << draws.below(8);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = draws.below(256);
      return bytes;
    case 2:
      return replaced();
    case 3:
      return replaced(bytes.subarray(at, end), bytes.subarray(at, end));
    case 4: {
      const from = draws.below(other.length + 1);
      return replaced(other.subarray(from, from + draws.count(256)));
    }
    case 5:
      return Buffer.from(bytes.subarray(0, at));
    case 6:
      return replaced(Buffer.from(draws.of(words).repeat(1 + (draws.oneIn(20) ? draws.below(3000) : 0))));
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(draws.of(words)), bytes.subarray(at)]);
  }
}

/** Values that belong nowhere, or nearly. */
const ODD: readonly Plain[] = [
  ...[0, -0, -1, 1, 2, 0.5, -1e-9, 1e6, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300, 5e-324],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, false, null],
  ...[
    '',
    'x',
    '0',
    'constructor',
    'toString',
    '\u001b[2J',
    '\ud800',
    'y'.repeat(5000),
    '../../x',
    '/dev/zero',
  ],
  ...[[], {}, [[]], [1e9, 1e9], { kind: 'x' }, [null], Array.from({ length: 300 }, () => 1)],
];

/** A copy with some values changed: odd ones, those of other places, entries gone, twice or added. */
export function mutateValue(draws: Draws, value: Plain): Plain {
  const changed = structuredClone(value);
  for (let changes = 1 + draws.count(4); changes > 0; changes--) {
    const places = placesIn(changed);
    if (places.length === 0) return changed;
    changeAt(draws, draws.of(places), draws.of(places));
  }
  return changed;
}

interface Place {
  readonly holder: Record<string, Plain> | Plain[];
  readonly key: string;
}

function placesIn(value: Plain): Place[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  const holder = value as Record<string, Plain>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

function changeAt(draws: Draws, { holder, key }: Place, other: Place): void {
  const list = Array.isArray(holder) ? holder : null;
  const record = holder as Record<string, Plain>;
  switch (draws.below(6)) {
    case 0:
      if (list === null) delete record[key];
      else list.splice(Number(key), 1);
      return;
    case 1:
      if (list === null) record[draws.of(['extra', 'constructor', 'kind', ''])] = draws.of(ODD);
      else list.splice(Number(key), 0, structuredClone(list[Number(key)]));
      return;
    case 2:
      record[key] = structuredClone((other.holder as Record<string, Plain>)[other.key]);
      return;
    case 3:
      record[key] = near(draws, record[key]);
      return;
    default:
      record[key] = structuredClone(draws.of(ODD));
  }
}

/** A value of the same kind. */
function near(draws: Draws, value: Plain): Plain {
  if (typeof value === 'number')
    return draws.of([value + 1, value - 1, -value, value * 2, value / 2, value * 1e6]);
  if (typeof value === 'string') return value.slice(draws.count(value.length)) + draws.of(['', 'x', value]);
  if (typeof value === 'boolean') return !value;
  return draws.of(ODD);
}
