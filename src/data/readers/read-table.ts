// From the bytes of a file to its table, by whichever reader it needs. Apart from open-table.ts, whose declarations are
// public and do without Node.js's own types.

import { readdir, stat } from 'node:fs/promises';
import { failOption, TuttiError } from '../../errors.js';
import { failRead, filePieces } from '../../files/regular-file.js';
import { betweenBlocks } from '../../long-calls.js';
import { checkOptions } from '../../option-names.js';
import type { Table } from '../table/table.js';
import { withinLimits, withinLimitsAwaited } from '../table/table-limits.js';
import { type ByteSource, START_BYTES } from './byte-source.js';
import { type FileSource, pathOf, STANDARD_INPUT, STANDARD_INPUT_NAME, withSource } from './open-source.js';
import { isQuery, QUERY_OPTIONS, type QuerySource } from './query-source.js';
import type { ReadOptions } from './read-options.js';
import {
  type FlowingReader,
  fileError,
  isFlowing,
  type ReadCall,
  type Reader,
  type TableDecoder,
} from './reader.js';
import { readerOf, readers } from './readers.js';
import { isPacked } from './unpack.js';

/** The first bytes of a saved ensemble; reading data must not depend on bundles, so they are repeated here. */
const ENSEMBLE_MAGIC = Buffer.from('TUTTI\0');

/**
 * The table of a file or folder, or of what a query gives.
 * @throws ERR_FILE, ERR_OPTION, ERR_DATA, ERR_MEMORY as `openTable`; the signal's reason once it is aborted
 */
export async function readTable(
  given: FileSource | QuerySource,
  options: ReadOptions,
  call: ReadCall = {},
): Promise<Table> {
  call.signal?.throwIfAborted();
  if (isQuery(given)) {
    checkOptions('openTable', given, QUERY_OPTIONS);
    for (const [option, value] of Object.entries(options)) {
      if (value !== undefined) failOption(option, 'absent for a query', value);
    }
    // Loaded for queries alone.
    const { QUERY_NAME, readQuery } = await import('./duckdb.js');
    return withinLimitsAwaited(QUERY_NAME, () => readQuery(given, call));
  }
  const folder = given instanceof Uint8Array ? null : await folderAt(pathOf(given));
  if (folder !== null) return readFolder(folder, options, call);
  return withSource(given, (source) => readSource(source, options, call));
}

/** The table of a file that is open. */
export async function readSource(
  source: ByteSource,
  options: ReadOptions,
  call: ReadCall = {},
): Promise<Table> {
  const { name } = source;
  await betweenBlocks(call.signal);
  const start = await source.start();
  const reader = readerOf(name, start);
  refuseWrong(name, start, reader, options);
  if (start.length === 0 && !isFlowing(reader)) {
    throw fileError(name, `Expected ${name} to be ${reader.title}, got an empty file`);
  }
  return withinLimitsAwaited(name, async () => {
    if (!isFlowing(reader)) return reader.read(source, options, call);
    const decoder = reader.open(name, options);
    for await (const piece of source.pieces()) {
      call.signal?.throwIfAborted();
      decoder.push(piece);
      call.onProgress?.({ ...source.progress(), rows: decoder.rows });
    }
    call.signal?.throwIfAborted();
    return decoder.end();
  });
}

/**
 * The table of a file by its path, or of standard input, while the thread waits.
 * @param reader @default the one that the file needs
 * @throws ERR_OPTION for a file whose reader cannot be waited for
 */
export function readTableFile(file: string, options: ReadOptions, reader?: FlowingReader): Table {
  const standard = file === STANDARD_INPUT;
  const name = standard ? STANDARD_INPUT_NAME : file;
  return readPieces(filePieces(standard ? '/dev/stdin' : file, name), name, options, reader);
}

/**
 * The table of a file's bytes, while the thread waits.
 * @param reader @default the one that the file needs
 */
export function readBytes(bytes: Buffer, name: string, options: ReadOptions, reader?: FlowingReader): Table {
  return readPieces([bytes], name, options, reader);
}

function readPieces(
  pieces: Iterable<Buffer>,
  name: string,
  options: ReadOptions,
  reader: FlowingReader | undefined,
): Table {
  return withinLimits(name, () => {
    let decoder: TableDecoder | null = null;
    for (const piece of startedBy(pieces)) {
      decoder ??= decoderOf(name, piece.subarray(0, START_BYTES), options, reader);
      decoder.push(piece);
    }
    return (decoder ?? decoderOf(name, Buffer.alloc(0), options, reader)).end();
  });
}

function decoderOf(
  name: string,
  start: Buffer,
  options: ReadOptions,
  reader: Reader = readerOf(name, start),
): TableDecoder {
  refuseWrong(name, start, reader, options);
  if (!isFlowing(reader)) return failWaiting(name, reader.title);
  if (isPacked(start)) return failWaiting(name, 'a packed file');
  return reader.open(name, options);
}

/** The pieces, of which the first is long enough to tell a file by, where there is that much: a pipe's are as they come. */
function* startedBy(pieces: Iterable<Buffer>): Generator<Buffer> {
  let start: Buffer | null = Buffer.alloc(0);
  for (const piece of pieces) {
    if (start === null) yield piece;
    else {
      start = start.length === 0 && piece.length >= START_BYTES ? piece : Buffer.concat([start, piece]);
      if (start.length < START_BYTES) continue;
      yield start;
      start = null;
    }
  }
  if (start !== null && start.length > 0) yield start;
}

/** What can only be read while others run is awaited first. */
function failWaiting(name: string, title: string): never {
  return failOption(
    'source',
    `the path of a CSV or JSON file, or of ${title} the table that \`await openTable(path)\` gives`,
    name,
  );
}

/** @throws ERR_DATA for a saved ensemble, ERR_OPTION for an option that the reader does not take */
function refuseWrong(name: string, start: Buffer, reader: Reader, options: ReadOptions): void {
  if (start.subarray(0, ENSEMBLE_MAGIC.length).equals(ENSEMBLE_MAGIC)) {
    throw fileError(name, `Expected ${name} to be ${reader.title}, got a saved ensemble`);
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || reader.options.some((known) => known === option)) continue;
    failOption(option, `absent for ${reader.title}`, value);
  }
}

/** The path, where a folder is there. */
async function folderAt(path: string): Promise<string | null> {
  if (path === STANDARD_INPUT) return null;
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true ? path : null;
}

async function readFolder(path: string, options: ReadOptions, call: ReadCall): Promise<Table> {
  const names = await readdir(path).catch((error) => failRead(path, error));
  names.sort();
  for (const reader of readers.entries) {
    if (isFlowing(reader) || reader.folder?.sniff(names) !== true) continue;
    const { folder } = reader;
    refuseWrong(path, Buffer.alloc(0), reader, options);
    return withinLimitsAwaited(path, () => folder.read(path, options, call));
  }
  const held = names.length === 0 ? 'nothing' : 'neither';
  const message = `Expected ${path} to be a data file, or a folder of PNG images or of folders of them, got a folder of ${held}`;
  throw new TuttiError('ERR_FILE', message, { file: path });
}
