// The search as a whole: the same ensemble on any threads, what it keeps to, and what it is made of.

import t from 'tap';
import { autoEnsemble } from '../../src/auto/auto-ensemble.js';
import { contentHash } from '../../src/bundle/content-hash.js';
import { Dataset } from '../../src/data/dataset/dataset.js';
import { evaluateOutOfBag } from '../../src/ensemble/evaluate/evaluate.js';
import { predictMembers } from '../../src/ensemble/predict/predict-members.js';
import { TuttiError } from '../../src/errors.js';
import { RandomStream, streamKey } from '../../src/math/random.js';
import { createPool } from '../../src/pool/pool.js';
import type { TrainingProgress } from '../../src/training/session/progress.js';
import type { MemberRunner } from '../../src/training/session/runner.js';
import { createInlineRunner } from '../../src/training/thread/inline-runner.js';

const ROWS = 120;
const stream = new RandomStream(streamKey(1, 'split'));
const x = Float64Array.from({ length: 3 * ROWS }, () => stream.normal());
const score = (row: number) => x[3 * row]! * x[3 * row + 1]! + 0.3 * stream.normal();
const scores = Float64Array.from({ length: ROWS }, (_, row) => score(row));
const labels = Int32Array.from(scores, (value) => (value > 0 ? 1 : 0));
const classes = Dataset.fromArrays({ x, rows: ROWS, features: 3, labels });
const numbers = Dataset.fromArrays({
  x,
  rows: ROWS,
  features: 3,
  targets: scores.map((value) => 1e4 + 50 * value),
});

const search = {
  ...{ hidden: { choice: [[4], [8], [4, 4]] }, learningRate: { log: [3e-3, 0.03] as const } },
  ...{ epochs: { choice: [6, 12] }, rounds: 20 },
};
const OPTIONS = { members: 30, folds: 3, seed: 4, search };

const waves: number[] = [];
const told: TrainingProgress[] = [];
/** A search on the calling thread that several tests look at. */
const searched = autoEnsemble(numbers, OPTIONS, {
  onWave: ({ members }) => waves.push(members),
  onProgress: (progress) => told.push(progress),
});

t.test('a number of members gives the same ensemble on any number of threads', async (t) => {
  // As many threads as would make other waves, were it by threads.
  const pool = createPool({ threads: 2 });
  const many = { ...pool, threads: 16, open: () => pool.open() };
  t.teardown(() => pool.close());
  for (const dataset of [classes, numbers]) {
    const inline = await (dataset === numbers ? searched : autoEnsemble(dataset, OPTIONS));
    const threads = await autoEnsemble(dataset, OPTIONS, { runner: many });
    t.equal(contentHash(threads.ensemble), contentHash(inline.ensemble));
    t.same(threads.report, inline.report);
  }
  const other = await autoEnsemble(numbers, { ...OPTIONS, seed: 5 });
  t.not(contentHash(other.ensemble), contentHash((await searched).ensemble));
});

