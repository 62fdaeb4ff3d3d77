// Written by `node dist/scripts/operation-code.js` from scripts/support/tile-code.ts: change it there.
import {
  forwardTile6, forwardTile5, forwardTile4, forwardTile3, forwardTile2, forwardTile1, wideTile4, rowTile8, rowTile7, rowTile6, rowTile5, rowTile4, rowTile3, rowTile2, rowTile1, inputTile6, inputTile5, inputTile4, inputTile3, inputTile2, inputTile1, inputTileOf966, inputTileOf965, inputTileOf646, inputTileOf645,
} from './dense-tiles';
import {
  weightTile6, weightTile5, weightTile4, weightTile3, weightTile2, weightTile1, narrowTile6, narrowTile5, narrowTile4, narrowTile3, narrowTile2, narrowTile1, packedTile6, packedTile5, columnTile4, columnTile2, columnTile1,
} from './weight-tiles';
import {
  convolveTile6, convolveTile5, convolveTile4, convolveTile3, convolveTile2, convolveTile1, convolveInputTile6, convolveInputTile5, convolveInputTile4, convolveInputTile3, convolveInputTile2, convolveInputTile1, convolveWeightTile3, convolveWeightTile2, convolveWeightTile1,
} from './window-tiles';
import { Windows } from './windows';

// @ts-ignore: decorator
@inline
export function forwardTile(height: i32, x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  switch (height) {
    case 6: return forwardTile6(x, inputs, w, stride, bias, out, slope);
    case 5: return forwardTile5(x, inputs, w, stride, bias, out, slope);
    case 4: return forwardTile4(x, inputs, w, stride, bias, out, slope);
    case 3: return forwardTile3(x, inputs, w, stride, bias, out, slope);
    case 2: return forwardTile2(x, inputs, w, stride, bias, out, slope);
    case 1: return forwardTile1(x, inputs, w, stride, bias, out, slope);
  }
}

// @ts-ignore: decorator
@inline
export function wideTile(height: i32, x: usize, xs: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, os: usize, slope: f32): void {
  switch (height) {
    case 4: return wideTile4(x, xs, inputs, w, stride, bias, out, os, slope);
  }
}

// @ts-ignore: decorator
@inline
export function rowTile(height: i32, x: usize, inputs: i32, w: usize, stride: usize, bias: usize, out: usize, slope: f32): void {
  switch (height) {
    case 8: return rowTile8(x, inputs, w, stride, bias, out, slope);
    case 7: return rowTile7(x, inputs, w, stride, bias, out, slope);
    case 6: return rowTile6(x, inputs, w, stride, bias, out, slope);
    case 5: return rowTile5(x, inputs, w, stride, bias, out, slope);
    case 4: return rowTile4(x, inputs, w, stride, bias, out, slope);
    case 3: return rowTile3(x, inputs, w, stride, bias, out, slope);
    case 2: return rowTile2(x, inputs, w, stride, bias, out, slope);
    case 1: return rowTile1(x, inputs, w, stride, bias, out, slope);
  }
}

// @ts-ignore: decorator
@inline
export function inputTile(height: i32, dz: usize, units: i32, w: usize, stride: usize, resume: bool, dx: usize): void {
  switch (height) {
    case 6: return inputTile6(dz, units, w, stride, resume, dx);
    case 5: return inputTile5(dz, units, w, stride, resume, dx);
    case 4: return inputTile4(dz, units, w, stride, resume, dx);
    case 3: return inputTile3(dz, units, w, stride, resume, dx);
    case 2: return inputTile2(dz, units, w, stride, resume, dx);
    case 1: return inputTile1(dz, units, w, stride, resume, dx);
  }
}

// @ts-ignore: decorator
@inline
export function inputTileOf96(height: i32, dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  switch (height) {
    case 6: return inputTileOf966(dz, units, w, resume, dx);
    case 5: return inputTileOf965(dz, units, w, resume, dx);
  }
}

