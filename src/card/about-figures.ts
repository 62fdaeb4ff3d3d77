// How good a model is, how far its answers may be trusted, what averaging bought, and who its members are.

import { memberAccount } from '../ensemble/member-account.js';
import type { Measurement } from '../measure/measurement.js';
import { aggregators } from '../predictions/aggregate/aggregators.js';
import { accountLines } from '../report/account-text.js';
import { baselineTitle, lossLines } from '../report/baseline-text.js';
import { calibrationLines } from '../report/calibration-text.js';
import { counted, figure, grouped } from '../report/words.js';
import { type CardFacts, type MeasuredRows, measuredRows } from './card-facts.js';
import { type CardScore, cardScores, listed, scoreText } from './card-scores.js';
import { code, list, paragraphs, plain, section, table } from './markdown.js';

export function evaluation(facts: CardFacts): string | null {
  const measured = measuredRows(facts);
  const [first] = measured;
  if (first === undefined) return null;
  const { targets } = facts.report!;
  const columns = measured.flatMap((rows) => columnsOf(rows, facts));
  const names = new Map(columns.flatMap(({ scores }) => scores.map(({ name, title }) => [name, title])));
  const lines = [...names].map(([name, title]) => [
    plain(title),
    ...columns.map(({ scores }) => {
      const score = scores.find((candidate) => candidate.name === name);
      return score === undefined ? '–' : scoreText(score);
    }),
  ]);
  const { aggregator, weighted } = first.measurement;
  const by = `By the ${weighted ? 'weighted ' : ''}${aggregators.get(aggregator).title} of the members`;
  const { kind } = facts.ensemble.task;
  const losses = measured.flatMap(({ title, measurement }) => lossLines({ name: title, measurement }, kind));
  return section(
    'Evaluation',
    `${by}, on ${measured.map(rowsText).join(' and ')}.${intervalText(first.measurement)}`,
    losses.length === 0 ? null : list(losses.map((line) => `**${plain(line)}**`)),
    table(['score', ...columns.map(({ title }) => `${title}:`)], lines),
    targets.length > 1 ? perTarget(measured, targets) : null,
  );
}

interface Column {
  readonly title: string;
  readonly scores: readonly CardScore[];
}

/** An ensemble on some rows, and beside it what it should beat. */
function columnsOf({ title, measurement }: MeasuredRows, { ensemble, report }: CardFacts): Column[] {
  const own = { title, scores: cardScores(measurement, report!.targets) };
  const { kind } = ensemble.task;
  const baselines = measurement.baselines.map(({ name, scores }) => ({
    title: `${baselineTitle(name, kind)}, ${title}`,
    scores: listed(scores),
  }));
  return [own, ...baselines];
}

function rowsText({ rows, measurement: { errorCorrelation } }: MeasuredRows): string {
  const { rows: count, outOfBag } = errorCorrelation;
  if (rows === 'test') return `${counted(count, 'row')} that no member saw`;
  const each = outOfBag === null ? '' : `, ${figure(outOfBag.meanMembersPerRow, 2)} to a row`;
  return `${counted(count, 'training row')} by those members that never saw them (out of bag${each})`;
}

function intervalText({ scores }: Measurement): string {
  if (scores === null || scores.level === null) return '';
  return ` In brackets intervals of ${Number((100 * scores.level).toPrecision(6))} % over the choice of those rows.`;
}

/** The RMSE of each target. */
function perTarget(measured: readonly MeasuredRows[], targets: readonly string[]): string {
  const lines = targets
    .slice(0, 24)
    .map((target, at) => [
      code(target),
      ...measured.map(({ measurement }) => figure(measurement.ensemble?.rmse?.[at])),
    ]);
  return table(['RMSE of', ...measured.map(({ title }) => `${title}:`)], lines);
}

export function trust(facts: CardFacts): string | null {
  const { calibration, conformity, task } = facts.ensemble;
  // Lines with what they say more below them.
  const calibrated =
    calibration === null ? null : list(calibrationLines(calibration, task).map((line) => plain(line.trim())));
  const guaranteed =
    conformity === null
      ? null
      : `With \`--coverage 0.9\` its answers are ${conformity.scores.kind === 'classification' ? 'sets of classes' : 'intervals'} that hold the truth for about 90 % of new rows, by ${METHODS[conformity.method]} from ${counted(conformity.rows, 'row')}. That is so on average over rows that are exchangeable with those, not for each row or group, and no longer when the world that rows come from changes.`;
  return section('Calibration and guarantees', calibrated, guaranteed);
}

