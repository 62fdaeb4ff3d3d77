// An ensemble as one graph of ONNX: raw columns, or rows of features, in; labels, probabilities or means, and what members
// say, out.

import { contentHash } from '../../bundle/content-hash.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { failOption } from '../../errors.js';
import { failChoice } from '../../option-names.js';
import type { FormatOptions } from '../shared/export-format.js';
import { type ExportedEnsemble, exportedEnsemble } from '../shared/exported-ensemble.js';
import { answersOfClasses } from './class-answers.js';
import { Graph } from './graph.js';
import { encodeInputs, precisionFor } from './inputs.js';
import { callNetworks } from './networks.js';
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
  const raw = callNetworks(graph, encoded, portable.networks);
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

function aboutModel({ task, networks, aggregator }: ExportedEnsemble): string {
  const what = task.kind === 'classification' ? `${task.classes.length} classes` : task.targets.join(', ');
  return `${networks.length} networks, ${aggregator}, of ${what}`;
}

/** What is kept beside the graph, as texts. */
function facts(ensemble: TrainedEnsemble, portable: ExportedEnsemble): Record<string, string> {
  const { task, networks, weights, aggregator, calibration } = portable;
  const threshold = calibration?.threshold?.value ?? null;
  return {
    'tutti.contentHash': contentHash(ensemble),
    'tutti.task': task.kind,
    ...(task.kind === 'classification'
      ? { 'tutti.classes': JSON.stringify(task.classes) }
      : { 'tutti.targets': JSON.stringify(task.targets) }),
    'tutti.members': JSON.stringify(networks.map(({ member }) => member)),
    'tutti.weights': JSON.stringify(weights),
    'tutti.aggregator': aggregator,
    ...(calibration === null ? {} : { 'tutti.calibration': calibration.method ?? 'none' }),
    ...(threshold === null ? {} : { 'tutti.threshold': String(threshold) }),
  };
}
