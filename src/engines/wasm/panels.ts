// Batch panels, f32[panels][rows][8]: eight examples side by side in each vector pair, so every kernel is free of batch
// remainders. See src/kernels/operations.ts for the formats.

import { roundUp4 } from '../../kernels/weight-layout.js';

/** A region of batch panels: where panel 0 starts and the bytes from one panel to the next. */
export interface Block {
  readonly address: number;
  readonly stride: number;
}

/** Examples in one batch panel. */
export const PANEL = 8;
/** Bytes from one feature's row of a panel to the next. */
export const PANEL_ROW_BYTES = PANEL * 4;

export function panelsOf(examples: number): number {
  return Math.ceil(examples / PANEL);
}

/** Bytes of one panel of `rows` features: rows are padded to whole vectors of 4. */
export function panelStrideOf(rows: number): number {
  return roundUp4(rows) * PANEL_ROW_BYTES;
}
