// ONNX, as one record.

import type { ExportFormat } from '../shared/export-format.js';

export const onnx = {
  name: 'onnx',
  title: 'ONNX',
  says: 'one graph from raw columns to the answers, for ONNX Runtime and what else reads ONNX',
  extension: '.onnx',
  takes: ['aggregator', 'calibrated', 'clip', 'inputs', 'numbers', 'outputs'],
  write: async (ensemble, options) => (await import('./write-onnx.js')).writeOnnx(ensemble, options),
} as const satisfies ExportFormat;
