// `tutti export`: a saved ensemble as a file of another format.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readModel } from '../../exports/onnx/read-model.js';
import { classCsv, tutti } from '../support.js';

const TRAIN = ['train', 'a.csv', '--target', 'label', '--members', '3', '--hidden', '4', '--epochs', '3'];
const QUICK = ['--seed', '1', '--threads', '1', '--quiet'];
const cwd = t.testdir({ 'a.csv': classCsv() });
await tutti([...TRAIN, ...QUICK, '--out', 'points.tutti'], { cwd });
const run = (...words: readonly string[]) => tutti(['export', 'points.tutti', ...words], { cwd });

t.test('the name of the file tells the format, and what was written is said', async (t) => {
  t.match(await run('--out', 'points.onnx'), {
    ...{ status: 0, stdout: '' },
    stderr: /^Wrote points\.onnx: ONNX, 3 members, [\d,]+ bytes\n$/,
  });
  const { graph } = readModel(readFileSync(join(cwd, 'points.onnx')));
  t.same(
    graph.output.map(({ name }) => name),
    ['label', 'probabilities', 'member_probabilities', 'variance'],
  );
});

t.test('options reach the graph, and JSON says what there is', async (t) => {
  const { status, stdout } = await run(
    ...['--format', 'onnx', '--inputs', 'features', '--numbers', 'float64', '--outputs', 'label'],
    ...['--out', 'model.bin', '--json'],
  );
  t.equal(status, 0);
  const bytes = readFileSync(join(cwd, 'model.bin'));
  t.same(JSON.parse(stdout), { out: 'model.bin', format: 'onnx', bytes: bytes.length, members: 3 });
  const { graph } = readModel(bytes);
  t.same(
    graph.input.map(({ name, type }) => [name, type.tensorType.elemType]),
    [['features', 11]],
  );
  t.same(
    graph.output.map(({ name }) => name),
    ['label'],
  );
});

t.test('what cannot be is one line, and nothing is written', async (t) => {
  for (const [words, expected] of [
    [['--out', 'x.pb'], /`--format` to be one of onnx/],
    [['--out', 'x.onnx', '--outputs', 'labels'], /`--outputs` to be one of label, .*did you mean "label"/],
    [['--out', 'x.onnx', '--clip'], /`--clip` to be unset for classification/],
    [[], /`--out` to be the path of the file to write/],
    [['--out', 'points.tutti', '--format', 'onnx'], /`--out` to be another file than points\.tutti/],
  ] as const) {
    const { status, stderr } = await run(...words);
    t.equal(status, 2, stderr);
    t.match(stderr, expected);
    t.match(stderr, /^[^\n]*\n$/);
  }
  t.notOk(existsSync(join(cwd, 'x.onnx')));
});
