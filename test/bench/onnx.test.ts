// The ONNX files that the benchmark writes by hand.

import t from 'tap';
import { GraphWriter } from '../../scripts/bench/onnx/protobuf.js';

/** onnx 1.23: `check_model(full_check=True)` passes, and its own bytes are as many. */
const EXPECTED =
  'CAg6lgEqEwgCCAEQAUIBd0oIAACAPwAAAEAqDQgBEAFCAWJKBAAAAD8KEgoBeAoBdwoBYhIBYSIER2VtbQogCgFhEgF5IglU' +
  'cmFuc3Bvc2UqDQoEcGVybUAAQAGgAQcSCGVuc2VtYmxlWhcKAXgSEgoQCAESDAoGEgRyb3dzCgIIAmIXCgF5EhIKEAgBEgwK' +
  'BhIEcm93cwoCCAFCBAoAEBE=';

t.test('a model is the bytes that the checker of ONNX was content with', async (t) => {
  const graph = new GraphWriter();
  graph.constant('w', [2, 1], Float32Array.of(1, 2));
  graph.constant('b', [1], Float32Array.of(0.5));
  graph.node('Gemm', ['x', 'w', 'b'], 'a');
  graph.node('Transpose', ['a'], 'y', { perm: [0, 1] });
  t.equal(graph.model(2, 1).toString('base64'), EXPECTED);
});
