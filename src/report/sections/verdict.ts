// Section 1, the opening: what averaging bought in a sentence, the figures behind it, and what to beware of.

import { html, type Markup } from '../page/markup.js';
import type { PageData, SetData } from '../page/page-data.js';
import { notesMarkup, type PageNote } from '../page/parts.js';
import { counted, percent } from '../words.js';
import { endText, figure, levelText, type ReportSection, valueText, whereText } from './section.js';

/** The sentence. */
export function verdictOf({ sets, ensemble }: PageData): string {
  const [set] = sets;
  if (set === undefined) return 'Nothing was measured.';
  const { metric, member, ensemble: averaged, difference } = set.gain;
  const rows = `${counted(set.rows, set.rowsFrom === 'heldOut' ? 'test row' : 'training row')}${set.rowsFrom === 'heldOut' ? '' : ' (out of bag)'}`;
  if (ensemble.members === 1) {
    const what =
      metric === 'errorRate' ? `${percent(1 - averaged)} of` : `a squared error of ${figure(averaged)} on`;
    return metric === 'errorRate'
      ? `One member is right on ${what} ${rows}.`
      : `One member has ${what} ${rows}.`;
  }
  const members = counted(ensemble.members, 'member');
  const clear =
    difference.low !== null && difference.high !== null && (difference.low > 0 || difference.high < 0);
  const from =
    metric === 'errorRate'
      ? `the error rate from ${percent(member)} to ${percent(averaged)}`
      : `the squared error by ${percent(member === 0 ? 0 : difference.value / member, 1)}`;
  if (difference.value <= 0) {
    return clear
      ? `Averaging ${members} made ${metric === 'errorRate' ? `the error rate worse, from ${percent(member)} to ${percent(averaged)},` : 'the squared error worse'} on ${rows}.`
      : `Averaging ${members} bought nothing that ${rows} can show: ${metric === 'errorRate' ? `the error rate is ${percent(averaged)}` : `the squared error is ${figure(averaged)}`}.`;
  }
  const sure = clear ? '' : ', no more than chance in the rows explains';
  return `Averaging ${members} cut ${from} on ${rows}${sure}.`;
}

export function verdictSection(data: PageData): ReportSection {
  const [set] = data.sets;
  const content = html`<p class="verdict">${emphasised(verdictOf(data))}</p>${set === undefined ? null : [detail(set), tiles(data, set)]}${notesMarkup([...baselineNotes(data), ...data.notes])}`;
  return { id: 'verdict', title: 'Verdict', content, figures: [] };
}

/** Its shares stand out. */
function emphasised(sentence: string): Markup[] {
  return sentence
    .split(/(\d[\d.]* %)/)
    .map((part, at) => (at % 2 === 1 ? html`<em>${part}</em>` : html`${part}`));
}

function detail(set: SetData): Markup {
  const { gain } = set;
  const { value, low, high } = gain.difference;
  const written = gain.metric === 'errorRate' ? 'share' : 'number';
  const interval =
    low === null || high === null
      ? ''
      : `, with a ${levelText(gain.level)} interval of ${valueText(low, written)} to ${valueText(high, written)}`;
  const what = gain.metric === 'errorRate' ? 'error rate' : 'squared error';
  return html`<p class="lead">The mean member’s ${what} less the ensemble’s is ${valueText(value, written)}${interval}, paired row by row (${whereText(set)}).</p>`;
}

function tiles({ sets }: PageData, set: SetData): Markup {
  const { rho, effectiveMembers, memberCount } = set.measurement.errorCorrelation;
  const first = headline(set);
  const items: [string, string, string][] = [
    ...(first === null ? [] : [first]),
    ['error correlation ρ', figure(rho, 3), 'share of a member’s error that others repeat'],
    ['effective members', figure(effectiveMembers, 3), `of ${memberCount}`],
    ['measured on', counted(set.rows, 'row'), whichRows(set, sets.slice(1))],
  ];
  return html`<ul class="tiles">${items.map(([name, value, more]) => html`<li><span>${name}</span><b>${value}</b><span>${more}</span></li>`)}</ul>`;
}

/** Whose figures these are, and which others the page has. */
function whichRows(set: SetData, others: readonly SetData[]): string {
  const beside = others.map(
    (other) => `${counted(other.rows, 'more row')} by themselves: ${whereText(other)}`,
  );
  return [whereText(set), ...beside].join('; ');
}

/** The first score of the ensemble with its interval. */
function headline({ scores, gain }: SetData): [string, string, string] | null {
  const metric = scores?.metrics[0];
  const estimate = scores?.of[0]?.values[0];
  if (metric === undefined || estimate === null || estimate === undefined) return null;
  const { low, high } = estimate;
  const ends =
    low === null || high === null
      ? ''
      : `${endText(low, metric.written)} to ${endText(high, metric.written)}, a ${levelText(scores?.level ?? gain.level)} interval`;
  return [metric.title, valueText(estimate.value, metric.written), ends];
}

/** An ensemble that a baseline beats says so. */
function baselineNotes({ sets }: PageData): PageNote[] {
  const [set] = sets;
  const metric = set?.scores?.metrics[0];
  const own = set?.scores?.of[0]?.values[0];
  if (set === undefined || metric === undefined || own === null || own === undefined) return [];
  const better = (value: number) => (metric.better === 'more' ? value >= own.value : value <= own.value);
  return set.scores!.of.flatMap(({ name, kind, values }): PageNote[] => {
    const value = values[0]?.value;
    if (kind !== 'baseline' || value === undefined || !better(value)) return [];
    return [
      {
        kind: 'bad',
        text: `The ensemble does not beat the ${name}: ${metric.title} ${valueText(own.value, metric.written)} against ${valueText(value, metric.written)}.`,
      },
    ];
  });
}