// @ts-ignore: decorator
@inline
export function inputTileOf64(height: i32, dz: usize, units: i32, w: usize, resume: bool, dx: usize): void {
  switch (height) {
    case 6: return inputTileOf646(dz, units, w, resume, dx);
    case 5: return inputTileOf645(dz, units, w, resume, dx);
  }
}

// @ts-ignore: decorator
@inline
export function weightTile(height: i32, x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  switch (height) {
    case 6: return weightTile6(x, xs, examples, packed, out, stride);
    case 5: return weightTile5(x, xs, examples, packed, out, stride);
    case 4: return weightTile4(x, xs, examples, packed, out, stride);
    case 3: return weightTile3(x, xs, examples, packed, out, stride);
    case 2: return weightTile2(x, xs, examples, packed, out, stride);
    case 1: return weightTile1(x, xs, examples, packed, out, stride);
  }
}

// @ts-ignore: decorator
@inline
export function narrowTile(height: i32, x: usize, xs: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  switch (height) {
    case 6: return narrowTile6(x, xs, examples, packed, out, stride);
    case 5: return narrowTile5(x, xs, examples, packed, out, stride);
    case 4: return narrowTile4(x, xs, examples, packed, out, stride);
    case 3: return narrowTile3(x, xs, examples, packed, out, stride);
    case 2: return narrowTile2(x, xs, examples, packed, out, stride);
    case 1: return narrowTile1(x, xs, examples, packed, out, stride);
  }
}

// @ts-ignore: decorator
@inline
export function packedTile(height: i32, x: usize, examples: i32, packed: usize, out: usize, stride: usize): void {
  switch (height) {
    case 6: return packedTile6(x, examples, packed, out, stride);
    case 5: return packedTile5(x, examples, packed, out, stride);
  }
}

// @ts-ignore: decorator
@inline
export function columnTile(height: i32, x: usize, xs: usize, panels: i32, dz: usize, zs: usize, out: usize): void {
  switch (height) {
    case 4: return columnTile4(x, xs, panels, dz, zs, out);
    case 2: return columnTile2(x, xs, panels, dz, zs, out);
    case 1: return columnTile1(x, xs, panels, dz, zs, out);
  }
}

// @ts-ignore: decorator
@inline
export function convolveTile(height: i32, x: usize, g: Windows, w: usize, stride: usize, bias: usize, out: usize, outStride: usize, slope: f32): void {
  switch (height) {
    case 6: return convolveTile6(x, g, w, stride, bias, out, outStride, slope);
    case 5: return convolveTile5(x, g, w, stride, bias, out, outStride, slope);
    case 4: return convolveTile4(x, g, w, stride, bias, out, outStride, slope);
    case 3: return convolveTile3(x, g, w, stride, bias, out, outStride, slope);
    case 2: return convolveTile2(x, g, w, stride, bias, out, outStride, slope);
    case 1: return convolveTile1(x, g, w, stride, bias, out, outStride, slope);
  }
}

// @ts-ignore: decorator
@inline
export function convolveInputTile(height: i32, dz: usize, filters: i32, g: Windows, tap: usize, packed: usize, image: usize): void {
  switch (height) {
    case 6: return convolveInputTile6(dz, filters, g, tap, packed, image);
    case 5: return convolveInputTile5(dz, filters, g, tap, packed, image);
    case 4: return convolveInputTile4(dz, filters, g, tap, packed, image);
    case 3: return convolveInputTile3(dz, filters, g, tap, packed, image);
    case 2: return convolveInputTile2(dz, filters, g, tap, packed, image);
    case 1: return convolveInputTile1(dz, filters, g, tap, packed, image);
  }
}

// @ts-ignore: decorator
@inline
export function convolveWeightTile(height: i32, x: usize, tap: usize, g: Windows, f0: usize, f1: usize, out: usize, stride: usize): void {
  switch (height) {
    case 3: return convolveWeightTile3(x, tap, g, f0, f1, out, stride);
    case 2: return convolveWeightTile2(x, tap, g, f0, f1, out, stride);
    case 1: return convolveWeightTile1(x, tap, g, f0, f1, out, stride);
  }
}