t.test('members are counted, settings are raced, and the chosen ones make the ensemble', async (t) => {
  const { ensemble, report } = await searched;
  t.ok(told.length > 0 && told.every(({ planned, done }) => planned === 30 && done <= 30));
  // A setting whose other folds would be too many is not begun.
  t.ok(report.members > 30 - 3 && report.members <= 30, `${report.members} members`);
  t.equal(waves.at(-1), report.members);
  t.equal(report.waves, waves.length);
  t.equal(report.endedBy, 'members');
  t.equal(report.settings, report.candidates + report.givenUp);
  t.ok(report.candidates >= 2 && report.givenUp >= 2, `${report.candidates} and ${report.givenUp}`);
  t.equal(ensemble.members.length, 3 * report.chosen.length);
  t.equal(report.kept, ensemble.members.length);
  t.ok(Math.abs(report.chosen.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
  t.ok(
    report.selection!.naive <= report.bestSetting,
    'a selection is no worse than its best setting on its own rows',
  );
  t.ok(ensemble.complete && ensemble.failures.length === 0);
});

t.test('the loss it states is that of its members on the rows that they left out', async (t) => {
  const { ensemble, report } = await searched;
  const { targets } = numbers;
  const mean = targets.reduce((sum, value) => sum + value / ROWS, 0);
  const variance = targets.reduce((sum, value) => sum + (value - mean) ** 2 / ROWS, 0);
  const members = await predictMembers(ensemble, numbers);
  const { drawMember } = await import('../../src/ensemble/member-rows.js');
  const all = Uint32Array.from({ length: ROWS }, (_, row) => row);
  let sum = 0;
  const left = ensemble.plan.members.map((spec) => {
    const draw = drawMember(4, spec, numbers, 3, { candidates: all, validation: new Uint32Array(0) });
    const inBag = new Set(draw.inBag);
    return all.map((row) => (inBag.has(row) ? 0 : 1));
  });
  for (const row of all) {
    let [total, weights] = [0, 0];
    for (const [place, { averagingWeight = 1 }] of ensemble.members.entries()) {
      if (left[place]![row] === 0) continue;
      total += averagingWeight * members[place]!.mean[row]!;
      weights += averagingWeight;
    }
    sum += (total / weights - targets[row]!) ** 2 / ROWS;
  }
  const stated = report.selection!.naive;
  t.ok(Math.abs(sum / variance - stated) < 1e-4 * stated, `${sum / variance} and ${stated}`);
  const outOfBag = await evaluateOutOfBag(ensemble, numbers, { replicates: 0 });
  t.ok(outOfBag!.ensemble!.rows > ROWS / 4, 'and it is measured out of bag as any other');
});

t.test('a signal ends it with what there is, or rejects; a time keeps to itself', async (t) => {
  const controller = new AbortController();
  const kept = await autoEnsemble(
    classes,
    { ...OPTIONS, members: 3000 },
    {
      ...{ signal: controller.signal, onInterrupt: 'keep' },
      onWave: ({ wave }) => (wave === 2 ? controller.abort() : undefined),
    },
  );
  t.equal(kept.report.endedBy, 'signal');
  // The one that was in training then delivered what it had.
  t.ok([2, 3].includes(kept.report.waves), `${kept.report.waves} waves`);
  t.ok(kept.ensemble.members.length >= 3);
  await t.rejects(autoEnsemble(classes, OPTIONS, { signal: AbortSignal.abort(new Error('no more')) }), {
    message: 'no more',
  });
  const time = { time: 0.5, folds: 3, seed: 4, wavePatience: 1e6, search };
  const timed = await autoEnsemble(classes, time);
  t.equal(timed.report.endedBy, 'time');
  // What is in training ends with its epoch: a hundred times as long is for machines that are busy with something else.
  t.ok(timed.ensemble.wallMs! < 50_000, `${timed.ensemble.wallMs} ms`);
});

t.test('wrong options are refused before anything is trained', async (t) => {
  const wrong: readonly [Parameters<typeof autoEnsemble>[1], RegExp][] = [
    [{ members: 8, time: 5 }, /^Expected `time` to be absent where `members` is given, got 5$/],
    [{ members: 8, search: { resample: 'none' } }, /^Expected `search\.resample` to be absent/],
    [
      { members: 8, search: { epochs: { integer: [3, 1] } } },
      /^Expected `epochs\.integer` to be two integers/,
    ],
    [{ members: 1 }, /^Expected `members` to be an integer ≥ 2, got 1$/],
  ];
  for (const [options, message] of wrong) await t.rejects(autoEnsemble(classes, options), { message });
});

t.test('of a setting whose runs leave several members each epoch is a candidate of its own', async (t) => {
  const cycles = { engine: 'wasm', hidden: [6], epochs: 12, snapshots: 3 } as const;
  const { ensemble, report } = await autoEnsemble(classes, {
    members: 45,
    folds: 3,
    seed: 4,
    search: cycles,
  });
  t.equal(report.failed, 0);
  t.equal(report.candidates % 3, 0);
  t.ok(report.settings - report.givenUp === report.candidates / 3, 'all of a setting are complete together');
  t.ok(report.chosen.every(({ snapshot }) => snapshot === 0 || snapshot === 1 || snapshot === 2));
  const [epochs] = [new Set(ensemble.members.map(({ epoch }) => epoch))];
  t.ok(
    [...epochs].every((epoch) => [4, 8, 12].includes(epoch)),
    [...epochs].join(),
  );
  t.equal(ensemble.members.length, 3 * report.chosen.length);
});

t.test(
  'where memory is there for one wave only, the next waits for it, and the ensemble is the same',
  async (t) => {
    const inline = createInlineRunner();
    let [open, refused] = [0, 0];
    const narrow: MemberRunner = {
      ...inline,
      open() {
        const session = inline.open();
        const prepare = session.prepare.bind(session);
        const close = session.close.bind(session);
        let counted = false;
        session.prepare = async (training) => {
          if (open > 0) {
            refused++;
            throw new TuttiError('ERR_MEMORY', 'Two are too many', {});
          }
          open++;
          counted = true;
          return prepare(training);
        };
        session.close = () => {
          if (counted) open--;
          counted = false;
          close();
        };
        return session;
      },
    };
    const options = { ...OPTIONS, members: 18 };
    const { ensemble } = await autoEnsemble(classes, options, { runner: narrow });
    t.ok(refused > 0);
    t.equal(contentHash(ensemble), contentHash((await autoEnsemble(classes, options)).ensemble));
  },
);
