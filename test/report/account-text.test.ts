// What became of members, in words.

import t from 'tap';
import { failureTexts } from '../../src/cli/text/failure-text.js';
import type { FailedMember, TrainedMember } from '../../src/ensemble/ensemble.js';
import { memberAccount } from '../../src/ensemble/member-account.js';
import type { ErrorCode } from '../../src/errors.js';
import type { EnsemblePlan } from '../../src/model/spec.js';
import { accountLines, membersText, missingLine } from '../../src/report/account-text.js';
import { rangeText } from '../../src/report/words.js';
import { type PlanContext, resolvePlan } from '../../src/training/options/options.js';

const CONTEXT: PlanContext = {
  task: { kind: 'regression', targets: ['y'] },
  ...{ features: 2, seed: 1, arithmetic: 'strict' },
};

function planOf(members: number, reseeded: Readonly<Record<number, number>> = {}): EnsemblePlan {
  const plan = resolvePlan({ members }, CONTEXT);
  return {
    ...plan,
    members: plan.members.map((spec, index) =>
      reseeded[index] === undefined
        ? spec
        : { ...spec, streams: { ...spec.streams, reseeds: reseeded[index] } },
    ),
  };
}

function failed(code: ErrorCode, ...indices: number[]): FailedMember[] {
  return indices.map((index) => ({
    index,
    error: { code, message: `Member ${index} failed so`, details: {} },
  }));
}

function finished(count: number, failures: readonly FailedMember[]): TrainedMember[] {
  const gone = new Set(failures.map(({ index }) => index));
  const member = { parameters: new Float32Array(new SharedArrayBuffer(0)), model: null };
  return Array.from({ length: count }, (_, index) => index)
    .filter((index) => !gone.has(index))
    .map((index) => ({ index, ...member, history: [], epoch: 1, inBagRows: 1 }));
}

t.test('nothing is said where all is as planned', async (t) => {
  const account = memberAccount({ plan: planOf(3), members: finished(3, []), failures: [] });
  t.strictSame(accountLines(account), []);
  t.equal(missingLine(account), null);
  t.equal(membersText(account), '3 members');
});

t.test('who is missing and why, who began again, who lost threads', async (t) => {
  const failures = [...failed('ERR_DIVERGED', 3, 7), ...failed('ERR_DEADLINE', 9), ...failed('ERR_FILE', 1)];
  const plan = planOf(12, { 0: 1, 2: 2, 3: 2 });
  const retried = [{ index: 5, retries: 3 }];
  const account = memberAccount({ plan, members: finished(11, failures), failures, retried });
  t.strictSame(account, {
    ...{ planned: 12, finished: 7, untrained: [11], retried },
    failed: { ERR_DIVERGED: [3, 7], ERR_DEADLINE: [9], ERR_FILE: [1] },
    reseeded: [
      { index: 0, reseeds: 1 },
      { index: 2, reseeds: 2 },
      { index: 3, reseeds: 2 },
    ],
  });
  t.strictSame(accountLines(account), [
    '5 of 12 members are missing: 2 diverged (3, 7), 1 took longer than the deadline (9), 1 failed with ERR_FILE (1), 1 not trained (11)',
    '2 of 7 members began again with other streams, as they had diverged (0, 2)',
    '1 of 7 members lost threads and were tried again, which changes no byte (5)',
  ]);
  t.equal(membersText(account), '7 of 12 members');
});

t.test('hundreds of failures stay a line for each kind', async (t) => {
  const every = (start: number, step: number, count: number) =>
    Array.from({ length: count }, (_, at) => start + step * at);
  const failures = [...failed('ERR_DIVERGED', ...every(0, 2, 399)), ...failed('ERR_THREAD_LOST', 999)];
  const account = memberAccount({ plan: planOf(1000), members: finished(1000, failures), failures });
  const lines = accountLines(account);
  t.equal(lines.length, 1);
  t.match(
    lines[0],
    /^400 of 1000 members are missing: 399 diverged \(0, 2, 4, .* and 387 more\), 1 lost to threads/,
  );
  t.ok(lines[0]!.length < 200, lines[0]!);
  const texts = failureTexts(failures);
  t.strictSame(
    texts.map(({ index }) => index),
    [0, 999],
  );
  t.match(texts[0]!.text, /^Member 0 failed so; so did 398 more \(2, 4, 6, .* and 386 more\)$/);
  t.equal(texts[1]!.text, 'Member 999 failed so');
  t.equal(failureTexts(failures.slice(0, 5)).length, 5, 'a few are told one by one');
});

t.test('members in a row are one item, and those that are not shown are counted', async (t) => {
  t.equal(rangeText([0, 1, 2, 5, 7, 8]), '0–2, 5, 7–8');
  const pairs = Array.from({ length: 20 }, (_, at) => [3 * at, 3 * at + 1]).flat();
  t.equal(
    rangeText(pairs),
    `${pairs.slice(0, 24).reduce((text, at, i) => text + (i % 2 ? `–${at}` : `${i ? ', ' : ''}${at}`), '')} and 16 more`,
  );
});
