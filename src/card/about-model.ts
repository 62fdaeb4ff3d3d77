// What a model is, what it is for, and where its answers are worth nothing.

import type { FeatureColumn } from '../data/dataset/preprocessing-types.js';
import { featureWidth } from '../data/preprocessing/preprocessing.js';
import { engineOf, modulesOf } from '../engines/registry.js';
import { isBoosted, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { memberAccount } from '../ensemble/member-account.js';
import { sortedJson } from '../files/sorted-plain.js';
import { largest } from '../math/statistics.js';
import { specDifferences } from '../model/options/spec-differences.js';
import type { MemberSpec } from '../model/spec.js';
import { membersText, missingLine } from '../report/account-text.js';
import { movesProbabilities } from '../report/calibration-text.js';
import { counted, figure, grouped, rangeText } from '../report/words.js';
import { type CardFacts, measuredRows } from './card-facts.js';
import { code, list, paragraphs, plain, section, table } from './markdown.js';

export function modelDetails({ ensemble, environment, contentHash }: CardFacts): string | null {
  const { plan, members, task, features, executors } = ensemble;
  const weights = members.reduce((sum, { parameters }) => sum + parameters.length, 0);
  const modules = modulesOf(plan).map(({ path, hash }) => `${code(path)} (SHA-256 ${code(hash)})`);
  const facts: [string, string][] = [
    [
      'Kind',
      isBoosted(ensemble)
        ? `a sum of ${counted(ensemble.members.length, 'boosted net')}`
        : `an ensemble of ${membersText(memberAccount(ensemble))}, averaged`,
    ],
    ['Answers', outputsText(ensemble)],
    ['Input', `${counted(features, 'number')} to a row${columnsText(ensemble)}`],
    ['Size', counted(weights, 'weight')],
    ...settings(plan.members).map((text, at): [string, string] => [at === 0 ? 'Members' : '', text]),
    ...(modules.length === 0 ? [] : [['Code it needs', modules.join(', ')] as [string, string]]),
    [
      'Arithmetic',
      `${plan.arithmetic}${executors.length === 0 ? '' : `, by ${executors.map(plain).join(' and ')}`}`,
    ],
    ...(environment === null
      ? []
      : [
          [
            'Made by',
            `tutti ${plain(environment.tutti)}, Node.js ${plain(environment.node)}, ${plain(environment.platform)} ${plain(environment.arch)}`,
          ] as [string, string],
        ]),
    ['Content hash', code(contentHash)],
  ];
  const kind = task.kind === 'classification' ? 'classes' : 'numbers';
  return section(
    'Model details',
    `It predicts ${kind} from tables by the mean of many models that chance made different; what that bought is measured below.`,
    table(['what', 'is'], facts),
  );
}

function outputsText({ task }: TrainedEnsemble): string {
  if (task.kind === 'regression') return `numbers: ${shown(task.targets)}`;
  return `probabilities of ${counted(task.classes.length, 'class', 'classes')}: ${shown(task.classes)}`;
}

function columnsText({ preprocessing }: TrainedEnsemble): string {
  return preprocessing === null ? '' : `, made of ${counted(preprocessing.features.length, 'column')}`;
}

/** A line for each setting that members have, as far as they differ. */
function settings(specs: readonly MemberSpec[]): string[] {
  const groups = new Map<string, { readonly spec: MemberSpec; readonly members: number[] }>();
  for (const [index, spec] of specs.entries()) {
    const { streams: _, ...own } = spec;
    const key = sortedJson(own);
    const group = groups.get(key) ?? { spec, members: [] };
    group.members.push(index);
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const differences = specDifferences(all.map(({ spec }) => spec));
  return all.slice(0, MOST_SETTINGS).map(({ spec, members }, at) => {
    const text = engineOf(spec).describe(spec);
    const more = differences[at]!.filter((difference) => !text.includes(difference));
    const { resample } = spec;
    const words = [text, ...more, `rows: ${resample.kind}`].join('; ');
    return `${rangeText(members)}: ${plainWords(words)}`;
  });
}

const MOST_SETTINGS = 24;

/** Words of tutti's own, in which a module's path may stand. */
function plainWords(text: string): string {
  return text.split(/\s+/).map(plain).join(' ');
}

/** Columns listed; more than these are pixels or the like. */
const MOST_COLUMNS = 40;

export function intendedUses({ ensemble }: CardFacts): string | null {
  const { preprocessing, task } = ensemble;
  const what =
    task.kind === 'classification'
      ? 'It says how probable each class is for a row.'
      : `It says a number for a row${isBoosted(ensemble) ? '' : ', and how far its members are from each other about it'}.`;
  const rows =
    'It is meant for rows of the same kind as those it was trained on, taken and measured in the same way:';
  if (preprocessing === null)
    return section(
      'Intended uses',
      `${what} ${rows} ${counted(ensemble.features, 'number')} each, in the order of the training.`,
    );
  const shownColumns = preprocessing.features.slice(0, MOST_COLUMNS);
  const offsets = offsetsOf(preprocessing.features);
  const lines = shownColumns.map((column, at) => [
    code(column.column),
    column.kind === 'numeric' ? 'number' : counted(column.categories.length, 'category', 'categories'),
    valuesText(column, ensemble, offsets[at]!),
  ]);
  const more = preprocessing.features.length - shownColumns.length;
  return section(
    'Intended uses',
    `${what} ${rows}`,
    table(['column', 'holds', 'in the training rows'], lines),
    more > 0 ? `… and ${counted(more, 'column')} more.` : null,
  );
}

/** Where each column begins among the numbers of a row. */
function offsetsOf(columns: readonly FeatureColumn[]): number[] {
  let at = 0;
  return columns.map((column) => {
    const own = at;
    at += featureWidth([column]);
    return own;
  });
}

function valuesText(column: FeatureColumn, { trainedOn }: TrainedEnsemble, at: number): string {
  if (column.kind === 'categorical') return shown(column.categories, 8);
  if (column.constant === true) return 'one value only: nothing was learned of it';
  if (trainedOn === null) return `mean ${short(column.mean)}`;
  const { low, high } = trainedOn.featureRanges;
  return `${short(low[at]!)} to ${short(high[at]!)}`;
}

/** To four digits, and none that is no news. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function shown(names: readonly string[], most = 12): string {
  const first = names.slice(0, most).map(code).join(', ');
  return names.length > most ? `${first} and ${grouped(names.length - most)} more` : first;
}

/** What its figures do not say, each where it applies. */
export function limits(facts: CardFacts): string | null {
  const { ensemble } = facts;
  const { preprocessing, task, calibration } = ensemble;
  const missing = missingLine(memberAccount(ensemble));
  const measured = measuredRows(facts);
  const fewest =
    measured.length === 0 ? 0 : largest(measured.map(({ measurement }) => measurement.errorCorrelation.rows));
  const items = [
    'Outside of the values above it guesses: it answers all the same, and no figure of this card speaks for those answers.',
    'The figures are of rows like the training rows. Of rows that were taken later, elsewhere or otherwise they say nothing; evaluate it there before it is used there.',
    'How it does on groups of rows, or of people, is not in this card: `tutti report` shows its worst slices on rows of yours.',
    ...(measured.length === 0 ? ['It was not measured: nothing is known of how good it is.'] : []),
    ...(fewest > 0 && fewest < 200
      ? [
          `It was measured on ${counted(fewest, 'row')}: the intervals below are wide, and leave out that other training rows give another model.`,
        ]
      : []),
    ...(task.kind === 'classification' && (calibration === null || !movesProbabilities(calibration, task))
      ? [
          `Its probabilities are ${isBoosted(ensemble) ? '' : 'means over members and are '}not calibrated: the evaluation says how far they may be trusted.`,
        ]
      : []),
    ...(task.kind === 'regression' && !isBoosted(ensemble)
      ? [
          'How far members are from each other (`variance`) is no interval for the truth, unless they have Gaussian heads: `tutti predict --coverage 0.9` gives one.',
        ]
      : []),
    ...(preprocessing === null ? [] : tableLimits(ensemble)),
    ...(modulesOf(ensemble.plan).length === 0
      ? []
      : ['It runs code that is not in its file: the modules above, which whoever loads it has to allow.']),
    ...(missing === null ? [] : [`${plainWords(missing)}.`]),
  ];
  return section('Limits', list(items));
}

function tableLimits({ preprocessing }: TrainedEnsemble): string[] {
  const { features, unseen } = preprocessing!;
  const filled = features.filter(({ fill }) => fill !== null).map(({ column }) => column);
  const categorical = features.some(({ kind }) => kind === 'categorical');
  return [
    ...(filled.length === 0
      ? ['A row that lacks a value is refused.']
      : [
          `Missing values are filled by what the training rows have: ${shown(filled)}. In other columns they are refused.`,
        ]),
    ...(categorical
      ? [
          unseen === 'error'
            ? 'A category that the training rows lack is refused by name.'
            : 'A category that the training rows lack counts as none.',
        ]
      : []),
  ];
}

/** The first words of a card. */
export function opening(facts: CardFacts): string {
  const { ensemble, name, report } = facts;
  const { task } = ensemble;
  const members = membersText(memberAccount(ensemble));
  const what =
    task.kind === 'classification'
      ? `one of ${counted(task.classes.length, 'class', 'classes')}`
      : task.targets.length === 1
        ? code(task.targets[0]!)
        : counted(task.targets.length, 'number');
  const target =
    task.kind === 'classification' && ensemble.preprocessing?.target.kind === 'classification'
      ? `, ${code(ensemble.preprocessing.target.column)},`
      : '';
  const [first] = measuredRows({ report });
  return paragraphs(
    `# ${plain(name)}`,
    `${members} that predict ${what}${target} together. ${first === undefined ? 'They were not measured.' : verdict(first.title, first.measurement)}`,
  );
}

/** What averaging bought, in a sentence. */
function verdict(
  title: string,
  { errorCorrelation }: ReturnType<typeof measuredRows>[number]['measurement'],
): string {
  const { measured, meanMember, rho, rows, effectiveMembers, memberCount } = errorCorrelation;
  const less = meanMember > 0 ? 1 - measured / meanMember : 0;
  const of = `on ${counted(rows, 'row')} (${title})`;
  if (rho === null || effectiveMembers === null) return `Their squared error ${of} is ${figure(measured)}.`;
  if (less <= 0) return `Averaging them did not lower the squared error ${of}, which is ${figure(measured)}.`;
  return `Averaging them takes ${figure(100 * less, 3)} % off a member's squared error ${of}: their errors correlate with ρ = ${figure(rho, 3)}, so that ${grouped(memberCount)} are worth ${figure(effectiveMembers, 3)} uncorrelated ones.`;
}
