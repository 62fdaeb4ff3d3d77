// Files' bytes as UTF-8, whatever encoding they are in: what the user stated, or what a byte-order mark says.
// Knows nothing of CSV; a file that is not in its encoding is refused with the place of the first bad byte.

import { isUtf8 } from 'node:buffer';
import { failOption, TuttiError } from '../../errors.js';

export type TextEncoding = 'utf-8' | 'latin1' | 'windows-1252' | 'utf-16le' | 'utf-16be';

/** Spellings of {@link TextEncoding} that other programs use, without `-`, `_` and blanks. */
const ENCODINGS: Readonly<Record<string, TextEncoding>> = {
  utf8: 'utf-8',
  utf8sig: 'utf-8',
  latin1: 'latin1',
  iso88591: 'latin1',
  windows1252: 'windows-1252',
  cp1252: 'windows-1252',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
};

const MARKS: readonly (readonly [TextEncoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

/** Windows-1252 has letters and signs where Latin-1 has the control characters 0x80 to 0x9f. */
const WINDOWS_SIGNS = [
  ...[0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152],
  ...[0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122],
  ...[0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178],
];

/** Of a character of two halves, one without the other. */
const LONE_HALF = /\p{Surrogate}/u;

/** The longest byte-order mark. */
const MARK_BYTES = 3;

/** The text before a piece that whoever takes it has not finished with, from the start of a line. */
export interface TextBefore {
  /** The line on which it starts, from 1. */
  readonly line: number;
  readonly text: Uint8Array;
}

/** @throws ERR_OPTION for an encoding that is not known */
export function encodingOf(name: string): TextEncoding {
  const encoding = ENCODINGS[name.toLowerCase().replace(/[-_ ]/g, '')];
  if (encoding !== undefined) return encoding;
  return failOption('encoding', `one of ${[...new Set(Object.values(ENCODINGS))].join(', ')}`, name);
}

/**
 * The bytes of a text in UTF-8, without a byte-order mark.
 *
 * @param file what messages call it
 * @param stated the encoding of text without a byte-order mark; null: UTF-8
 * @throws ERR_DATA naming the line of the first byte that is not text in that encoding, or a mark of another one
 */
export function toUtf8(file: string, bytes: Buffer, stated: TextEncoding | null): Buffer {
  const pieces: Buffer[] = [];
  const before = () => ({ line: 1, text: Buffer.concat(pieces) });
  const text = new Utf8Pieces(file, stated, before);
  for (let at = 0; at < bytes.length; at += CHUNK) pieces.push(text.push(bytes.subarray(at, at + CHUNK)));
  text.end();
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** Bytes decoded at a time, far below the longest text that V8 can hold. */
const CHUNK = 1 << 24;

/** A text that comes in pieces, as UTF-8 without a byte-order mark, in whole characters. Throws what {@link toUtf8} does. */
export class Utf8Pieces {
  readonly #file: string;
  readonly #stated: TextEncoding | null;
  readonly #before: () => TextBefore;
  /** Null until enough is there to see a mark. */
  #encoding: TextEncoding | null = null;
  /** Bytes of a mark or a character that is not whole. */
  #rest: Buffer = Buffer.alloc(0);

  /** @param before asked where a piece is that cannot be read */
  constructor(file: string, stated: TextEncoding | null, before: () => TextBefore) {
    this.#file = file;
    this.#stated = stated;
    this.#before = before;
  }

  /** The whole characters that are there with this piece; perhaps the piece's own memory. */
  push(piece: Buffer): Buffer {
    return this.#take(piece, false);
  }

  /** The last characters. @throws ERR_DATA where one is not whole */
  end(): Buffer {
    return this.#take(Buffer.alloc(0), true);
  }

  #take(piece: Buffer, last: boolean): Buffer {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (this.#encoding === null) {
      if (bytes.length < MARK_BYTES && !last) {
        this.#rest = Buffer.from(bytes);
        return Buffer.alloc(0);
      }
      const mark = this.#readMark(bytes);
      bytes = bytes.subarray(mark);
    }
    const encoding = this.#encoding!;
    const whole = last ? bytes.length : wholeBytes(bytes, encoding);
    // Whoever gave the piece may fill it anew.
    this.#rest = Buffer.from(bytes.subarray(whole));
    const text = bytes.subarray(0, whole);
    const decoded = encoding === 'utf-8' ? text : this.#decode(text, encoding);
    this.#refuseZeros(decoded, encoding);
    if (encoding === 'utf-8' && !isUtf8(decoded)) throw this.#notUtf8(decoded);
    return decoded;
  }

  /** @returns the bytes of the mark */
  #readMark(bytes: Buffer): number {
    const file = this.#file;
    const stated = this.#stated;
    const [marked, mark] = MARKS.find(([, start]) => bytes.subarray(0, start.length).equals(start)) ?? [];
    if (marked !== undefined && stated !== null && stated !== marked) {
      const message = `Expected ${file} to be text in ${stated}, got the byte-order mark of ${marked}`;
      throw new TuttiError('ERR_DATA', message, { file });
    }
    this.#encoding = marked ?? stated ?? 'utf-8';
    return mark?.length ?? 0;
  }

  #decode(text: Buffer, encoding: Exclude<TextEncoding, 'utf-8'>): Buffer {
    const file = this.#file;
    const fail = (got: string) => {
      const message = `Expected ${file} to be text in ${encoding}, got ${got}`;
      return new TuttiError('ERR_DATA', message, { file });
    };
    const wide = isWide(encoding);
    if (wide && text.length % 2 !== 0) throw fail('an odd number of bytes');
    const chars = decodePiece(text, encoding);
    if (wide && LONE_HALF.test(chars)) throw fail('half a character (a lone surrogate)');
    return Buffer.from(chars, 'utf8');
  }

  #refuseZeros(text: Buffer, encoding: TextEncoding): void {
    const at = text.indexOf(0);
    if (at < 0) return;
    const file = this.#file;
    const message = `Expected ${file} to be text in ${encoding}, got binary data (or UTF-16 text without its mark)`;
    const { line } = this.#placeOf(text, at);
    throw new TuttiError('ERR_DATA', `${message}: a zero byte on line ${line}`, { file, line });
  }

  #notUtf8(piece: Buffer): TuttiError {
    const file = this.#file;
    const bad = firstBadByte(piece);
    const { line, start, at, text } = this.#placeOf(piece, bad);
    const byte = `0x${text[at]!.toString(16).toUpperCase()}`;
    const before = JSON.stringify(text.toString('utf8', Math.max(start, at - 20), at));
    const got = `the byte ${byte} at position ${at - start + 1} of line ${line} (after ${before})`;
    const hint =
      this.#stated === null ? '; state its encoding, such as `encoding` windows-1252 or latin1' : '';
    const message = `Expected ${file} to be text in UTF-8, got ${got}${hint}`;
    return new TuttiError('ERR_DATA', message, { file, line });
  }

  /** Where a byte of a piece is in the file: its line, and its place in a text in which that line starts. */
  #placeOf(piece: Buffer, at: number): { line: number; start: number; at: number; text: Buffer } {
    const before = this.#before();
    const text = Buffer.concat([before.text, piece]);
    const place = placeOf(text, before.text.length + at);
    return { line: before.line - 1 + place.line, start: place.start, at: before.text.length + at, text };
  }
}

