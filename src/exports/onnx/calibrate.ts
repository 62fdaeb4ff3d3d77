// Combined probabilities as they are calibrated, as src/calibration does.

import type { Calibration } from '../../calibration/calibration.js';
import { isIdentity } from '../../calibration/methods.js';
import { failOption } from '../../errors.js';
import { LOG_LOSS_FLOOR } from '../../measure/metrics/log-loss.js';
import type { Graph, Value } from './graph.js';

/** What members were combined into. */
export interface Combined {
  /** [rows, classes]. */
  readonly probabilities: Value;
  /** Their logarithms, up to a number common to a row; null where only the probabilities are known. */
  readonly logarithms: Value | null;
  /** The predicted class, int64[rows], where it is not the most probable one; else null. */
  readonly choice: Value | null;
}

/** The same, calibrated. */
export function calibrated(
  graph: Graph,
  combined: Combined,
  calibration: Calibration | null,
  classes: number,
): Combined {
  if (calibration === null || isIdentity(calibration, classes)) return combined;
  const { method, parameters } = calibration;
  switch (method) {
    case null:
      return combined;
    case 'temperature': {
      const logits = logarithmsOf(graph, combined);
      const divided = graph.node(
        'Div',
        [logits, graph.numbers('temperature', parameters[0]!)],
        {},
        'calibrated',
      );
      return decided(graph, divided);
    }
    case 'vector': {
      const scales = graph.numbers('scales', parameters.slice(0, classes));
      const biases = graph.numbers('biases', parameters.slice(classes));
      const scaled = graph.node('Mul', [logarithmsOf(graph, combined), scales], {}, 'scaled');
      return decided(graph, graph.node('Add', [scaled, biases], {}, 'calibrated'));
    }
    case 'isotonic':
      return interpolated(graph, combined.probabilities, parameters);
    default:
      return failOption(
        'calibrated',
        'false, as ONNX has no form for the calibration',
        method satisfies never,
      );
  }
}

function decided(graph: Graph, logits: Value): Combined {
  const probabilities = graph.node('Softmax', [logits], { axis: 1 }, 'calibrated');
  return { probabilities, logarithms: logits, choice: null };
}

function logarithmsOf(graph: Graph, { probabilities, logarithms }: Combined): Value {
  if (logarithms !== null) return logarithms;
  const floor = graph.numbers('floor', LOG_LOSS_FLOOR);
  return graph.node('Log', [graph.node('Max', [probabilities, floor], {}, 'floored')], {}, 'logarithms');
}

/** The probability of the second class by the line between the knots about it, in double precision. */
function interpolated(graph: Graph, probabilities: Value, parameters: readonly number[]): Combined {
  const count = parameters.length / 2;
  const [knots, values] = [parameters.slice(0, count), parameters.slice(count)];
  const slopes = knots.map((knot, at) =>
    at + 1 < count ? (values[at + 1]! - values[at]!) / (knots[at + 1]! - knot) : 0,
  );
  const second = graph.node('Gather', [probabilities, graph.integers('second', [1])], { axis: 1 }, 'second');
  const place = graph.node('Cast', [second], { to: 11 }, 'place');
  const ends = [
    graph.numbers('firstKnot', knots[0]!, 'double'),
    graph.numbers('lastKnot', knots.at(-1)!, 'double'),
  ];
  const within = graph.node('Clip', [place, ...ends], {}, 'within');
  const table = graph.numbers('knots', knots, 'double');
  const reached = graph.node('GreaterOrEqual', [within, table], {}, 'reached');
  const ordinal = graph.node(
    'ReduceSum',
    [graph.node('Cast', [reached], { to: 7 }), graph.integers('axes', [1])],
    { keepdims: 1 },
    'ordinal',
  );
  const index = graph.node('Sub', [ordinal, graph.integers('one', [1])], {}, 'interval');
  const at = (of: Value, about: string) => graph.node('Gather', [of, index], { axis: 0 }, about);
  const beyond = graph.node('Sub', [within, at(table, 'knot')], {}, 'beyond');
  const rise = graph.node(
    'Mul',
    [beyond, at(graph.numbers('slopes', slopes, 'double'), 'slope')],
    {},
    'rise',
  );
  const value = graph.node(
    'Add',
    [at(graph.numbers('values', values, 'double'), 'value'), rise],
    {},
    'value',
  );
  const first = graph.node('Sub', [graph.numbers('whole', 1, 'double'), value], {}, 'first');
  const both = graph.node('Concat', [first, value], { axis: 1 }, 'both');
  const single = graph.node('Cast', [both], { to: 1 }, 'calibrated');
  return { probabilities: single, logarithms: null, choice: null };
}
