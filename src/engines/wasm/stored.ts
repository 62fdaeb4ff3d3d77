// Networks as files have them.

import { layerShapes, parameterCount } from '../../model/network.js';
import type { NetworkMemberSpec } from '../../model/spec.js';
import type { StoredEngine } from '../shared/stored-engine.js';
import { contradictionOfNetwork } from './contradiction.js';
import { networkSchema } from './spec-schema.js';

export const STORED_WASM: StoredEngine<NetworkMemberSpec> & { readonly name: 'wasm' } = {
  name: 'wasm',
  specSchema: networkSchema,
  contradiction: contradictionOfNetwork,
  hashed: (spec) => spec,
  storesModel: false,
  weightsLength: (spec, features, task) => parameterCount(layerShapes(spec, features, task)),
};
