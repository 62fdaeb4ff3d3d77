// Files as they are read: regular ones of bounded size, told by the descriptor that is read and not by the path, so
// that a path to a device, a pipe or a file too large is refused at once instead of read for ever. Data files may
// also be pipes (standard input). What is in a file is the business of whoever asks for it.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { TuttiError } from '../errors.js';
import { usableMemory } from '../machine/available-memory.js';

/** What a file may be. */
export interface FileBounds {
  /** The most bytes that are read. */
  readonly maxBytes: number;
  /** Whether a pipe or a socket will do, such as /dev/stdin; it is read to its end. @default false */
  readonly pipes?: boolean;
  /** What messages call it. @default its path */
  readonly name?: string;
}

/** A regular file that is open, and its length when it was opened. */
export interface OpenedFile {
  readonly file: FileHandle;
  readonly bytes: number;
}

/** A module of the user's is source text. */
export const MAX_MODULE_BYTES = 64 * 2 ** 20;

/** A config file is options, and at most a list of some thousand members; parsers of YAML take a second a megabyte. */
export const MAX_CONFIG_BYTES = 2 ** 20;

const STDIN_PATH = '/dev/stdin';
const STDIN = 0;

/** A Buffer cannot be much longer on every platform, nor can readers that count in 32 bits. */
const MAX_BUFFER_BYTES = 2 ** 31 - 1;

/**
 * The longest file of data that is read: half of the memory that this process may use, since what is made
 * of the bytes takes memory too.
 */
export function maxDataBytes(): number {
  return Math.min(MAX_BUFFER_BYTES, Math.floor(usableMemory() / 2));
}

/**
 * Reads a whole file. A named pipe waits for whoever writes to it, as `cat` does.
 * @throws ERR_FILE when it is not there, is not what the bounds allow, or is longer.
 */
export function readBoundedFile(path: string, bounds: FileBounds): Buffer {
  // By its descriptor, because a socket, such as Node.js gives its children, cannot be opened by its name.
  if (path === STDIN_PATH && bounds.pipes === true) return readDescriptor(bounds.name ?? path, STDIN, bounds);
  const name = bounds.name ?? path;
  const file = attempt(name, () => openSync(path, openingFlags(path, bounds)));
  try {
    return readDescriptor(name, file, bounds);
  } finally {
    closeSync(file);
  }
}

function readDescriptor(name: string, file: number, bounds: FileBounds): Buffer {
  return attempt(name, () => {
    const stats = fstatSync(file);
    refuseKind(name, stats, bounds);
    return readToEnd(name, file, stats.size, bounds.maxBytes);
  });
}

/**
 * The pieces of a file of any length from its beginning, while the thread waits; each is valid until the next is asked for.
 * @throws ERR_FILE as {@link readBoundedFile}
 */
