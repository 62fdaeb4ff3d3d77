// What is kept of settings that were tried: as much as can be chosen, however many there were.

import t from 'tap';
import { forget } from '../../src/auto/candidates.js';
import { MOST_CANDIDATES, MOST_WAITING, TriedSettings } from '../../src/auto/tried-settings.js';
import { nextWave } from '../../src/auto/waves.js';
import type { TrainedMember } from '../../src/ensemble/ensemble.js';
import { inputRuns } from '../../src/model/input-columns.js';
import { clusters } from '../support/datasets.js';

const dataset = clusters(24, 2, 2);
const context = {
  ...{
    task: dataset.task,
    features: 2,
    tangents: null,
    inputColumns: inputRuns(null),
  },
  ...{ seed: 1, arithmetic: 'strict' as const },
};
const search = { engine: 'wasm', hidden: [2], snapshots: 1 } as const;
const MEMBER = { index: 0 } as TrainedMember;

function triedSettings() {
  return new TriedSettings(dataset, context as never, search);
}

/** Trains folds of a setting, which gives every row the same probability. */
function train(tried: TriedSettings, folds: number, probability: number) {
  const candidate = tried.think([], 2);
  for (let fold = 0; fold < folds; fold++) {
    candidate.asked[fold] = true;
    candidate.trained[fold] = MEMBER;
  }
  candidate.terms.fill(probability);
  return candidate;
}

t.test('settings that are far behind are forgotten, chosen ones never', async (t) => {
  const tried = triedSettings();
  const settings = Array.from({ length: MOST_CANDIDATES + 40 }, (_, at) => train(tried, 2, 0.9 - at / 1000));
  const chosen = settings.at(-1)!;
  tried.forgetHopeless(new Set([chosen]));
  t.equal(tried.complete.length, MOST_CANDIDATES);
  t.ok(tried.complete.includes(chosen));
  t.same(tried.complete.slice(0, -1), settings.slice(0, MOST_CANDIDATES - 1), 'the best by themselves stay');
  t.ok(settings.slice(MOST_CANDIDATES - 1, -1).every(({ dropped, terms }) => dropped && terms.length === 0));
  t.ok(
    settings
      .slice(MOST_CANDIDATES - 1, -1)
      .every(({ trained }) => trained.every((member) => member === null)),
  );
});

t.test('of settings of one fold the most promising wait for the others', async (t) => {
  const tried = triedSettings();
  const settings = Array.from({ length: MOST_WAITING + 30 }, (_, at) => train(tried, 1, 0.5 + at / 1000));
  tried.forgetHopeless(new Set());
  t.same(tried.promising, settings.slice(30).reverse());
  t.ok(settings.slice(0, 30).every(({ dropped }) => dropped));
  t.equal(tried.counts.settings, settings.length, 'and all were tried');
});

t.test('a wave is within its room, and what promises comes before what is new', async (t) => {
  const tried = triedSettings();
  const limits = { threads: 2, folds: 4, parents: [] };
  const first = nextWave(tried, { ...limits, wave: 0, room: 100 });
  t.same(
    first.slice(0, 5).map(({ candidate, fold }) => [candidate.place, fold]),
    [...[0, 1, 2, 3].map((fold) => [0, fold]), [1, 0]],
  );
  const second = nextWave(tried, { ...limits, wave: 1, room: 4 });
  t.same(
    second.map(({ candidate, fold }) => [candidate.place, fold]),
    [1, 2, 3].map((fold) => [1, fold]),
    'all of the second setting, and nothing new that there is no room to train on all folds',
  );
  for (const { candidate, fold } of first) {
    candidate.trained[fold] = MEMBER;
    candidate.terms.fill(candidate.place === 3 ? 0.9 : 0.6);
  }
  t.same(
    nextWave(tried, { ...limits, wave: 2, room: 2 }),
    [],
    'with room for no whole setting there is nothing',
  );
  const third = nextWave(tried, { ...limits, wave: 2, room: 7 });
  t.same(
    third.map(({ candidate, fold }) => [candidate.place, fold]).slice(0, 3),
    [1, 2, 3].map((fold) => [3, fold]),
  );
  t.equal(third.length, 4, 'one new setting, with room for its other folds');
  forget(first[0]!.candidate);
});
