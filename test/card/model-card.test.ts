// Model cards: what stands in one, that its head is YAML whatever names there are, and that what it says of training the
// model again is true.

import t from 'tap';
import { parse } from 'yaml';
import {
  Dataset,
  type Ensemble,
  loadData,
  modelCard,
  tableFromRecords,
  trainEnsemble,
} from '../../src/index.js';
import { ensembleReport } from '../../src/report/ensemble-report.js';
import { optionsOfPlan } from '../../src/training/options/options-of-plan.js';

const RUNNING = { members: 3, hidden: [4], epochs: 3, seed: 2 };
/** Names that would end a table, a line, a head or a page. */
const HOSTILE = [
  '---',
  'a|b',
  '<script>alert(1)</script>',
  '`x` ``y``',
  'two\nlines: [1]',
  '# head',
  '![i](http://evil.example/x.png)',
  '"quoted": {yes}',
  '\u202etxt.exe',
];

/** Rows of a table with these columns of numbers, and a target. */
function rowsOf(columns: readonly string[], target: string, values: readonly (string | number)[]) {
  return Array.from({ length: 60 }, (_, row) => ({
    ...Object.fromEntries(columns.map((name, at) => [name, Math.sin(row * (at + 1))])),
    [target]: values[row % values.length]!,
  }));
}

async function measured(ensemble: Ensemble, train: Dataset, test: Dataset) {
  const outOfBag = (await ensemble.evaluateOutOfBag(train, { replicates: 20 })).measurement;
  const own = (await ensemble.evaluate(test, { replicates: 20, curves: false })).measurement;
  return { ...ensembleReport(ensemble, { outOfBag, test: own }) };
}

interface Head {
  readonly library_name: string;
  readonly pipeline_tag: string;
  readonly metrics: readonly string[];
  readonly 'model-index': readonly {
    readonly name: string;
    readonly results: readonly {
      readonly metrics: readonly { readonly type: string; readonly value: number }[];
    }[];
  }[];
}

/** The head of a card, and what follows it. */
function parts(card: string): { head: Head; body: string } {
  const [, head = '', ...body] = card.split(/^---$/m);
  return { head: parse(head), body: body.join('---') };
}

t.test('a card has a head that Hugging Face reads, and every section', async (t) => {
  const { train, test } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 1 });
  const ensemble = await trainEnsemble(train, RUNNING);
  const report = await measured(ensemble, train, test!);
  const card = await ensemble.card({
    report,
    name: 'Digits',
    dataName: 'UCI digits',
    license: 'mit',
    file: 'd.tutti',
  });
  const { head, body } = parts(card);
  t.match(head, { license: 'mit', library_name: 'tutti', pipeline_tag: 'tabular-classification' });
  const index = head['model-index'][0]!;
  t.equal(index.name, 'Digits');
  t.match(index.results, [
    {
      task: { type: 'tabular-classification' },
      dataset: { type: 'tabular', name: 'UCI digits', split: 'test' },
    },
    { dataset: { split: 'train (out of bag)' } },
  ]);
  const accuracy = index.results[0]!.metrics.find(({ type }) => type === 'accuracy')!;
  t.equal(accuracy.value, report.test!.ensemble!.accuracy);
  t.ok(head.metrics.includes('accuracy'));
  const headings = [...body.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  t.same(headings, [
    ...['Model details', 'Intended uses', 'Limits', 'Evaluation', 'What averaging bought'],
    ...['Training data', 'Training procedure', 'Members', 'How to start', 'Reproduce'],
  ]);
  t.match(body, '# Digits');
  t.match(body, ensemble.contentHash());
  const { rho } = report.test!.errorCorrelation;
  t.match(body, `ρ = ${rho!.toPrecision(3)}`);
  t.match(body, /\| accuracy \| [\d.]+ % \[[\d.]+, [\d.]+\] \|/);
  t.match(body, '| `p0_1` | number | 0 to 8 |');
});

