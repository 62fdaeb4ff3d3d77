// Activations as nodes of the graph.

import type { Activation } from '../../model/layer-types.js';
import { LEAKY_SLOPE } from '../../model/portable-network.js';
import type { Graph, Value } from './graph.js';

export function activated(graph: Graph, z: Value, activation: Activation): Value {
  switch (activation) {
    case 'linear':
      return z;
    case 'relu':
    case 'tanh':
    case 'sigmoid':
    case 'softplus':
      return graph.node(OPERATORS[activation], [z], {}, activation);
    case 'leakyRelu':
      return graph.node('LeakyRelu', [z], { alpha: { float: LEAKY_SLOPE } }, activation);
    case 'gelu': {
      // z Φ(z) = z (1 + erf(z/√2)) / 2, in the form that ONNX Runtime makes one operator of.
      const share = graph.node('Erf', [graph.node('Div', [z, graph.numbers('root', Math.SQRT2)])]);
      const doubled = graph.node('Mul', [z, graph.node('Add', [share, graph.numbers('one', 1)])]);
      return graph.node('Mul', [doubled, graph.numbers('half', 0.5)], {}, activation);
    }
    case 'selu':
      return graph.node(
        'Selu',
        [z],
        { alpha: { float: SELU.alpha }, gamma: { float: SELU.scale } },
        activation,
      );
    case 'silu':
      return graph.node('Mul', [z, graph.node('Sigmoid', [z])], {}, activation);
    case 'mish':
      return graph.node('Mul', [z, graph.node('Tanh', [graph.node('Softplus', [z])])], {}, activation);
    default:
      return activation satisfies never;
  }
}

/** Of selu, λ and α: those that Selu of ONNX has where none are named. */
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

const OPERATORS = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid', softplus: 'Softplus' } as const;
