// A graph as bytes.

import t from 'tap';
import { Graph } from '../../../src/exports/onnx/graph.js';
import { VERSION } from '../../../src/version.js';
import { readModel } from './read-model.js';

/** onnx 1.23: `check_model(full_check=True)` passes, and its own bytes are as many. */
const EXPECTED =
  'CAgSBXR1dHRpGgUwLjEuMDr3AQo1CgF4Cgd0dXR0aS53Cgd0dXR0aS5iEgp0dXR0aS5nZW1tGgp0dXR0aS5nZW1tIgRHZW1tOgAKPAoKdHV0dGkuZ2VtbRIB' +
  'eRoPdHV0dGkudHJhbnNwb3NlIglUcmFuc3Bvc2UqDQoEcGVybUAAQAGgAQc6ABIIZW5zZW1ibGUqGQgCCAEQAUIHdHV0dGkud0oIAACAPwAAAEAqEwgBEAFC' +
  'B3R1dHRpLmJKBAAAAD9SBWFib3V0WiQKAXgSEgoQCAESDAoGEgRyb3dzCgIIAhoLdHdvIG51bWJlcnNiGQoBeRISChAIARIMCgYSBHJvd3MKAggBGgBCBAoA' +
  'EBFyDAoDa2V5EgV2YWx1ZQ==';

t.test('a model is the bytes that the checker of ONNX was content with', async (t) => {
  const graph = new Graph();
  const x = graph.input('x', 'float', ['rows', 2], 'two numbers');
  const w = graph.constant('w', [2, 1], Float32Array.of(1, 2));
  const z = graph.node('Gemm', [x, w, graph.constant('b', [1], Float32Array.of(0.5))]);
  graph.output('y', graph.node('Transpose', [z], { perm: [0, 1] }), 'float', ['rows', 1]);
  const bytes = Buffer.from(graph.bytes('ensemble', 'about', { key: 'value' }));
  const own = bytes.toString('latin1').replace(VERSION, '0.1.0');
  t.equal(Buffer.from(own, 'latin1').toString('base64'), EXPECTED);
});

t.test('an output that is an input, a constant, or an output already, is handed on by a node', async (t) => {
  const graph = new Graph();
  const x = graph.input('x', 'float', ['rows', 1]);
  const y = graph.node('Relu', [x]);
  for (const name of ['first', 'second']) graph.output(name, y, 'float', ['rows', 1]);
  graph.output('same', x, 'float', ['rows', 1]);
  const { node } = readModel(graph.bytes('graph', '', {})).graph;
  t.same(
    node.map(({ opType, input, output }) => [opType, ...input, ...output]),
    [
      ['Relu', 'x', 'first'],
      ['Identity', 'first', 'second'],
      ['Identity', 'x', 'same'],
    ],
  );
});

t.test('equal small constants are one, and no name is that of a column', async (t) => {
  const graph = new Graph();
  const column = graph.input('tutti.one', 'float', ['rows', 1]);
  const [one, again] = [graph.numbers('one', 1), graph.numbers('one', 1)];
  t.equal(one, again);
  t.not(one, column);
  t.not(graph.numbers('one', 1, 'double'), one);
});
