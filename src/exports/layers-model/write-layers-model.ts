// An ensemble of networks as one tf.LayersModel: rows of features in the user's units in, probabilities or means out.
// Members are branches that meet in their average; scales, weights, clips and temperatures are in kernels as far as they can be.

import { requireStraightScale } from '../../engines/tfjs/straight-scale.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption } from '../../errors.js';
import { swapOnBigEndian } from '../../files/byte-order.js';
import {
  type ExportCombineOptions,
  type ExportedNetworks,
  exportedNetworks,
} from '../shared/exported-ensemble.js';
import { LayerGraph } from './layer-graph.js';
import { addMember, dense, diagonal, type MemberHead } from './member-layers.js';
import { storedZip } from './stored-zip.js';

const INPUT = 'features';

/** @throws ERR_OPTION for what no layers of TensorFlow.js say, by its name. */
export function writeLayersModel(ensemble: TrainedEnsemble, options: ExportCombineOptions): Uint8Array {
  const portable = exportedNetworks(ensemble, options, 'a tf.LayersModel');
  requireLayers(portable);
  const { task, features, encoding } = portable;
  const graph = new LayerGraph();
  const input = graph.add(
    'InputLayer',
    { batch_input_shape: [null, features], dtype: 'float32' },
    [],
    [],
    INPUT,
  );
  const scale = encoding.features;
  const encoded =
    scale === null
      ? input
      : graph.add(
          'BatchNormalization',
          { axis: -1, epsilon: 0 },
          [input],
          normalisation(scale.mean, scale.std),
        );
  const answer = task.kind === 'classification' ? probabilities : means;
  const combined = answer(graph, portable, encoded);
  const output = task.kind === 'classification' ? 'probabilities' : 'means';
  graph.add('Activation', { activation: 'linear' }, [combined], [], output);
  const names = task.kind === 'classification' ? { classes: task.classes } : { targets: task.targets };
  const columns = portable.preprocessing === null ? {} : { columns: namesOf(portable) };
  const model = graph.modelJson(INPUT, output, { ...names, ...columns });
  const weights = graph.weights.map(({ buffer, byteOffset, byteLength }) =>
    swapOnBigEndian(new Uint8Array(buffer, byteOffset, byteLength), 4),
  );
  return storedZip({
    'model.json': Buffer.from(`${JSON.stringify(model)}\n`),
    'weights.bin': Buffer.concat(weights),
  });
}

/** @throws ERR_OPTION where features are encoded by what no layer does; a net distilled from such an ensemble sees them so, too. */
export function requireUnclipped({ encoding }: Pick<TrainedEnsemble, 'encoding'>): void {
  requireStraightScale(encoding);
}

/** Heads whose answers no layer gives. */
const LINKED: ReadonlySet<string> = new Set(['rate', 'quantiles', 'labels']);

function requireLayers(portable: ExportedNetworks): void {
  requireUnclipped(portable);
  const { aggregator, calibration, networks, task } = portable;
  const linked = portable.networks.find(({ head }) => LINKED.has(head.kind));
  if (linked !== undefined) {
    const got = `member ${linked.member}, whose head gives a ${linked.head.kind}`;
    failOption('ensemble', 'one whose numbers are what its last layers put out, as a tf.LayersModel', got);
  }
  if (aggregator === 'majorityVote' || (aggregator === 'geometricMean' && task.kind === 'regression'))
    failOption('aggregator', 'one that layers of TensorFlow.js can say', aggregator);
  const method = calibration?.method ?? null;
  if (method === null) return;
  // Logarithms of a mean are none of its layers; of a product they are the sums of logits.
  if (method === 'temperature' && (aggregator === 'geometricMean' || networks.length === 1)) return;
  failOption('calibrated', `false, as no layers of TensorFlow.js say ${method} of this average`, true);
}

