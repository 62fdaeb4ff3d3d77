// tutti/tfjs: networks to and from TensorFlow.js.

import '../supported-node.js';

export type { Layer, LayersModel, LayerVariable, SymbolicTensor, Tensor } from '../engines/tfjs/api.js';
export {
  fromLayersModel,
  type NetworkPurpose,
  type NetworkWithWeights,
} from '../engines/tfjs/from-layers-model.js';
export {
  type LayeredEnsemble,
  type LayersModelOptions,
  toLayersModel,
} from '../engines/tfjs/layers-model.js';
export type { ModelBuilder, ModelContext } from '../engines/tfjs/user-model.js';
export type { TranslatedNetwork } from '../model/options/module-table.js';
