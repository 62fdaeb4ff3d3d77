// What is written of an ensemble by which options, and what is refused by name.

import t from 'tap';
import { writeExport } from '../../../src/exports/formats.js';
import {
  createInlineRunner,
  Dataset,
  ensembleToBytes,
  loadEnsemble,
  loadTraining,
  maskEnsemble,
  predictEnsemble,
  type TrainedEnsemble,
  tableFromRecords,
  trainEnsemble,
  withAveragingWeights,
} from '../../../src/index.js';
import { clusters } from '../../support/datasets.js';
import { runModel } from './interpreter.js';
import { readModel } from './read-model.js';
import { mixedRecords } from './records.js';
import { tensorOf } from './tensor.js';

const runner = createInlineRunner();
const TRAINED = { seed: 1, epochs: 2, earlyStopping: 'none', hidden: [4] } as const;
const dataset = clusters(60, 3, 2);
const ensemble = await trainEnsemble(dataset, { ...TRAINED, members: 3 }, { runner });
const onnx = async (own: TrainedEnsemble, options: object = {}) =>
  readModel(await writeExport(own, { format: 'onnx', ...options }));

t.test('the same bytes of the same ensemble, trained or loaded', async (t) => {
  const bytes = await writeExport(ensemble, { format: 'onnx' });
  const loaded = await loadEnsemble(await ensembleToBytes(ensemble));
  t.ok(Buffer.from(bytes).equals(await writeExport(loaded, { format: 'onnx' })));
});

t.test('the outputs that are asked for, in their order', async (t) => {
  const { graph } = await onnx(ensemble, { outputs: ['probabilities', 'label'] });
  t.same(
    graph.output.map(({ name }) => name),
    ['probabilities', 'label'],
  );
  t.notOk(graph.node.some(({ output }) => output.includes('variance')));
  await t.rejects(onnx(ensemble, { outputs: ['mean'] }), {
    message: /`outputs` to be one of label, probabilities/,
  });
});

t.test('what is known of it stands beside the graph', async (t) => {
  const { metadataProps } = await onnx(withAveragingWeights(ensemble, [1, 0, 3]));
  const facts = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  t.match(facts['tutti.contentHash'], /^[0-9a-f]{64}$/);
  t.same(JSON.parse(facts['tutti.members']!), [0, 2], 'a member without weight is left out');
  t.same(JSON.parse(facts['tutti.weights']!), [0.25, 0.75]);
});

t.test('inputs say what they count', async (t) => {
  const table = tableFromRecords(mixedRecords(80));
  const { train } = loadTraining(table, { target: 'bought', drop: ['again'], impute: 'mean' });
  const own = await trainEnsemble(train, { ...TRAINED, members: 1 }, { runner });
  const { graph } = await onnx(own);
  const about = Object.fromEntries(graph.input.map(({ name, docString }) => [name, docString]));
  t.same(
    Object.keys(about),
    ['age', 'income', 'town', 'grade', 'joined', 'spent'],
    'the constant column is not asked for',
  );
  t.equal(about.joined, 'dates, as days since 1970-01-01; NaN where it is missing');
  t.equal(about.town, 'a text, one of 4 categories; an empty text where it is missing');
});

t.test('columns may have the names of outputs, and of values within', async (t) => {
  const rows = Array.from({ length: 30 }, (_, i) => ({
    label: i,
    'tutti.weights': i % 7,
    y: i % 3 === 0 ? 'a' : 'b',
  }));
  const { train } = loadTraining(tableFromRecords(rows), { target: 'y' });
  const own = await trainEnsemble(train, { ...TRAINED, members: 2 }, { runner });
  const model = await onnx(own);
  t.same(model.graph.output.map(({ name }) => name).slice(0, 2), ['predicted_label', 'probabilities']);
  const said = runModel(model, { label: tensorOf([1, 1], [4]), 'tutti.weights': tensorOf([1, 1], [4]) });
  const { mean } = await predictEnsemble(own, tableFromRecords([{ label: 4, 'tutti.weights': 4 }]));
  t.ok(Math.abs((said.get('probabilities')!.cells[0] as number) - mean[0]!) < 1e-6);
});

t.test('values far from 0 are told apart', async (t) => {
  const x = Float64Array.from({ length: 120 }, (_, i) => 20_000 + (i % 17) / 16);
  const labels = Int32Array.from({ length: 60 }, (_, row) => (x[2 * row]! > 20_000.5 ? 1 : 0));
  const far = Dataset.fromArrays({ x, rows: 60, features: 2, labels });
  const own = await trainEnsemble(far, { ...TRAINED, epochs: 20, members: 2 }, { runner });
  const model = await onnx(own);
  t.equal(model.graph.input[0]!.type.tensorType.elemType, 11, 'in double precision');
  const said = runModel(model, { features: tensorOf([60, 2], [...x], false) }).get('probabilities')!;
  const { mean } = await predictEnsemble(own, far);
  t.ok(said.cells.every((cell, at) => Math.abs((cell as number) - mean[at]!) < 1e-6));
  // Sixteenths are whole in single precision too: what is lost of the mean is taken off apart.
  const single = runModel(await onnx(own, { numbers: 'float32' }), { features: tensorOf([60, 2], [...x]) });
  const singles = single.get('probabilities')!.cells;
  t.ok(singles.every((cell, at) => Math.abs((cell as number) - mean[at]!) < 1e-5));
});

t.test('less frequent categories are one', async (t) => {
  const records = Array.from({ length: 90 }, (_, i) => ({ town: `t${i % 9 < 6 ? i % 2 : i % 9}`, y: i % 2 }));
  const table = tableFromRecords(records);
  const { train } = loadTraining(table, { target: 'y', task: 'classification', maxCategories: 2 });
  const own = await trainEnsemble(train, { ...TRAINED, members: 2 }, { runner });
  const { graph, ...model } = await onnx(own);
  const asked = ['t0', 't1', 't7', 'never seen'];
  const said = runModel({ ...model, graph }, { town: tensorOf([4, 1], asked) }).get('probabilities')!;
  const { mean } = await predictEnsemble(own, tableFromRecords(asked.map((town) => ({ town }))));
  t.ok(said.cells.every((cell, at) => Math.abs((cell as number) - mean[at]!) < 1e-6));
  t.same(said.cells.slice(4, 6), said.cells.slice(6, 8));
});

t.test('members that have no form there are refused by name', async (t) => {
  const { hidden: _, ...plain } = TRAINED;
  const tangents = { engine: 'neighbours', distance: 'tangentOneSided', image: '1x3' } as const;
  const own = await trainEnsemble(dataset, { ...plain, members: [{ hidden: [4] }, tangents] }, { runner });
  await t.rejects(onnx(own), { code: 'ERR_OPTION', message: /got "?member \d, tangentOneSided/ });
  const dropout = await trainEnsemble(dataset, { ...TRAINED, members: 1, hiddenKeep: 0.5 }, { runner });
  await t.rejects(onnx(maskEnsemble(dropout, 3)), { code: 'ERR_OPTION', message: /masks of a dropout net/ });
  await t.rejects(onnx({ ...ensemble, members: [] }), {
    code: 'ERR_BUNDLE',
    message: /no trained members to export/,
  });
  await t.rejects(onnx(ensemble, { inputs: 'columns' }), {
    code: 'ERR_OPTION',
    message: /trained on arrays/,
  });
});