t.test('what it says of training the model again gives the same bytes', async (t) => {
  const { train } = await loadData('data/digits.csv', { target: 'digit', testShare: 0.3, seed: 2 });
  const ensemble = await trainEnsemble(train, { ...RUNNING, l2: 1e-3, resample: 'stratified' });
  const card = await ensemble.card({ file: 'd.tutti' });
  const told = parse(card.match(/```yaml\n([\s\S]*?)```/)![1]!);
  t.match(told, { target: 'digit', testShare: 0.3, seed: 2, members: 3, l2: 1e-3, resample: 'stratified' });
  const { target, task, testShare, ...options } = told;
  const again = await loadData('data/digits.csv', { target, task, testShare, seed: options.seed });
  const other = await trainEnsemble(again.train, options);
  t.equal(other.contentHash(), ensemble.contentHash());
  t.match(card, `its content hash is \`${ensemble.contentHash()}\``);
  t.match(card, 'tutti train FILE --config options.yaml --out d.tutti');
});

t.test('hostile names stand in it as they are, and change nothing of its shape', async (t) => {
  const rows = rowsOf(HOSTILE, 'the | target', ['---', '<b>yes</b>', 'a`b']);
  const train = (await loadData(tableFromRecords(rows), { target: 'the | target' })).train;
  const ensemble = await trainEnsemble(train, RUNNING);
  const report = await measured(ensemble, train, train);
  for (const name of HOSTILE) {
    const card = await modelCard(ensemble, {
      report,
      name,
      dataName: name,
      license: name,
      file: `${name}.tutti`,
    });
    const { head, body } = parts(card);
    t.equal(head['model-index'].length, 1, name);
    t.equal(head.library_name, 'tutti');
    t.equal(body.match(/^## /gm)!.length, 10, 'as many sections');
    t.notMatch(
      body.replace(/^(```+)[\s\S]*?^\1$/gm, '').replace(/(`+)[\s\S]*?\1/g, ''),
      /<script|<b>|!\[i\]|\u202e/,
    );
    // Every line of a table has as many cells as its head.
    for (const table of body.match(/(^\|.*\|$\n?)+/gm)!) {
      const counts = table
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/(?<!\\)\|/).length);
      t.equal(new Set(counts).size, 1, table.slice(0, 200));
    }
  }
});

t.test('numbers, several targets, arrays and an ensemble that was not measured', async (t) => {
  const x = Float64Array.from({ length: 240 }, (_, at) => Math.cos(at));
  const targets = Float64Array.from({ length: 120 }, (_, at) => Math.sin(at));
  const train = Dataset.fromArrays({ x, rows: 60, features: 4, targets });
  const ensemble = await trainEnsemble(train, RUNNING);
  const { head, body } = parts(await ensemble.card());
  t.equal(head.pipeline_tag, 'tabular-regression');
  t.notOk('model-index' in head);
  t.match(body, 'It was not measured');
  t.match(body, /ensemble\.predict\(\{ x: new Float64Array\(4\), rows: 1 \}\)/);
  const report = await measured(ensemble, train, train);
  const card = await ensemble.card({ report });
  t.match(card, /\| RMSE of \| test \| out of bag \|/);
  t.match(card, 'given to `trainEnsemble`');
});

t.test('members that failed, weights and options that cannot be said stand in it', async (t) => {
  const { train } = await loadData('data/digits.csv', { target: 'digit' });
  const ensemble = await trainEnsemble(train, {
    members: [{ hidden: [4] }, { learningRate: 1e30 }],
    epochs: 2,
    seed: 1,
  });
  t.equal(ensemble.failures.length, 1);
  const card = await ensemble.card();
  t.match(card, /1 of 2 members is missing: 1 diverged/);
  t.match(card, /^Failed:\n\n- 1: Member 1 diverged/m);
  t.match(await ensemble.withWeights([2]).card(), /\| 2.00 \|/);
  const odd = {
    ...ensemble.record,
    plan: {
      ...ensemble.plan,
      members: ensemble.plan.members.map((spec) => ({ ...spec, streams: { ...spec.streams, seed: 9 } })),
    },
  };
  t.equal(optionsOfPlan(odd.plan, odd), null);
  t.match(await modelCard(odd), 'Its plan cannot be said as options');
});

t.test('a report that is none is refused', async (t) => {
  const { train } = await loadData('data/digits.csv', { target: 'digit' });
  const ensemble = await trainEnsemble(train, RUNNING);
  await t.rejects(modelCard(ensemble, { report: { version: 7 } }), {
    code: 'ERR_OPTION',
    message: /Expected `report` to be a report as `Ensemble.inspect` gives it/,
  });
});
