// Members' logits become probabilities, and these one, as src/predictions/aggregate does; then the predicted class.

import type { Calibration } from '../../calibration/calibration.js';
import { failOption } from '../../errors.js';
import type { ExportedEnsemble } from '../shared/exported-ensemble.js';
import { type Combined, calibrated } from './calibrate.js';
import { type Graph, once, type Value } from './graph.js';
import {
  type Answers,
  average,
  byRows,
  joined,
  type Order,
  orderOf,
  type RawOutputs,
  spread,
} from './members.js';

/** The answers of an ensemble of classes. */
export function answersOfClasses(
  graph: Graph,
  ensemble: ExportedEnsemble,
  raw: readonly RawOutputs[],
  classes: readonly string[],
  hasGaps: boolean,
): Answers {
  const order = orderOf(ensemble, raw);
  const { aggregator, calibration, weights } = ensemble;
  const logits = joined(
    graph,
    raw.map(({ value }) => value),
    'logits',
  );
  const members = once(() => graph.node('Softmax', [logits], { axis: 2 }, 'memberProbabilities'));
  const mean = once(() => average(graph, members(), order, 'meanProbabilities'));
  const combined = once((): Combined => {
    switch (aggregator) {
      case 'arithmeticMean':
        return { probabilities: mean(), logarithms: null, choice: null };
      case 'geometricMean': {
        const logs = graph.node('LogSoftmax', [logits], { axis: 2 }, 'logarithms');
        const sums = average(graph, logs, order, 'meanLogarithms');
        const probabilities = graph.node('Softmax', [sums], { axis: 1 }, 'product');
        return { probabilities, logarithms: sums, choice: null };
      }
      case 'majorityVote':
        return vote(graph, members(), mean(), order, classes.length);
      default:
        return failOption('aggregator', 'one that ONNX has a form for', aggregator satisfies never);
    }
  });
  const final = once(() => calibrated(graph, combined(), calibration, classes.length));
  const k = weights.length;
  const own = `of the ${classes.length} classes, in their order`;
  return {
    label: {
      ...{ type: 'string', shape: ['rows'], about: 'the predicted class' },
      value: () => {
        const own = choice(graph, final(), calibration);
        if (!hasGaps)
          return graph.node('Gather', [graph.texts('classes', classes), own], { axis: 0 }, 'label');
        const names = graph.texts('classes', [...classes, '']);
        const known = orNone(graph, own, final().probabilities, classes.length);
        return graph.node('Gather', [names, known], { axis: 0 }, 'label');
      },
    },
    probabilities: {
      ...{ type: 'float', shape: ['rows', classes.length], about: `probabilities ${own}` },
      value: () => final().probabilities,
    },
    member_probabilities: {
      ...{ type: 'float', shape: ['rows', k, classes.length], about: `each member’s probabilities ${own}` },
      value: () => byRows(graph, members(), order),
    },
    variance: {
      ...{ type: 'float', shape: ['rows', classes.length] },
      about: `how members’ probabilities vary about their mean, ${own}`,
      value: () => spread(graph, members(), mean(), order),
    },
  };
}

/** Nearer shares of votes are a tie; see src/predictions/aggregate/majority-vote.ts. */
const TIE = 1e-12;

/** Shares of votes, in double precision as tutti counts them; of tied classes the one of the higher mean probability. */
function vote(graph: Graph, members: Value, mean: Value, { weights }: Order, classes: number): Combined {
  const choices = graph.node('ArgMax', [members], { axis: 2, keepdims: 1 }, 'choices');
  const numbers = graph.integers(
    'classNumbers',
    Array.from({ length: classes }, (_, at) => at),
  );
  const chosen = graph.node('Cast', [graph.node('Equal', [choices, numbers])], { to: 11 }, 'votes');
  const shares = graph.constant('voteShares', [weights.length, 1, 1], Float64Array.from(weights));
  const weighed = graph.node('Mul', [chosen, shares], {}, 'votes');
  const votes = graph.node('ReduceSum', [weighed, graph.integers('axes', [0])], { keepdims: 0 }, 'votes');
  const most = graph.node('ReduceMax', [votes], { axes: [1], keepdims: 1 }, 'mostVotes');
  const enough = graph.node('Sub', [most, graph.numbers('tie', TIE, 'double')], {}, 'enough');
  const losers = graph.node('Less', [votes, enough], {}, 'losers');
  const contest = graph.node('Where', [losers, graph.numbers('none', -1), mean], {}, 'contest');
  const told = graph.node('Cast', [votes], { to: 1 }, 'voteShares');
  return {
    // What is no number stays none.
    probabilities: graph.node('Where', [graph.node('IsNaN', [mean]), mean, told], {}, 'voteShares'),
    logarithms: null,
    choice: graph.node('ArgMax', [contest], { axis: 1, keepdims: 0 }, 'winner'),
  };
}

/** A row whose probabilities are no numbers has no class: the place behind them. */
function orNone(graph: Graph, choice: Value, probabilities: Value, classes: number): Value {
  const first = graph.node('Gather', [probabilities, graph.integers('first', [0], [])], { axis: 1 }, 'first');
  const unknown = graph.node('IsNaN', [first], {}, 'unknown');
  return graph.node('Where', [unknown, graph.integers('none', [classes], []), choice], {}, 'known');
}

/** The predicted class, int64[rows]. */
function choice(
  graph: Graph,
  { probabilities, choice: own }: Combined,
  calibration: Calibration | null,
): Value {
  const threshold = calibration?.threshold ?? null;
  if (threshold === null) {
    return own ?? graph.node('ArgMax', [probabilities], { axis: 1, keepdims: 0 }, 'choice');
  }
  const index = graph.integers('second', [1], []);
  const second = graph.node('Gather', [probabilities, index], { axis: 1 }, 'second');
  const least = graph.numbers('threshold', threshold.value);
  return graph.node('Cast', [graph.node('GreaterOrEqual', [second, least])], { to: 7 }, 'choice');
}
