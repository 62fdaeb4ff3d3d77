// The report as a page: whole, with every figure of its data, in one file that runs nothing but its own script, whatever the
// names in it are.

import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import { loadTraining } from '../../../src/data/load.js';
import { tableFromRecords } from '../../../src/data/table/record-table.js';
import { attackEnsemble } from '../../../src/entry-points/studies.js';
import {
  createInlineRunner,
  Ensemble,
  evaluateOutOfBag,
  reportEnsemble,
  trainEnsemble,
} from '../../../src/index.js';
import type { PageData } from '../../../src/report/page/page-data.js';
import { csvText } from '../../../src/report/page/parts.js';
import { renderReport } from '../../../src/report/sections/report-page.js';
import { malformed } from '../../support/well-formed.js';

const HOSTILE = `</script><script>alert("pwned")</script><img src=x onerror='alert(1)'>&\u202e`;
const QUICK = { members: 3, hidden: [6], epochs: 6, seed: 1 } as const;
const runner = createInlineRunner();

const records = Array.from({ length: 400 }, (_, row) => {
  const size = (row % 3) + Math.sin(7 * row) / 2;
  return {
    [`size ${HOSTILE}`]: size,
    colour: ['red', HOSTILE, 'blue'][row % 3]!,
    other: Math.cos(5 * row),
    kind: ['a', HOSTILE, 'c'][row % 3]!,
    worth: 10 * size + Math.cos(row),
  };
});

async function reportOf(target: string, drop: string, options = {}) {
  const table = tableFromRecords(records, { source: `rows ${HOSTILE}` });
  const { train, test } = loadTraining(table, { target, drop: [drop], testShare: 0.4, seed: 1 });
  const ensemble = await trainEnsemble(train, { ...QUICK, ...options }, { runner });
  return reportEnsemble(ensemble, table, { title: HOSTILE, test: test!, replicates: 50 });
}

const classes = await reportOf('kind', 'worth');
const numbers = await reportOf('worth', 'kind', { loss: 'gaussianNll' });

