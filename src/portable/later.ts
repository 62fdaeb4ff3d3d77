// What few predictions are asked for, so that bundles keep it in a file of its own: intervals, sets of classes and where the
// uncertainty comes from.

export { uncertainRows } from '../api/uncertain-records.js';
export { ensembleAnswer } from '../ensemble/predict/guarantees.js';
export { uncertaintyOf } from '../predictions/aggregate/uncertainty.js';
