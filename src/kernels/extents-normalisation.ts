// What of memory the operations of layer normalisation touch; see extents.ts.

import { block, type ExtentsOf } from './extents-of.js';
import { layerLengthFloats, layerNormScratchBytes } from './weight-layout.js';

/** Bytes of gains and shifts. */
function weights(rows: number): number {
  return layerLengthFloats(1, rows) * 4;
}

type Names = 'layerNorm' | 'layerNormInputGradient' | 'layerNormWeightGradient';

export const NORMALISATION_EXTENTS: { readonly [N in Names]: ExtentsOf<N> } = {
  layerNorm(t, x, xStride, panels, rows, w, _epsilon, out, outStride, _slope, statistics) {
    t.reads('x', x, block(panels, xStride, rows));
    t.reads('w', w, weights(rows));
    t.writes('out', out, block(panels, outStride, rows));
    t.writes('statistics', statistics, panels * 64);
  },
  layerNormInputGradient(t, dz, dzStride, panels, rows, w, x, xStride, statistics, _slope, dx, dxStride) {
    t.reads('dz', dz, block(panels, dzStride, rows));
    t.reads('w', w, weights(rows));
    t.reads('x', x, block(panels, xStride, rows));
    t.reads('statistics', statistics, panels * 64);
    t.writes('dx', dx, block(panels, dxStride, rows));
  },
  layerNormWeightGradient(t, x, xStride, panels, rows, dz, dzStride, statistics, w, scratch, update) {
    t.reads('x', x, block(panels, xStride, rows));
    t.reads('dz', dz, block(panels, dzStride, rows));
    t.reads('statistics', statistics, panels * 64);
    t.writes('scratch', scratch, layerNormScratchBytes(rows));
    t.updates(w, weights(rows), update);
  },
};
