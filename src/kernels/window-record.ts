// The record of a geometry, which operations over windows read: its numbers, some zeros, and tables of where taps and
// windows lie. Written once, when a program is built; assembly/windows.ts and native/formats.h read the same format.

import type { WindowGeometry } from '../model/windows.js';
import { PANEL_UNITS, roundUp4 } from './weight-layout.js';

/** 16 words, in the order of {@link writeWindowRecord}. */
const NUMBERS_BYTES = 64;
/** Zeros behind them, to be used in place of biases. */
const ZEROS_BYTES = 128;
/** One row of a panel. */
const PIXEL_BYTES = 32;

/** Where windows reach: the image with its margin, or as it is where they stay inside. */
function spanOf({ height, width, top, left, outHeight, outWidth, ...windows }: WindowGeometry) {
  const reachY = (outHeight - 1) * windows.strideY + windows.windowHeight;
  const reachX = (outWidth - 1) * windows.strideX + windows.windowWidth;
  const hasMargin = top > 0 || left > 0 || reachY > height || reachX > width;
  return hasMargin ? { hasMargin, height: reachY, width: reachX } : { hasMargin, height, width };
}

function tapCount({ channels, windowHeight, windowWidth }: WindowGeometry): number {
  return channels * windowHeight * windowWidth;
}

/** Bytes of the record and its tables, a multiple of 16. */
export function windowRecordBytes(geometry: WindowGeometry): number {
  const windows = geometry.outHeight * geometry.outWidth;
  return NUMBERS_BYTES + ZEROS_BYTES + (roundUp4(tapCount(geometry)) + roundUp4(windows)) * 4;
}

/** Writes the record and its tables at byte `address`, 16-byte aligned: windowRecordBytes(geometry) bytes. */
export function writeWindowRecord(buffer: ArrayBufferLike, address: number, geometry: WindowGeometry): void {
  const words = new Uint32Array(buffer, address, windowRecordBytes(geometry) / 4);
  const span = spanOf(geometry);
  const taps = (NUMBERS_BYTES + ZEROS_BYTES) / 4;
  const corners = taps + roundUp4(tapCount(geometry));
  words.fill(0);
  words.set([
    ...[geometry.channels, geometry.height, geometry.width, geometry.windowHeight, geometry.windowWidth],
    ...[geometry.strideY, geometry.strideX, geometry.top, geometry.left],
    ...[geometry.outHeight, geometry.outWidth, span.height, span.width],
    ...[taps * 4, corners * 4, imageBytes(geometry)],
  ]);
  writeTaps(words, taps, geometry, span);
  writeCorners(words, corners, geometry, span);
}

/** The geometry of a record; null where its numbers are none. */
export function readWindowRecord(buffer: ArrayBufferLike, address: number): WindowGeometry | null {
  const numbers = new Int32Array(buffer, address, 11);
  const [channels = 0, height = 0, width = 0, windowHeight = 0, windowWidth = 0] = numbers;
  const [strideY = 0, strideX = 0, top = 0, left = 0, outHeight = 0, outWidth = 0] = numbers.subarray(5);
  const geometry = {
    ...{ channels, height, width, windowHeight, windowWidth, strideY, strideX },
    ...{ top, left, outHeight, outWidth },
  };
  const isPossible = numbers.every((number) => number >= 0 && number < 2 ** 16);
  return isPossible ? geometry : null;
}

/** Byte offsets of the taps (channel, y, x) from a window's corner. */
function writeTaps(words: Uint32Array, at: number, geometry: WindowGeometry, span: Span): void {
  const { channels, windowHeight, windowWidth } = geometry;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < windowHeight; y++) {
      for (let x = 0; x < windowWidth; x++) {
        words[at++] = ((c * span.height + y) * span.width + x) * PIXEL_BYTES;
      }
    }
  }
}

/** Byte offsets of the windows' corners, row by row. */
function writeCorners(words: Uint32Array, at: number, geometry: WindowGeometry, span: Span): void {
  const { outHeight, outWidth, strideY, strideX } = geometry;
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) words[at++] = (y * strideY * span.width + x * strideX) * PIXEL_BYTES;
  }
}

type Span = Readonly<Record<'height' | 'width', number>>;

/** Bytes of one panel of the image with its margin; 0 where windows stay inside. */
function imageBytes(geometry: WindowGeometry): number {
  const span = spanOf(geometry);
  return span.hasMargin ? geometry.channels * span.height * span.width * PIXEL_BYTES : 0;
}

/** Panels that native gradients of inputs take at once, at the most: more where there are few channels. */
const groupPanels = (channels: number) => (channels > 3 ? 4 : 8);

/**
 * Bytes of `scratch` that operations over windows need: the image with its margin, then sums; or weights repacked, and the
 * rows of windows that see a row of pixels.
 * @param filters of a convolution; 0 when pooling.
 */
export function windowWorkBytes(geometry: WindowGeometry, filters: number): number {
  const taps = tapCount(geometry);
  const sums = (taps + 1) * Math.min(PANEL_UNITS, roundUp4(filters)) * PIXEL_BYTES;
  const rowsBytes = geometry.windowHeight * geometry.outWidth * filters * PIXEL_BYTES;
  const repacked = Math.ceil((taps * filters) / 16) * 64 + groupPanels(geometry.channels) * rowsBytes;
  return Math.max(imageBytes(geometry) + Math.max(taps * filters * 4, sums), repacked);
}
