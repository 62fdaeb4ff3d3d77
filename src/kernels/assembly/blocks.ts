// Panels as they are, one behind the other: copied, or filled with zeros.
import { bytesOf } from './vector';

/** Does not overlap. */
// @ts-ignore: decorator
@inline
export function copy(input: usize, out: usize, stride: usize, panels: i32): void {
  memory.copy(out, input, bytesOf(stride, panels));
}

// @ts-ignore: decorator
@inline
export function clear(out: usize, stride: usize, panels: i32): void {
  memory.fill(out, 0, bytesOf(stride, panels));
}
