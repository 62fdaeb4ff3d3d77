// The forward kernel for one example: lane 0 of a panel, whose other lanes would be seven times as much work for
// nothing. Here the vectors lie along the units, as the weights do, up to 32 of them at a time. Each sum adds the same
// products in the same order as `forward` does, so that the bits are the same.
import { rowTile } from './tile-of-height';
import { PANEL_UNITS, clearPaddingRows, roundUp4 } from './vector';

/** Lane 0 of one panel; what the other lanes of the output hold is not touched, but for its padding rows. */
export function forwardRow(x: usize, inputs: i32, w: usize, units: i32, out: usize, slope: f32): void {
  const padded = roundUp4(units);
  let bias = w + (<usize>inputs * padded << 2);
  let to = out;
  for (let first = 0; first < units; first += PANEL_UNITS) {
    const width = min(PANEL_UNITS, padded - first);
    const stride = <usize>width << 2;
    let column = w;
    for (let vectors = width >> 2; vectors > 0; ) {
      const taken = vectors <= 8 ? vectors : vectors < 16 ? (vectors + 1) >> 1 : 8;
      rowTile(taken, x, inputs, column, stride, bias, to, slope);
      vectors -= taken;
      column += <usize>taken << 4;
      bias += <usize>taken << 4;
      to += <usize>taken << 7;
    }
    w += stride * inputs;
  }
  clearPaddingRows(out, 0, 1, units);
}
