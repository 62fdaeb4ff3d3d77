// A tf.LayersModel, as one record.

import type { ExportFormat } from '../shared/export-format.js';

export const tfjs = {
  name: 'tfjs',
  title: 'TensorFlow.js',
  says: 'one tf.LayersModel of all members: a zip of model.json and weights.bin',
  extension: '.zip',
  takes: ['aggregator', 'calibrated', 'clip'],
  write: async (ensemble, options) =>
    (await import('./write-layers-model.js')).writeLayersModel(ensemble, options),
} as const satisfies ExportFormat;
