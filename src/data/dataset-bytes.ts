// A dataset as bytes and back, so that another host, or a later process, trains on the very same numbers. A fixed header,
// the metadata, then the numbers:
//
//   0   8  magic  54 55 54 54 49 44 1a 0a   ("TUTTID", then bytes that text transfers would damage)
//   8   4  format version, u32 little-endian
//  12   4  length of the metadata, u32 little-endian
//  16      the metadata (plain data with typed arrays, keys sorted), then the arrays it names, little-endian, one after another
//
// Equal datasets are equal bytes. Nothing of the bytes is believed: every field, every length and every number is checked, and
// the hash of the numbers is computed anew. It is of what members see, in single precision: bits of a double beyond that, and
// what was fitted on the table, are kept by the checksum of whoever stores the bytes.

import { TuttiError } from '../errors.js';
import {
  type ArrayType,
  NotPlainError,
  type PlainArray,
  packArrays,
  readLittleEndian,
  unpackArrays,
  writeLittleEndian,
} from '../files/plain-data.js';
import { sortedPlain } from '../files/sorted-plain.js';
import { check, issueText } from '../schema-check.js';
import { isMade, requireDataset } from './dataset/check-dataset.js';
import { completeDataset, type Dataset } from './dataset/dataset.js';
import type { FeatureScale, Scale } from './dataset/encoding.js';
import type { ArrayMetadata, DatasetMetadata } from './dataset-schema.js';

const MAGIC = Uint8Array.from([0x54, 0x55, 0x54, 0x54, 0x49, 0x44, 0x1a, 0x0a]);
const FORMAT_VERSION = 1;
const HEADER_BYTES = 16;

/** Beyond this the metadata is not believed: names and scales of sixteen million columns. */
const MAX_METADATA_BYTES = 2 ** 30;

const TYPES = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** The arrays in their order in the bytes. */
const ARRAYS = ['x', 'labels', 'targets', 'rowWeights', 'groups', 'tangents', 'times'] as const;

/**
 * The bytes of a dataset: the same for equal ones.
 * @throws ERR_OPTION, ERR_SHAPE, ERR_DATA for what is no dataset, or one that was changed since tutti hashed it.
 */
export function datasetBytes(dataset: Dataset): Uint8Array {
  requireDataset(dataset);
  if (!isMade(dataset)) requireOwnHash(dataset);
  const arrays = ARRAYS.flatMap((name) => dataset[name] ?? []);
  const metadata = packArrays(sortedPlain(describeDataset(dataset)), 'dataset');
  const length = arrays.reduce((sum, { byteLength }) => sum + byteLength, HEADER_BYTES + metadata.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, metadata.length, true);
  bytes.set(metadata, HEADER_BYTES);
  let at = HEADER_BYTES + metadata.length;
  for (const array of arrays) {
    writeLittleEndian(array, bytes.subarray(at, at + array.byteLength));
    at += array.byteLength;
  }
  return bytes;
}

/**
 * The dataset of {@link datasetBytes}, in memory of its own.
 * @throws ERR_BLOB for bytes that are anything else, or that are not what their hash says.
 */
export async function datasetFrom(bytes: Uint8Array): Promise<Dataset> {
  const { metadata, end } = await readMetadata(bytes);
  const arrays = new Map<(typeof ARRAYS)[number], PlainArray>();
  let at = end;
  for (const name of ARRAYS) {
    const described = metadata.arrays[name];
    if (described == null) continue;
    const type: ArrayType<PlainArray> = TYPES[described.type];
    const next = at + described.length * type.BYTES_PER_ELEMENT;
    if (next > bytes.length) failBytes(`are cut short: ${bytes.length} where \`${name}\` ends at ${next}`);
    arrays.set(name, readLittleEndian(type, bytes.subarray(at, next)));
    at = next;
  }
  if (at !== bytes.length) failBytes(`are not its alone: ${bytes.length - at} follow its end`);
  const { arrays: _, hash, rowsHash, groupsHash, encoding, ...others } = metadata;
  const named = Object.fromEntries(
    ARRAYS.filter((name) => name !== 'times' || arrays.has(name)).map((name) => [
      name,
      arrays.get(name) ?? null,
    ]),
  );
  // Whether the arrays are of the right kind, length and range is looked at below, number by number.
  const dataset = {
    ...others,
    ...named,
    encoding: encodingOf(encoding),
    hash,
    rowsHash,
    groupsHash,
  } as Dataset;
  try {
    requireDataset(dataset);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    failBytes(`contradict themselves: ${error.message}`, error);
  }
  const { hash: _hash, rowsHash: _rows, groupsHash: _groups, ...parts } = dataset;
  const made = completeDataset(parts);
  if (made.hash !== hash || made.rowsHash !== rowsHash || made.groupsHash !== groupsHash)
    failBytes(`are not what they say: their hash is ${made.hash}, where they name ${hash}`);
  return made;
}