export function* filePieces(path: string, name: string): Generator<Buffer> {
  const bounds = { maxBytes: Number.POSITIVE_INFINITY, pipes: true };
  const standard = path === STDIN_PATH;
  const file = standard ? STDIN : attempt(name, () => openSync(path, openingFlags(path, bounds)));
  try {
    attempt(name, () => refuseKind(name, fstatSync(file), bounds));
    const piece = Buffer.allocUnsafeSlow(FILE_PIECE_BYTES);
    for (;;) {
      const length = attempt(name, () => readPiece(file, piece));
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    if (!standard) closeSync(file);
  }
}

/** Bytes of a piece of a file: a few milliseconds of work for whoever takes it apart. */
export const FILE_PIECE_BYTES = 1 << 19;

/**
 * The same without the thread waiting for a disk. Pipes are read while it waits: their bytes come when they come.
 * @throws ERR_FILE as {@link readBoundedFile}
 */
export async function readBoundedFileAsync(path: string, bounds: FileBounds): Promise<Buffer> {
  const name = bounds.name ?? path;
  if (path === STDIN_PATH) return readBoundedFile(path, bounds);
  const stats = await stat(path).catch((error) => failRead(name, error));
  if (!stats.isFile()) return readBoundedFile(path, bounds);
  const { file, bytes } = await openRegularFile(path, bounds.maxBytes);
  try {
    const content = Buffer.allocUnsafeSlow(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(content, at, bytes - at, at);
      if (bytesRead === 0) return content.subarray(0, at);
      at += bytesRead;
    }
    return content;
  } catch (error) {
    return failRead(name, error);
  } finally {
    await file.close();
  }
}

/**
 * Opens a regular file, to be read in pieces and closed by the caller.
 * @throws ERR_FILE when it is not there, is anything else, or is longer than `maxBytes`.
 */
export async function openRegularFile(path: string, maxBytes: number): Promise<OpenedFile> {
  const bounds = { maxBytes };
  const file = await open(path, openingFlags(path, bounds)).catch((error) => failRead(path, error));
  try {
    const stats = await file.stat();
    refuseKind(path, stats, bounds);
    return { file, bytes: stats.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** ERR_FILE for what the system says about a file: `Expected x.csv to be a readable file, got a folder`. */
export function failRead(name: string, error: unknown): never {
  if (error instanceof TuttiError) throw error;
  const { code, message } = error as NodeJS.ErrnoException;
  return failFile(name, REASONS[code ?? ''] ?? `an error: ${message}`, error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'nothing: there is no such file',
  ENOTDIR: 'nothing: there is no such file',
  EISDIR: 'a folder',
  EACCES: 'a file that may not be read: permission denied',
  EPERM: 'a file that may not be read: permission denied',
  ENXIO: 'a device or a socket',
  ELOOP: 'symbolic links that lead in a circle',
  ENAMETOOLONG: 'a path that is too long',
  ERR_INVALID_ARG_VALUE: 'a path that holds a null byte',
};

/** Without O_NONBLOCK, opening a named pipe waits for its writer: right where one is wanted, and nowhere else. */
function openingFlags(path: string, { pipes = false }: FileBounds): number {
  const waits = pipes && statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  return constants.O_RDONLY | (waits ? 0 : (constants.O_NONBLOCK ?? 0));
}

function refuseKind(name: string, stats: Stats, { maxBytes, pipes = false }: FileBounds): void {
  failKind(name, stats, pipes);
  if (stats.isFile() && stats.size > maxBytes) failSize(name, sizeText(stats.size), maxBytes);
}

/** @throws ERR_FILE for what is no regular file, nor, where those will do, a pipe or a socket. */
export function failKind(name: string, stats: Stats, pipes: boolean): void {
  const pipe = stats.isFIFO() || stats.isSocket();
  if (stats.isFile() || (pipe && pipes)) return;
  failFile(name, stats.isDirectory() ? 'a folder' : pipe ? 'a pipe' : 'a device');
}

/** What is there may be longer or shorter than was said: files grow, pipes and /proc say nothing. */
function readToEnd(name: string, file: number, saidBytes: number, maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, Math.min(saidBytes - total + 1, maxBytes)));
    const length = readPiece(file, piece);
    if (length === 0) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, total);
    total += length;
    if (total > maxBytes) failSize(name, 'more', maxBytes);
    pieces.push(piece.subarray(0, length));
  }
}

/** What a pipe holds at most, usually. */
const PIECE_BYTES = 1 << 16;

/** Reads once; a pipe that somebody else made non-blocking is asked again until it has something or ends. */
function readPiece(file: number, piece: Buffer): number {
  for (;;) {
    try {
      return readSync(file, piece, 0, piece.length, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

const RETRY_MS = 10;

function attempt<T>(name: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    return failRead(name, error);
  }
}

export function failSize(name: string, got: string, maxBytes: number): never {
  failFile(name, `${got} where at most ${sizeText(maxBytes)} are read`);
}

export function failFile(name: string, got: string, cause?: unknown): never {
  const message =
    name === ''
      ? 'Expected the name of a file, got ""'
      : `Expected ${name} to be a readable file, got ${got}`;
  throw new TuttiError('ERR_FILE', message, { file: name }, cause);
}

/** 3100000000 → `3.1 GB`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
