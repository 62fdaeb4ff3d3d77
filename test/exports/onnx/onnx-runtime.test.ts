// The graphs of ensembles in ONNX Runtime, for Node.js and for Python: all rows, every output. Skipped where it is not
// installed.

import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { writeExport } from '../../../src/exports/formats.js';
import { loadTraining, predictEnsemble, tableFromRecords, trainEnsemble } from '../../../src/index.js';
import {
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
  onnxPython,
  onnxRuntime,
} from '../../support/onnx-runtime.js';
import { answersOf, type Given, inputsFor, largestDifference } from './answers.js';
import { CASES, makeCase } from './cases.js';
import { mixedRecords } from './records.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const runtime = onnxRuntime();
const python = onnxPython();

if (runtime === null) {
  t.plan(0, 'the tests of ONNX Runtime are skipped: onnxruntime-node is not installed');
} else {
  const folder = join(t.testdirName, '..', 'onnx-models');
  mkdirSync(folder, { recursive: true });
  for (const [at, name] of CASES.entries()) {
    t.test(name, async (t) => {
      const own = await makeCase(name);
      const bytes = await writeExport(own.ensemble, { format: 'onnx', ...own.options });
      const session = await runtime.InferenceSession.create(bytes);
      const { rows } = own.table;
      const given = inputsFor(own, session.inputNames, rows);
      const said = await session.run(feedsFor(runtime, session, given, rows));
      const truth = await answersOf(own);
      for (const [output, expected] of Object.entries(truth)) {
        const { data, dims } = said[output]!;
        t.equal(dims[0], rows);
        if (output === 'label') t.same([...(data as string[])], expected);
        else t.ok(largestDifference(own, output, data, expected) <= own.within, `${output} of all rows`);
      }
      writeFileSync(join(folder, `${at}.onnx`), bytes);
      writeFileSync(join(folder, `${at}.json`), JSON.stringify(forPython(own.within, session, given, truth)));
    });
  }

  t.test('the same in Python', { skip: python === null && 'Python has no onnxruntime' }, async (t) => {
    const script = join(root, 'scripts/check_onnx.py');
    const { stdout } = await promisify(execFile)(python!, [script, folder]);
    t.match(stdout, new RegExp(`^${CASES.length} models agree`));
  });

  t.test('what training would refuse is an error or no number, never an answer', async (t) => {
    const table = tableFromRecords(
      mixedRecords(200).filter(({ age, town, income }) => age !== null && town !== null && income !== null),
    );
    const load = { target: 'bought', drop: ['spent', 'again'] };
    const { train } = loadTraining(table, load);
    const ensemble = await trainEnsemble(train, {
      members: 2,
      hidden: [4],
      epochs: 1,
      seed: 1,
      earlyStopping: 'none',
    });
    const session = await runtime.InferenceSession.create(await writeExport(ensemble, { format: 'onnx' }));
    const own = { name: '', ensemble, table, options: {}, within: 0 };
    const given = inputsFor(own, session.inputNames, 2);
    const ask = (name: string, cell: number | string) => {
      const changed = { ...given, [name]: { width: 1, cells: [cell, given[name]!.cells[1]!] } };
      return session.run(feedsFor(runtime, session, changed, 2));
    };
    await t.rejects(ask('town', 'Atlantis'), /out of data bounds/, 'a category that training did not see');
    await t.rejects(ask('town', ''), /out of data bounds/, 'a missing category');
    const { label, probabilities } = await ask('age', Number.NaN);
    t.equal(label!.data[0], '', 'a missing number');
    t.same([...(probabilities!.data as Float32Array)].slice(0, 3), [Number.NaN, Number.NaN, Number.NaN]);
    const { labels } = await predictEnsemble(ensemble, table);
    t.ok(train.task.kind === 'classification');
    t.equal(label!.data[1], ensemble.task.kind === 'classification' && ensemble.task.classes[labels![1]!]);
  });
}

function feedsFor(
  { Tensor }: OnnxRuntime,
  { inputMetadata }: OnnxSession,
  given: Readonly<Record<string, Given>>,
  rows: number,
): Record<string, OnnxTensor> {
  const make = ({ name, type }: { readonly name: string; readonly type: string }): [string, OnnxTensor] => {
    const { width, cells } = given[name]!;
    const arrays = { float32: Float32Array, float64: Float64Array };
    const data = type === 'string' ? cells : arrays[type as keyof typeof arrays].from(cells as number[]);
    return [name, new Tensor(type, data, [rows, width])];
  };
  return Object.fromEntries(inputMetadata.map(make));
}

/** What scripts/check_onnx.py reads; JSON has no NaN. */
function forPython(
  within: number,
  { inputMetadata }: OnnxSession,
  given: Readonly<Record<string, Given>>,
  outputs: Readonly<Record<string, readonly (number | string)[]>>,
) {
  const types = new Map(inputMetadata.map(({ name, type }) => [name, type]));
  const inputs = Object.entries(given).map(([name, { width, cells }]) => [
    name,
    { type: types.get(name), width, cells },
  ]);
  return { within, inputs: Object.fromEntries(inputs), outputs };
}
