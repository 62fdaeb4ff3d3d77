// Nearest-neighbour members, as one record.

import type { EngineDefinition } from '../shared/definition.js';
import { once } from '../shared/once.js';
import { resolveNeighbours } from './resolve.js';
import type { NeighboursMemberSpec } from './spec.js';
import { STORED_NEIGHBOURS } from './stored.js';

export const NEIGHBOURS: EngineDefinition<NeighboursMemberSpec> & { readonly name: 'neighbours' } = {
  ...STORED_NEIGHBOURS,
  summary: 'the nearest stored rows',
  optionUsers: () => ['member', 'neighbours'],
  resolve: (o, own, context) => ({
    ...resolveNeighbours(o, own, context),
    ...context.common,
    earlyStopping: null,
  }),
  kind: () => 'neighbours',
  describe({ neighbours, distance, votes }) {
    const { kind, image } = distance;
    const pixels = image === null ? '' : `${image.channels}x${image.height}x${image.width}: `;
    const weighted = votes === 'equal' ? '' : ' weighted by inverse distance';
    const tangents = kind === 'euclidean' ? '' : ` (${distance.kinds.join(', ')})`;
    return `${pixels}${neighbours} nearest neighbours${weighted}; ${kind} distance${tangents}`;
  },
  draws: () => [],
  training: { by: 'fitting', load: once(() => import('./fit.js')) },
  loadPredictor: once(() => import('./predictor.js')),
};
