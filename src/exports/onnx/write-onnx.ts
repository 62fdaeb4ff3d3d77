// An ensemble as one graph of ONNX: raw columns, or rows of features, in; labels, probabilities or means, and what members
// say, out.

import { contentHash } from '../../bundle/content-hash.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption } from '../../errors.js';
import { failChoice } from '../../option-names.js';
import type { FormatOptions } from '../shared/export-format.js';
import { type ExportedEnsemble, exportedEnsemble } from '../shared/exported-ensemble.js';
import {
  isPortableNetwork,
  type PortableMember,
  type PortableNeighbours,
  type PortableTrees,
} from '../shared/portable-members.js';
import { answersOfClasses } from './class-answers.js';
import { Graph } from './graph.js';
import { type EncodedFeatures, encodeInputs, type NumberType, precisionFor } from './inputs.js';
import type { RawOutputs } from './members.js';
import { callNeighbours } from './neighbours.js';
import { callNetworks } from './networks.js';
import { callTrees } from './trees.js';
import { answersOfValues } from './value-answers.js';

/**
 * The bytes of the model.
 * @throws ERR_OPTION, ERR_BUNDLE as `exportedEnsemble`; ERR_OPTION for an answer that it does not have, and for `inputs` that it
 * cannot be given.
 */
export function writeOnnx(ensemble: TrainedEnsemble, options: FormatOptions): Uint8Array {
  const portable = exportedEnsemble(ensemble, options);
  const graph = new Graph();
  const { inputs = portable.preprocessing === null ? 'features' : 'columns' } = options;
  const type = numberType(portable, options.numbers);
  const encoded = encodeInputs(graph, portable, inputs, type);
  const raw = callMembers(graph, encoded, portable, type);
  const { task } = portable;
  const answers =
    task.kind === 'classification'
      ? answersOfClasses(graph, portable, raw, task.classes, encoded.hasGaps)
      : answersOfValues(graph, portable, raw, type);
  for (const name of chosen(Object.keys(answers), options.outputs)) {
    const { type: element, shape, about, value } = answers[name]!;
    graph.output(graph.has(name) ? `predicted_${name}` : name, value(), element, shape, about);
  }
  return graph.bytes('ensemble', aboutModel(portable), facts(ensemble, portable));
}

/** Members of a kind run together: networks first, then trees, then each that keeps rows. */
function callMembers(
  graph: Graph,
  encoded: EncodedFeatures,
  { members, encoding, task }: ExportedEnsemble,
  type: NumberType,
): RawOutputs[] {
  const networks = members.filter(isPortableNetwork);
  const trees = members.filter((member): member is PortableTrees => isOf(member, 'trees'));
  const stored = members.filter((member): member is PortableNeighbours => isOf(member, 'neighbours'));
  const classes = task.kind === 'classification' ? task.classes.length : 0;
  return [
    ...callNetworks(graph, encoded, networks),
    ...(trees.length === 0 ? [] : [callTrees(graph, encoded, encoding.features, trees, type)]),
    ...stored.map((member) => callNeighbours(graph, encoded, member, classes)),
  ];
}

function isOf(member: PortableMember, kind: 'trees' | 'neighbours'): boolean {
  return 'kind' in member && member.kind === kind;
}

function numberType(portable: ExportedEnsemble, stated: FormatOptions['numbers']): 'float' | 'double' {
  if (stated === undefined) return precisionFor(portable);
  return stated === 'float64' ? 'double' : 'float';
}

function chosen(names: readonly string[], asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return names;
  if (asked.length === 0) failOption('outputs', `some of ${names.join(', ')}`, asked);
  for (const [at, name] of asked.entries()) {
    if (!names.includes(name)) failChoice('outputs', names, name);
    if (asked.indexOf(name) < at) failOption('outputs', 'names that stand there once', name);
  }
  return asked;
}

function aboutModel({ task, members, aggregator }: ExportedEnsemble): string {
  const what = task.kind === 'classification' ? `${task.classes.length} classes` : task.targets.join(', ');
  const kind = members.every(isPortableNetwork) ? 'networks' : 'members';
  return `${members.length} ${kind}, ${aggregator}, of ${what}`;
}

/** What is kept beside the graph, as texts. */
function facts(ensemble: TrainedEnsemble, portable: ExportedEnsemble): Record<string, string> {
  const { task, members, weights, aggregator, calibration } = portable;
  const threshold = calibration?.threshold?.value ?? null;
  return {
    'tutti.contentHash': contentHash(ensemble),
    'tutti.task': task.kind,
    ...(task.kind === 'classification'
      ? { 'tutti.classes': JSON.stringify(task.classes) }
      : { 'tutti.targets': JSON.stringify(task.targets) }),
    'tutti.members': JSON.stringify(members.map(({ member }) => member)),
    'tutti.weights': JSON.stringify(weights),
    'tutti.aggregator': aggregator,
    ...(calibration === null ? {} : { 'tutti.calibration': calibration.method ?? 'none' }),
    ...(threshold === null ? {} : { 'tutti.threshold': String(threshold) }),
  };
}