for (const [what, { html, figures, data }] of Object.entries({ classes, numbers })) {
  t.test(`${what}: hostile names are text and nothing else`, async (t) => {
    t.notMatch(html, /<img|alert\("pwned"\)<|\u202e/);
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    t.same(scripts, ['<script type="application/json" id="data">', '<script>']);
    t.match(html, /&lt;\/script&gt;&lt;script&gt;alert\(/);
  });

  t.test(`${what}: the policy allows the page's own script alone, and no network`, async (t) => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    t.match(policy.replaceAll('&#39;', "'"), "default-src 'none'; style-src 'unsafe-inline';");
    t.match(policy.replaceAll('&#39;', "'"), `script-src 'sha256-${hash}'`);
    t.notMatch(html, /\b(?:src|href)="(?!#)/, 'nothing is loaded from anywhere');
    t.notMatch(html, /url\(|@import/);
  });

  t.test(`${what}: everything is in the page as JSON`, async (t) => {
    const [, json = ''] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html) ?? [];
    t.same(JSON.parse(json), JSON.parse(JSON.stringify(data)));
  });

  t.test(`${what}: every figure is drawn, named, described and has its numbers`, async (t) => {
    t.ok(figures.length >= 12, `${figures.length} figures`);
    t.equal(new Set(figures.map(({ id }) => id)).size, figures.length, 'each with an id of its own');
    for (const { id, title, caption, svg, numbers: table } of figures) {
      t.equal(malformed(svg), null, id);
      t.match(svg, /<(?:path|circle|rect|line)/, `${id} has marks`);
      t.ok(title.length > 5 && caption.length > 20, `${id} says what is to be seen`);
      t.ok(html.includes(`id="figure-${id}"`), `${id} is in the page`);
      t.ok(
        table.rows.length > 0 && table.rows.every((row) => row.length === table.head.length),
        `${id} has numbers`,
      );
      t.ok(csvText(table).split('\n').length === table.rows.length + 2, `${id}: a line for each row`);
    }
  });

  t.test(`${what}: one file under a megabyte, whose sections are listed`, async (t) => {
    t.ok(Buffer.byteLength(html) < 1e6);
    const ids = [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    const links = [...html.matchAll(/<a href="#([^"]+)">/g)].map(([, id]) => id);
    t.same(links, ids);
    t.equal(ids[0], 'verdict');
    t.equal(ids.at(-1), 'reproduce');
    const all = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
    t.equal(new Set(all).size, all.length, 'no id twice');
  });

  t.test(`${what}: the same data gives the same bytes`, async (t) => {
    t.equal(renderReport(data).html, html);
  });
}

t.test('sections are those that apply', async (t) => {
  const sections = (html: string) => [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
  const both = ['verdict', 'scores', 'correlation', 'members', 'leaderboard', 'learning', 'errors'];
  t.same(sections(classes.html), [
    ...both,
    'calibration',
    'uncertainty',
    'rows',
    'features',
    'slices',
    'cost',
    'reproduce',
  ]);
  t.same(sections(numbers.html), [...both, 'uncertainty', 'rows', 'features', 'slices', 'cost', 'reproduce']);
  const names = (of: typeof classes) => of.figures.map(({ id }) => id).join();
  for (const id of [
    'confusion',
    'roc',
    'pr',
    'reliability',
    'risk-coverage',
    'entropy',
    'matrix',
    'scatter',
    'curve',
  ])
    t.match(names(classes), `test-${id}`);
  for (const id of ['predicted', 'residuals', 'normal', 'risk-coverage', 'entropy'])
    t.match(names(numbers), `test-${id}`);
  for (const id of ['importance', 'dependence-1', 'drift', 'training-loss']) {
    t.match(names(classes), id);
    t.match(names(numbers), id);
  }
});

t.test('an attack is a section more: what the study measures, on rows of its own number', async (t) => {
  t.notMatch(classes.html, /id="robustness"/, 'only where it was asked for');
  t.equal(classes.data.robustness, null);
  for (const [target, drop, loss] of [
    ['kind', 'worth', {}],
    ['worth', 'kind', { loss: 'gaussianNll' }],
  ] as const) {
    const table = tableFromRecords(records);
    const { train, test } = loadTraining(table, { target, drop: [drop], testShare: 0.4, seed: 1 });
    const ensemble = await trainEnsemble(train, { ...QUICK, ...loss }, { runner });
    const steps: string[] = [];
    const given = {
      replicates: 0,
      onStep: ({ done, of, next }: { done: number; of: number; next: string }) => {
        steps.push(`${done}/${of} ${next}`);
      },
    };
    const { data, html, figures } = await reportEnsemble(ensemble, test!, {
      ...given,
      attack: { epsilons: [0.2, 0.05], steps: 2 },
    });
    t.same(
      steps.map((step) => step.slice(0, 10)),
      ['0/4 attack', '1/4 measur', '2/4 permut', '3/4 draw'],
    );
    const { points } = await attackEnsemble(ensemble, test!, { epsilons: [0, 0.05, 0.2], steps: 2 });
    const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    t.same(
      data.robustness!.points.map(({ epsilon, ensemble: whole, itsMembers, member }) => [
        epsilon,
        whole,
        itsMembers,
        member,
      ]),
      points.map(({ epsilon, onEnsemble, onMembers }) => [
        epsilon,
        onEnsemble!.ensemble,
        mean(onEnsemble!.members),
        mean(onMembers!.transfer.map((scores, at) => scores[at]!)),
      ]),
    );
    t.same([data.robustness!.rows, data.robustness!.of], [160, 160]);
    t.match(html, /<section id="slices"[\s\S]*<section id="robustness"[\s\S]*<section id="cost"/);
    t.match(html, /2 steps[\s\S]*All 160 rows were attacked/);
    t.notMatch(html, /NaN|undefined/);
    const drawn = figures.find(({ id }) => id === 'robustness')!;
    t.equal(malformed(drawn.svg), null);
    t.match(drawn.caption, /for the ensemble as rows are moved by 20 % of each column’s range against it/);
    t.same(
      drawn.numbers.rows.map(([size]) => size),
      [0, 0.05, 0.2],
    );
    t.ok(drawn.numbers.rows.every((row) => row.length === drawn.numbers.head.length));
    const few = await reportEnsemble(ensemble, test!, {
      replicates: 0,
      attack: { maxRows: 40, epsilons: [0.1] },
    });
    t.same([few.data.robustness!.rows, few.data.robustness!.of], [40, 160]);
    t.match(few.html, /40 of 160 rows were attacked, drawn by a fixed seed/);
  }
});

t.test(
  'an attack on rows that members were trained on says so; one that cannot be is refused by name',
  async (t) => {
    const table = tableFromRecords(records);
    const { train } = loadTraining(table, { target: 'kind', drop: ['worth'] });
    const ensemble = await trainEnsemble(train, { ...QUICK, members: 1 }, { runner });
    const { html, data } = await reportEnsemble(ensemble, train, { replicates: 0, attack: true });
    t.same(
      data.robustness!.points.map(({ epsilon }) => epsilon),
      [0, 0.01, 0.02, 0.05, 0.1],
    );
    t.match(html, /No row is new to all members/);
    t.match(html, /against the one member/);
    const wrong = [
      [{ epsilons: [] }, /`epsilons` to be a non-empty list/],
      [{ maxRows: 0 }, /`maxRows` to be an integer ≥ 1 or Infinity/],
      [{ norm: 'l1' }, /`norm` to be linf or l2/],
      [{ on: 'member' }, /Unknown option `on` of `attack`/],
      [[], /options of `attack` to be an object/],
    ] as const;
    for (const [attack, message] of wrong) {
      await t.rejects(reportEnsemble(ensemble, train, { attack: attack as never }), {
        code: 'ERR_OPTION',
        message,
      });
    }
    const neighbours = await trainEnsemble(
      train,
      { members: 2, engine: 'neighbours', seed: 1 },
      {
        runner,
      },
    );
    await t.rejects(reportEnsemble(neighbours, train, { attack: true }), {
      code: 'ERR_OPTION',
      message:
        /^Expected `members` to be networks of the wasm engine, for what only they have, got "neighbours as member 0"/,
    });
  },
);

/** The data with another gain in its first set of rows. */
function withGain(data: PageData, gain: Partial<PageData['sets'][number]['gain']>): PageData {
  const [first, ...others] = data.sets;
  return { ...data, sets: [{ ...first!, gain: { ...first!.gain, ...gain } }, ...others] };
}

function verdict(t: Test, data: PageData, expected: RegExp): void {
  const { verdict: said, html } = renderReport(data);
  t.match(said, expected);
  t.match(html, /<p class="verdict">/);
}

t.test('the verdict says what averaging bought, and when it bought nothing', async (t) => {
  const { data } = classes;
  const difference = (value: number, low: number, high: number) => ({ difference: { value, low, high } });
  verdict(
    t,
    withGain(data, { member: 0.2, ensemble: 0.1, ...difference(0.1, 0.05, 0.15) }),
    /^Averaging 3 members cut the error rate from 20.00 % to 10.00 % on 160 test rows\.$/,
  );
  verdict(
    t,
    withGain(data, { member: 0.2, ensemble: 0.19, ...difference(0.01, -0.05, 0.15) }),
    /, no more than chance in the rows explains\.$/,
  );
  verdict(
    t,
    withGain(data, { member: 0.1, ensemble: 0.1, ...difference(0, -0.05, 0.05) }),
    /bought nothing that 160 test rows can show: the error rate is 10.00 %/,
  );
  verdict(
    t,
    withGain(data, { member: 0.1, ensemble: 0.2, ...difference(-0.1, -0.15, -0.05) }),
    /made the error rate worse, from 10.00 % to 20.00 %/,
  );
  verdict(
    t,
    withGain(numbers.data, { member: 4, ensemble: 3, ...difference(1, 0.5, 1.5) }),
    /cut the squared error by 25.0 %/,
  );
});

t.test('the opening says which rows its figures are of, and which others there are', async (t) => {
  const [test, outOfBag] = classes.data.sets;
  t.match(
    classes.html,
    `<span>measured on</span><b>${test!.rows} rows</b><span>test rows; ${outOfBag!.rows} more rows by themselves: training rows, out of bag</span>`,
  );
});

t.test('an ensemble that a baseline beats says so', async (t) => {
  const { data } = classes;
  const [first, ...others] = data.sets;
  const worse = first!.scores!.of.map((own) =>
    own.kind === 'baseline'
      ? own
      : { ...own, values: own.values.map((value) => value && { ...value, value: 0 }) },
  );
  const { html } = renderReport({
    ...data,
    sets: [{ ...first!, scores: { ...first!.scores!, of: worse } }, ...others],
  });
  t.match(html, /class="bad">The ensemble does not beat the most frequent class/);
});

t.test('members that failed are named', async (t) => {
  const failures = [{ index: 2, code: 'ERR_DIVERGED', message: `Member 2 diverged ${HOSTILE}` }];
  const { html } = renderReport({ ...classes.data, failures });
  t.match(html, /Members that failed[\s\S]*ERR_DIVERGED[\s\S]*Member 2 diverged &lt;/);
});

t.test(
  'an ensemble as a program has it reports by its method, on rows it was trained on out of bag',
  async (t) => {
    const table = tableFromRecords(records);
    const { train } = loadTraining(table, { target: 'kind', drop: ['worth'] });
    const ensemble = new Ensemble(await trainEnsemble(train, QUICK, { runner }));
    const { data, verdict: said, html } = await ensemble.report(train, { replicates: 0 });
    t.same(
      data.sets.map(({ rowsFrom }) => rowsFrom),
      ['outOfBag'],
    );
    t.match(said, /training rows \(out of bag\)/);
    t.match(html, /All figures are out of bag/);
    const { metrics, of } = data.sets[0]!.scores!;
    t.same(
      of.filter(({ kind }) => kind === 'baseline').map(({ name }) => name),
      ['most frequent class', 'linear model, out of fold'],
    );
    const { baselines } = (await evaluateOutOfBag(ensemble.withBaseline(train), train, { replicates: 0 }))!;
    const linear = baselines.find(({ name }) => name === 'linear')!.scores.scores;
    const at = metrics.findIndex(({ name }) => name === 'logLoss');
    t.equal(of.at(-1)!.values[at]!.value, linear.find(({ name }) => name === 'logLoss')!.value);
    await t.rejects(ensemble.report(train, { test: train }), {
      code: 'ERR_DATA',
      message: /`test` to be rows that no member/,
    });
    const whole = new Ensemble(await trainEnsemble(train, { ...QUICK, resample: 'none' }, { runner }));
    await t.rejects(whole.report(train), {
      code: 'ERR_DATA',
      message: /only rows that every member was trained on/,
    });
  },
);

t.test('a calibrated ensemble shows what that did, before and after', async (t) => {
  const table = tableFromRecords(records);
  const { train, test } = loadTraining(table, { target: 'kind', drop: ['worth'], testShare: 0.4, seed: 1 });
  const raw = new Ensemble(await trainEnsemble(train, { ...QUICK, epochs: 40 }, { runner }));
  const ensemble = await raw.calibrate(train, { method: 'temperature' });
  const { data, html, figures } = await ensemble.report(train, { test: test!, replicates: 20 });
  const reliability = figures.find(({ id }) => id === 'test-reliability')!;
  const series = new Set(reliability.numbers.rows.map(([name]) => name));
  t.same([...series], ['before calibration', 'after calibration']);
  t.notOk(
    figures.some(({ id }) => id === 'oob-reliability'),
    'the rows that fitted it say nothing new',
  );
  t.match(html, /It was calibrated by temperature scaling on \d+ rows/);
  t.same(
    data.sets[0]!.scores!.of.slice(0, 2).map(({ kind }) => kind),
    ['calibrated', 'ensemble'],
  );
  const { data: plain } = await ensemble.report(train, { test: test!, replicates: 0, calibrated: false });
  t.equal(plain.sets[0]!.scores!.of[0]!.kind, 'ensemble');
});

t.test('one member has no others to be compared with, and votes are no probabilities', async (t) => {
  const table = tableFromRecords(records);
  const { train, test } = loadTraining(table, { target: 'kind', drop: ['worth'], testShare: 0.4, seed: 1 });
  const one = await reportEnsemble(await trainEnsemble(train, { ...QUICK, members: 1 }, { runner }), test!);
  t.match(one.verdict, /^One member is right on \d+\.\d\d % of 160 test rows\.$/);
  t.notMatch(one.html, /id="(?:correlation|members|leaderboard)"|NaN|undefined/);
  const votes = await reportEnsemble(await trainEnsemble(train, QUICK, { runner }), test!, {
    aggregator: 'majorityVote',
  });
  t.notMatch(votes.html, /id="calibration"|figure-test-roc|NaN|undefined/);
  t.match(votes.html, /figure-test-confusion/);
});