/** A dataset that a program put together may say of itself what it likes. */
function requireOwnHash(dataset: Dataset): void {
  const { hash, rowsHash: _rows, groupsHash: _groups, ...parts } = dataset;
  const own = completeDataset(parts);
  if (own.hash === hash) return;
  const message = `Expected the dataset's numbers to be those of its hash ${hash}, got others (${own.hash})`;
  throw new TuttiError('ERR_DATA', message, { hash });
}

function describeDataset(dataset: Dataset): DatasetMetadata {
  const { task, rows, features, encoding, preprocessing, split, hash, rowsHash, groupsHash } = dataset;
  const scale = encoding.features;
  return {
    ...{ task, rows, features, preprocessing, split, hash, rowsHash, groupsHash },
    ...(dataset.timeGap === undefined ? {} : { timeGap: dataset.timeGap }),
    encoding: {
      // As arrays, which keep a zero's sign.
      features:
        scale === null ? null : { ...ownParts(scale), ...arraysOf(scale), softClip: copyOf(scale.softClip) },
      targets: {
        ...arraysOf(encoding.targets),
        ...(encoding.targets.map === undefined ? {} : { map: encoding.targets.map }),
      },
    },
    arrays: Object.fromEntries(
      ARRAYS.filter((name) => name !== 'times' || dataset.times !== undefined).map((name) => [
        name,
        describeArray(dataset[name] ?? null),
      ]),
    ) as DatasetMetadata['arrays'],
  };
}

function describeArray(array: Float32Array | Float64Array | Int32Array | null): ArrayMetadata | null {
  if (array === null) return null;
  const type = array instanceof Int32Array ? 'i32' : array instanceof Float32Array ? 'f32' : 'f64';
  return { type, length: array.length };
}

function arraysOf({ mean, std }: Scale): { mean: Float64Array; std: Float64Array } {
  return { mean: Float64Array.from(mean), std: Float64Array.from(std) };
}

/** What is absent where it says nothing. */
function ownParts({
  scaling,
  clipShape,
  quantiles,
}: FeatureScale): Pick<
  NonNullable<DatasetMetadata['encoding']['features']>,
  'scaling' | 'clipShape' | 'quantiles'
> {
  return {
    ...(scaling === undefined ? {} : { scaling }),
    ...(clipShape === undefined ? {} : { clipShape }),
    ...(quantiles === undefined ? {} : { quantiles: quantiles.map(copyOf) }),
  };
}

function copyOf<Item>(list: readonly Item[] | null): Item[] | null {
  return list === null ? null : [...list];
}

function encodingOf({ features, targets }: DatasetMetadata['encoding']): Dataset['encoding'] {
  const scaleOf = ({ mean, std }: Pick<typeof targets, 'mean' | 'std'>) => ({
    mean: [...mean],
    std: [...std],
  });
  return {
    features: features === null ? null : { ...features, ...scaleOf(features) },
    targets: { ...targets, ...scaleOf(targets) },
  };
}

async function readMetadata(bytes: Uint8Array): Promise<{ metadata: DatasetMetadata; end: number }> {
  const isOne = bytes.length >= HEADER_BYTES && MAGIC.every((byte, i) => bytes[i] === byte);
  if (!isOne) failBytes('are no dataset, or cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) failBytes(`have format ${version}, where ${FORMAT_VERSION} is read`);
  const end = HEADER_BYTES + view.getUint32(12, true);
  if (end > Math.min(bytes.length, MAX_METADATA_BYTES)) failBytes('are cut short');
  const value = decode(bytes.subarray(HEADER_BYTES, end));
  // Here and not above, since zod takes as long to load as all the rest.
  const { datasetSchema } = await import('./dataset-schema.js');
  const { data, issue } = check(datasetSchema, value);
  if (issue !== null) failBytes(`are wrong at ${issueText(issue)}`);
  return { metadata: data, end };
}

function decode(bytes: Uint8Array): unknown {
  try {
    return unpackArrays(bytes);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    return failBytes(`do not decode (${error.message})`, error);
  }
}

function failBytes(problem: string, cause?: unknown): never {
  throw new TuttiError('ERR_BLOB', `The bytes of a dataset ${problem}`, {}, cause);
}
