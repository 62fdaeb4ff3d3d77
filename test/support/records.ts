// The functions on plain records under the methods of an ensemble, with the doors that few programs need.

export { extendEnsemble } from '../../src/api/every-core.js';
export { contentHash } from '../../src/bundle/content-hash.js';
export { inspectEnsemble, loadEnsemble } from '../../src/bundle/load.js';
export { ensembleToBytes, saveEnsemble } from '../../src/bundle/save.js';
export { loadTraining } from '../../src/data/load.js';
export { evaluateEnsemble, evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
export { predictOutOfBag } from '../../src/ensemble/evaluate/predict-out-of-bag.js';
export { withAveragingWeights } from '../../src/ensemble/predict/averaging-weights.js';
export { createPredictor, predictEnsemble } from '../../src/ensemble/predict/predict.js';
export { predictMembers } from '../../src/ensemble/predict/predict-members.js';
export { selectMembers } from '../../src/ensemble/select/select-members.js';