const METHODS = {
  jackknifeAfterBootstrap:
    'jackknife+-after-bootstrap (no row was given up for it; proven is 1 − 2α, here 80 %)',
  split: 'split conformal prediction (proven is 1 − α, here 90 %)',
} as const;

export function averaging(facts: CardFacts): string | null {
  const measured = measuredRows(facts);
  if (measured.length === 0) return null;
  const lines: [string, (own: Measurement['errorCorrelation']) => string][] = [
    ['v, a member’s squared error', ({ v, intervals }) => withInterval(v, intervals?.v)],
    ['c, the product of two members’ errors', ({ c, intervals }) => withInterval(c, intervals?.c)],
    ['ρ = c/v', ({ rho, intervals }) => withInterval(rho, intervals?.rho)],
    ['v/k + (k − 1)c/k, as foretold', ({ predicted }) => figure(predicted)],
    ['squared error of the mean, as measured', ({ measured: error }) => figure(error)],
    [
      'effective members',
      ({ effectiveMembers, memberCount }) => `${figure(effectiveMembers, 3)} of ${grouped(memberCount)}`,
    ],
    ['gain of one more member', ({ nextMemberGain }) => figure(nextMemberGain, 2)],
  ];
  return section(
    'What averaging bought',
    'The squared error of the mean of k members is v/k + (k − 1)c/k: averaging takes off what members do not share, and nothing of c.',
    table(
      ['figure', ...measured.map(({ title }) => `${title}:`)],
      lines.map(([name, text]) => [
        name,
        ...measured.map(({ measurement }) => text(measurement.errorCorrelation)),
      ]),
    ),
    honest(facts),
  );
}

function withInterval(
  value: number | null,
  interval: { readonly low: number; readonly high: number } | null | undefined,
): string {
  return interval == null
    ? figure(value)
    : `${figure(value)} [${figure(interval.low, 3)}, ${figure(interval.high, 3)}]`;
}

/** Whether the test rows agree with what out-of-bag figures foretell. */
function honest({ report }: CardFacts): string | null {
  const test = report?.honestTest ?? null;
  if (test === null) return null;
  const says = test.consistent
    ? 'chance in the rows explains the difference'
    : 'chance in the rows does not explain the difference';
  return `Out of bag foretells a squared error of ${figure(test.predicted)} for new rows; the test rows gave ${figure(test.measured)}: ${says}${test.pValue === null ? '' : ` (p = ${figure(test.pValue, 2)})`}.`;
}

/** Members shown one by one. */
const MOST_MEMBERS = 32;

export function memberList(facts: CardFacts): string | null {
  const { ensemble } = facts;
  const { members, failures } = ensemble;
  const [first] = measuredRows(facts);
  const weighed = members.some(({ averagingWeight = 1 }) => averagingWeight !== 1);
  const rows = members
    .slice(0, MOST_MEMBERS)
    .map(({ index, epoch, inBagRows, history, averagingWeight = 1 }, at) => [
      String(index),
      history.length === 0 ? '–' : `${epoch} of ${history.length}`,
      figure(history.at(-1)?.loss),
      grouped(inBagRows),
      ...(weighed ? [figure(averagingWeight, 3)] : []),
      figure(first?.measurement.errorCorrelation.memberErrors[at]),
    ]);
  const error = first === undefined ? 'squared error:' : `squared error (${first.title}):`;
  const account = accountLines(memberAccount(ensemble)).map((line) => plain(line));
  const failed = failures
    .slice(0, 12)
    .map(({ index, error: { message } }) => `${index}: ${plain(message.split('\n')[0]!)}`);
  return section(
    'Members',
    table(['member:', 'epoch', 'last loss:', 'distinct rows:', ...(weighed ? ['weight:'] : []), error], rows),
    members.length > MOST_MEMBERS ? `… and ${counted(members.length - MOST_MEMBERS, 'member')} more.` : null,
    account.length === 0 ? null : list(account),
    failed.length === 0 ? null : paragraphs('Failed:', list(failed)),
  );
}
