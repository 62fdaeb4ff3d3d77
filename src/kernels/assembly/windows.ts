// Where the windows of a convolution or a pooling lie: the geometry, kept with its tables at the head of a
// kernel's scratch, and the zero margin around an image.
import { zero } from './vector';

/** The head of a scratch region: geometry, then what follows from it. Written anew by every call. */
@unmanaged
export class Windows {
  channels: i32;
  height: i32;
  width: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideY: i32;
  strideX: i32;
  /** Margin above and to the left; below and to the right it follows from the windows. */
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  /** Of the image the tables refer to: with its margin where there is one. */
  spanHeight: i32;
  spanWidth: i32;
  /** u32[tapCount]: byte offsets of the taps (channel, y, x) from a window's corner. */
  taps: usize;
  /** u32[windowCount]: byte offsets of the windows' corners, row by row. */
  corners: usize;
  /** One panel of the image with its margin, where it has one. */
  image: usize;
  /** What is left of the scratch. */
  rest: usize;
}

/** Bytes of the record above and of 32 zero floats behind it; WINDOWS_BYTES in windows.ts of the binding. */
const RECORD_BYTES: usize = 128;
const ZEROS_BYTES: usize = 128;

// @ts-ignore: decorator
@inline
function roundUp16(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

// @ts-ignore: decorator
@inline
export function beginScratch(scratch: usize): Windows {
  return changetype<Windows>(scratch);
}

// @ts-ignore: decorator
@inline
export function tapCount(g: Windows): i32 {
  return g.channels * g.windowHeight * g.windowWidth;
}

// @ts-ignore: decorator
@inline
export function windowCount(g: Windows): i32 {
  return g.outHeight * g.outWidth;
}

/** Whether windows reach over the edge of the image, so that kernels work on a copy with a margin. */
// @ts-ignore: decorator
@inline
export function hasMargin(g: Windows): bool {
  return g.image != g.rest;
}

/** Fills the record and its tables; returns the address of some zeros, to be used in place of biases. */
export function describeWindows(
  g: Windows, channels: i32, height: i32, width: i32, windowHeight: i32, windowWidth: i32,
  strideY: i32, strideX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
): usize {
  g.channels = channels;
  g.height = height;
  g.width = width;
  g.windowHeight = windowHeight;
  g.windowWidth = windowWidth;
  g.strideY = strideY;
  g.strideX = strideX;
  g.top = top;
  g.left = left;
  g.outHeight = outHeight;
  g.outWidth = outWidth;
  const reachY = (outHeight - 1) * strideY + windowHeight;
  const reachX = (outWidth - 1) * strideX + windowWidth;
  const reaches = top > 0 || left > 0 || reachY > height || reachX > width;
  g.spanHeight = reaches ? reachY : height;
  g.spanWidth = reaches ? reachX : width;
  const zeros = changetype<usize>(g) + RECORD_BYTES;
  for (let at: usize = 0; at < ZEROS_BYTES; at += 16) v128.store(zeros + at, zero());
  g.taps = zeros + ZEROS_BYTES;
  g.corners = g.taps + roundUp16(<usize>tapCount(g) << 2);
  g.image = g.corners + roundUp16(<usize>windowCount(g) << 2);
  g.rest = g.image + (reaches ? <usize>(channels * g.spanHeight * g.spanWidth) << 5 : 0);
  writeTables(g);
  return zeros;
}

function writeTables(g: Windows): void {
  let tap = g.taps;
  for (let c = 0; c < g.channels; c++) {
    for (let y = 0; y < g.windowHeight; y++) {
      for (let x = 0; x < g.windowWidth; x++, tap += 4) {
        store<u32>(tap, ((c * g.spanHeight + y) * g.spanWidth + x) << 5);
      }
    }
  }
  let corner = g.corners;
  for (let y = 0; y < g.outHeight; y++) {
    for (let x = 0; x < g.outWidth; x++, corner += 4) {
      store<u32>(corner, (y * g.strideY * g.spanWidth + x * g.strideX) << 5);
    }
  }
}

/** Copies one panel of x into the scratch image, zeros around it; returns the image. */
export function addMargin(g: Windows, x: usize): usize {
  clearImage(g);
  const rows = min(g.height, g.spanHeight - g.top);
  const bytes = <usize>min(g.width, g.spanWidth - g.left) << 5;
  for (let c = 0; c < g.channels; c++) {
    for (let y = 0; y < rows; y++) {
      const from = x + (<usize>((c * g.height + y) * g.width) << 5);
      memory.copy(insideMargin(g, c, y), from, bytes);
    }
  }
  return g.image;
}

/** The other way: copies what lies inside the margin to a panel; pixels no window reaches become zero. */
export function removeMargin(g: Windows, x: usize): void {
  const rows = min(g.height, g.spanHeight - g.top);
  const bytes = <usize>min(g.width, g.spanWidth - g.left) << 5;
  const rowBytes = <usize>g.width << 5;
  for (let c = 0; c < g.channels; c++) {
    for (let y = 0; y < g.height; y++) {
      if (y < rows) {
        memory.copy(x, insideMargin(g, c, y), bytes);
        memory.fill(x + bytes, 0, rowBytes - bytes);
      } else {
        memory.fill(x, 0, rowBytes);
      }
      x += rowBytes;
    }
  }
}

/** Zeros all over the scratch image. */
export function clearImage(g: Windows): void {
  memory.fill(g.image, 0, <usize>(g.channels * g.spanHeight * g.spanWidth) << 5);
}

// @ts-ignore: decorator
@inline
function insideMargin(g: Windows, c: i32, y: i32): usize {
  return g.image + (<usize>((c * g.spanHeight + g.top + y) * g.spanWidth + g.left) << 5);
}
