// The graphs of ensembles: sound by the rules of ONNX, and what they compute, by an interpreter of the operators.

import t, { type Test } from 'tap';
import { writeExport } from '../../../src/exports/formats.js';
import { ELEMENT, type ModelProto } from '../../../src/exports/onnx/proto.js';
import { answersOf, inputsFor, largestDifference } from './answers.js';
import { CASES, type Case, makeCase } from './cases.js';
import { runModel } from './interpreter.js';
import { readModel } from './read-model.js';
import { tensorOf } from './tensor.js';

/** As many as the interpreter runs in a moment. */
const ROWS = 12;

for (const name of CASES) {
  t.test(name, async (t) => {
    const own = await makeCase(name);
    const bytes = await writeExport(own.ensemble, { format: 'onnx', ...own.options });
    const model = readModel(bytes);
    checkRules(t, model);
    await checkAnswers(t, own, model);
  });
}

/** What onnx.checker asks of a model: names that are made once and before they are read, known types, operators' versions. */
function checkRules(t: Test, { graph, irVersion, opsetImport }: ModelProto): void {
  t.equal(Number(irVersion), 8);
  const domains = new Map(opsetImport.map(({ domain, version }) => [domain, Number(version)]));
  t.equal(domains.get(''), 17);
  for (const domain of domains.keys())
    t.ok(['', 'ai.onnx.ml'].includes(domain), 'no operators of anybody’s own');
  const made = new Set<string>();
  const make = (name: string) => {
    if (made.has(name)) t.fail(`${name} is made twice`);
    made.add(name);
  };
  for (const { name } of graph.input) make(name);
  for (const { name, dims, dataType, rawData, stringData = [] } of graph.initializer) {
    make(name);
    const width = dataType === ELEMENT.float ? 4 : 8;
    const cells = dataType === ELEMENT.string ? stringData.length : (rawData ?? []).length / width;
    t.equal(
      cells,
      dims.map(Number).reduce((product, dim) => product * dim, 1),
      `${name} has the cells of its shape`,
    );
  }
  for (const node of graph.node) {
    t.ok(domains.has(node.domain), `${node.name} is of a domain that is imported`);
    for (const input of node.input)
      if (!made.has(input)) t.fail(`${node.name} reads ${input} before it is made`);
    for (const output of node.output) make(output);
  }
  for (const { name } of graph.output) t.ok(made.has(name), `${name} is made`);
  const read = new Set([
    ...graph.node.flatMap(({ input }) => input),
    ...graph.output.map(({ name }) => name),
  ]);
  // A node may make one thing too many beside what is read.
  for (const { output } of graph.node)
    if (output.some((name) => read.has(name))) for (const name of output) read.add(name);
  t.same(
    [...made].filter((name) => !read.has(name)),
    [],
    'nothing is made in vain',
  );
}

async function checkAnswers(t: Test, own: Case, model: ModelProto): Promise<void> {
  const types = new Map(model.graph.input.map(({ name, type }) => [name, type.tensorType.elemType]));
  const given = inputsFor(own, [...types.keys()], ROWS);
  const inputs = Object.entries(given).map(([name, { width, cells }]) => {
    const single = types.get(name) === ELEMENT.float;
    const rounded = cells.map((cell) => (single ? Math.fround(cell as number) : cell));
    return [name, tensorOf([ROWS, width], types.get(name) === ELEMENT.string ? cells : rounded, single)];
  });
  const said = runModel(model, Object.fromEntries(inputs));
  const truth = await answersOf(own, ROWS);
  for (const [output, expected] of Object.entries(truth)) {
    const { cells, dims } = said.get(output)!;
    t.equal(dims[0], ROWS);
    if (output === 'label') t.same(cells, expected);
    else t.ok(largestDifference(own, output, cells, expected, ROWS) <= own.within, `${output} agrees`);
  }
  t.same(
    [...said.keys()].filter((output) => output !== 'variance' && !(output in truth)),
    [],
  );
}