/** How many of the bytes are whole characters, as far as can be known: what is wrong is found where it is decoded. */
function wholeBytes(bytes: Buffer, encoding: TextEncoding): number {
  const { length } = bytes;
  if (isWide(encoding)) {
    const even = length - (length % 2);
    return even >= 2 && isHighHalf(bytes, even - 2, encoding) ? even - 2 : even;
  }
  if (encoding !== 'utf-8') return length;
  // The first byte of the last character is one of the last four.
  for (let at = length - 1; at >= Math.max(0, length - 3); at--) {
    const byte = bytes[at]!;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) return at + lengthOfCharacter(byte) > length ? at : length;
  }
  return length;
}

function isWide(encoding: TextEncoding): boolean {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

function decodePiece(piece: Buffer, encoding: Exclude<TextEncoding, 'utf-8'>): string {
  if (encoding === 'utf-16le') return piece.toString('utf16le');
  if (encoding === 'utf-16be') return Buffer.from(piece).swap16().toString('utf16le');
  const text = piece.toString('latin1');
  if (encoding === 'latin1') return text;
  return text.replace(/[\x80-\x9f]/g, (sign) =>
    String.fromCharCode(WINDOWS_SIGNS[sign.charCodeAt(0) - 0x80]!),
  );
}

function isHighHalf(text: Buffer, at: number, encoding: TextEncoding): boolean {
  const unit = encoding === 'utf-16le' ? text.readUInt16LE(at) : text.readUInt16BE(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

/** The first byte that begins no character; the text is known to have one. */
function firstBadByte(text: Buffer): number {
  let good = 0;
  // Characters never span a line end, so each line is judged by itself.
  for (let end = 0; end < text.length; good = end) {
    const lineEnd = text.indexOf(0x0a, good);
    end = lineEnd < 0 ? text.length : lineEnd + 1;
    if (!isUtf8(text.subarray(good, end))) break;
  }
  while (isUtf8(text.subarray(good, good + lengthOfCharacter(text[good]!)))) {
    good += lengthOfCharacter(text[good]!);
  }
  return good;
}

/** In bytes, by the first of them. */
function lengthOfCharacter(lead: number): number {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** The line of a byte, from 1, and where that line starts. LF, CRLF and a lone CR end lines. */
function placeOf(text: Buffer, at: number): { line: number; start: number } {
  let line = 1;
  let start = 0;
  for (let i = 0; i < at; i++) {
    const ends = text[i] === 0x0a || (text[i] === 0x0d && text[i + 1] !== 0x0a);
    if (!ends) continue;
    line++;
    start = i + 1;
  }
  return { line, start };
}
