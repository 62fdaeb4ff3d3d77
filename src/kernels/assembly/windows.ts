// Where the windows of a convolution or a pooling lie: the record of the geometry with its tables, and the zero margin
// around an image, a copy of which lies at the head of the scratch.

/** The record of a geometry, which src/kernels/window-record.ts writes; its tables lie behind it. */
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
  /** From the record to u32[tapCount]: byte offsets of the taps (channel, y, x) from a window's corner. */
  tapsOffset: u32;
  /** From the record to u32[windowCount]: byte offsets of the windows' corners, row by row. */
  cornersOffset: u32;
  /** One panel of the image with its margin, at the head of the scratch; 0: windows stay inside the image. */
  imageBytes: u32;
}

const RECORD_BYTES: usize = 64;

// @ts-ignore: decorator
@inline
export function windowsAt(record: usize): Windows {
  return changetype<Windows>(record);
}

// @ts-ignore: decorator
@inline
export function tapsOf(g: Windows): usize {
  return changetype<usize>(g) + g.tapsOffset;
}

// @ts-ignore: decorator
@inline
export function cornersOf(g: Windows): usize {
  return changetype<usize>(g) + g.cornersOffset;
}

/** 32 zeros, in place of biases. */
// @ts-ignore: decorator
@inline
export function zerosOf(g: Windows): usize {
  return changetype<usize>(g) + RECORD_BYTES;
}

/** Of a convolution. */
// @ts-ignore: decorator
@inline
export function tapCount(g: Windows): i32 {
  return g.channels * pooledTaps(g);
}

/** Taps of a window in one channel: the first ones in the table. */
// @ts-ignore: decorator
@inline
export function pooledTaps(g: Windows): i32 {
  return g.windowHeight * g.windowWidth;
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
  return g.imageBytes != 0;
}

/** Copies one panel of x to `image`, zeros around it; returns the image. */
export function addMargin(g: Windows, x: usize, image: usize): usize {
  clearImage(g, image);
  const rows = min(g.height, g.spanHeight - g.top);
  const bytes = <usize>min(g.width, g.spanWidth - g.left) << 5;
  for (let c = 0; c < g.channels; c++) {
    for (let y = 0; y < rows; y++) {
      const from = x + (<usize>((c * g.height + y) * g.width) << 5);
      memory.copy(insideMargin(g, image, c, y), from, bytes);
    }
  }
  return image;
}

/** The other way: copies what lies inside the margin to a panel; pixels no window reaches become zero. */
export function removeMargin(g: Windows, image: usize, x: usize): void {
  const rows = min(g.height, g.spanHeight - g.top);
  const bytes = <usize>min(g.width, g.spanWidth - g.left) << 5;
  const rowBytes = <usize>g.width << 5;
  for (let c = 0; c < g.channels; c++) {
    for (let y = 0; y < g.height; y++) {
      if (y < rows) {
        memory.copy(x, insideMargin(g, image, c, y), bytes);
        memory.fill(x + bytes, 0, rowBytes - bytes);
      } else {
        memory.fill(x, 0, rowBytes);
      }
      x += rowBytes;
    }
  }
}

export function clearImage(g: Windows, image: usize): void {
  memory.fill(image, 0, g.imageBytes);
}

// @ts-ignore: decorator
@inline
function insideMargin(g: Windows, image: usize, c: i32, y: i32): usize {
  return image + (<usize>((c * g.spanHeight + g.top + y) * g.spanWidth + g.left) << 5);
}