function namesOf({ preprocessing }: ExportedNetworks): string[] {
  return preprocessing!.features.flatMap((feature) =>
    feature.kind === 'numeric'
      ? [feature.column]
      : [
          ...feature.categories.map((category) => `${feature.column}=${category}`),
          ...(feature.others === undefined ? [] : [`${feature.column}=other`]),
        ],
  );
}

/** γ, β, moving mean and variance of (x − mean) / std. */
function normalisation(mean: readonly number[], std: readonly number[]) {
  const shape = [mean.length];
  return [
    { name: 'gamma', shape, values: new Float32Array(mean.length).fill(1) },
    { name: 'beta', shape, values: new Float32Array(mean.length) },
    { name: 'moving_mean', shape, values: Float32Array.from(mean) },
    { name: 'moving_variance', shape, values: Float32Array.from(std, (own) => own * own) },
  ];
}

function probabilities(graph: LayerGraph, ensemble: ExportedNetworks, encoded: string): string {
  const { networks, weights, aggregator, calibration } = ensemble;
  const classes = ensemble.task.kind === 'classification' ? ensemble.task.classes.length : 0;
  const pair = (factor: number, activation: MemberHead['activation'], sigmoid: boolean): MemberHead => ({
    units: classes,
    activation,
    // One logit is that of the second class against a first one of 0.
    from: Array.from({ length: classes }, (_, k) => (sigmoid ? k - 1 : k)),
    factors: new Array<number>(classes).fill(factor),
    offsets: new Array<number>(classes).fill(0),
  });
  if (aggregator === 'geometricMean' || networks.length === 1) {
    const temperature = calibration?.method === 'temperature' ? calibration.parameters[0]! : 1;
    const logits = networks.map((network, at) => {
      const head = pair(weights[at]! / temperature, 'linear', network.head.kind === 'sigmoid');
      return addMember(graph, network, ensemble.features, encoded, head);
    });
    return graph.add('Activation', { activation: 'softmax' }, [sumOf(graph, logits)]);
  }
  const own = networks.map((network) =>
    addMember(
      graph,
      network,
      ensemble.features,
      encoded,
      pair(1, 'softmax', network.head.kind === 'sigmoid'),
    ),
  );
  return average(graph, own, weights, classes);
}

function means(graph: LayerGraph, ensemble: ExportedNetworks, encoded: string): string {
  const { networks, weights, clip, features } = ensemble;
  const targets = ensemble.encoding.targets.mean.length;
  const low = clip?.low ?? new Array<number>(targets).fill(0);
  // In units of the range, so that one layer keeps all targets within it.
  const span = low.map((least, t) => (clip === null ? 1 : clip.high[t]! - least));
  const inverse = span.map((size) => (size === 0 ? 0 : 1 / size));
  const own = networks.map((network) => {
    const { mean, std } = network.head as Extract<typeof network.head, { readonly mean: unknown }>;
    const value = addMember(graph, network, features, encoded, {
      ...{ units: targets, activation: 'linear', from: span.map((_, t) => t) },
      factors: inverse.map((one, t) => std[t]! * one),
      offsets: inverse.map((one, t) => (mean[t]! - low[t]!) * one),
    });
    return clip === null ? value : graph.add('ReLU', { max_value: 1 }, [value]);
  });
  const mean = average(graph, own, weights, targets);
  return clip === null ? mean : dense(graph, mean, diagonal(span), Float32Array.from(low), 'linear');
}

function average(
  graph: LayerGraph,
  members: readonly string[],
  weights: readonly number[],
  outputs: number,
): string {
  if (members.length === 1) return members[0]!;
  if (weights.every((weight) => weight === weights[0])) return graph.add('Average', {}, members);
  const none = new Float32Array(outputs);
  const shares = members.map((member, at) =>
    dense(graph, member, diagonal(new Array<number>(outputs).fill(weights[at]!)), none, 'linear'),
  );
  return sumOf(graph, shares);
}

function sumOf(graph: LayerGraph, members: readonly string[]): string {
  return members.length === 1 ? members[0]! : graph.add('Add', {}, members);
}
