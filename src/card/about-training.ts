// What a model was trained on, and how.

import type { Preprocessing } from '../data/dataset/preprocessing-types.js';
import { isBoosted, type TrainedEnsemble } from '../ensemble/ensemble.js';
import { largest } from '../math/statistics.js';
import { hasEpochs, type MemberSpec } from '../model/spec.js';
import { counted, figure, grouped, percent } from '../report/words.js';
import type { CardFacts } from './card-facts.js';
import { code, list, plain, section } from './markdown.js';

export function trainingData(facts: CardFacts): string | null {
  const { ensemble, dataName } = facts;
  const { trainedOn, preprocessing, datasetHash, baseline } = ensemble;
  const rows = trainingRowCount(facts);
  const split = trainedOn?.split ?? null;
  const target = preprocessing?.target;
  const columns =
    target === undefined ? [] : target.kind === 'classification' ? [target.column] : target.columns;
  const items = [
    ...(dataName === null ? [] : [`Name: ${plain(dataName)}`]),
    ...(rows === null ? [] : [`${counted(rows, 'row')} to train on`]),
    ...(split === null
      ? []
      : [
          `of ${counted(split.rows, 'row')}, of which ${percent(split.testShare, 0)} were held out (seed ${split.seed})`,
        ]),
    ...(columns.length === 0 ? [] : [`Target: ${columns.slice(0, 12).map(code).join(', ')}`]),
    ...(preprocessing?.weightColumn == null ? [] : [`Rows count by ${code(preprocessing.weightColumn)}`]),
    ...(preprocessing?.groupColumn == null
      ? []
      : [`Rows of one ${code(preprocessing.groupColumn)} stay together in splits`]),
    ...leftOut(ensemble),
    ...(baseline === null ? [] : [constantText(ensemble, baseline.constant)]),
    `Hash of the encoded rows: ${code(datasetHash)}`,
  ];
  return section('Training data', list(items), 'The file of this model holds no rows.');
}

/** Rows are counted by whatever was measured on them. */
function trainingRowCount({ report, ensemble }: CardFacts): number | null {
  const counts = report?.outOfBag?.errorCorrelation.outOfBag;
  if (counts !== undefined && counts !== null) return counts.totalRows;
  return ensemble.baseline?.linear?.rows ?? null;
}

function leftOut({ preprocessing }: TrainedEnsemble): string[] {
  const all = preprocessing?.leftOut ?? [];
  if (all.length === 0) return [];
  const shown = all.slice(0, 12).map(({ column, reason }) => `${code(column)} (${plain(reason)})`);
  const more = all.length - shown.length;
  return [`Nothing was learned of ${shown.join(', ')}${more > 0 ? ` and ${more} more columns` : ''}`];
}

/** Shares of classes, or means of targets. */
function constantText({ task }: TrainedEnsemble, constant: readonly number[]): string {
  const names = task.kind === 'classification' ? task.classes : task.targets;
  const shown = names.slice(0, 12).map((name, at) => {
    const value = constant[at]!;
    return `${code(name)} ${task.kind === 'classification' ? percent(value, 1) : figure(value)}`;
  });
  const more = names.length > shown.length ? ` and ${grouped(names.length - shown.length)} more` : '';
  return `${task.kind === 'classification' ? 'Classes' : 'Means'}: ${shown.join(', ')}${more}`;
}

export function trainingProcedure({ ensemble }: CardFacts): string | null {
  const { plan, preprocessing, encoding } = ensemble;
  const specs = plan.members;
  const items = [
    isBoosted(ensemble)
      ? 'Each net was taught what the sum of those before it left: one by itself means nothing.'
      : 'Each member was trained by itself, with random streams of its own: the same seed gives the same bytes on any number of threads.',
    ...resampling(specs),
    ...optimisation(specs),
    ...epochsOf(ensemble),
    ...(preprocessing === null
      ? [encoding.features === null ? 'Numbers are as they came' : 'Numbers are standardised']
      : [`Numbers are ${scalingWords(preprocessing)}; categories are one 0/1 column each`]),
    `Seed ${plan.seed}`,
  ];
  return section('Training procedure', list(items));
}

function scalingWords({ scaling, softClip, clipShape }: Preprocessing): string {
  const scaled = scaling === undefined ? 'standardised' : SCALING_WORDS[scaling];
  if (softClip === undefined) return scaled;
  return `${scaled} and ${clipShape === 'smooth' ? 'smoothly' : 'softly'} clipped at ${softClip}${scaling === undefined ? ' standard deviations' : ''}`;
}

const SCALING_WORDS = {
  robust: 'taken from their median in interquartile ranges',
  quantile: 'made normal deviates by their quantiles',
} as const;

function epochsOf({ plan, members }: TrainedEnsemble): string[] {
  const trained = members.map(({ history }) => history.length).filter((own) => own > 0);
  if (trained.length === 0) return [];
  const [few, many] = [least(trained), largest(trained)];
  const planned = largest(plan.members.map((spec) => (hasEpochs(spec) ? spec.epochs : 0)));
  const text = few === many ? grouped(few) : `${grouped(few)} to ${grouped(many)}`;
  return [`Epochs: ${text}, of at most ${grouped(planned)}${stopping(plan.members)}`];
}

function least(values: readonly number[]): number {
  return -largest(values.map((value) => -value));
}

/** How rows were drawn, each way once. */
function resampling(specs: readonly MemberSpec[]): string[] {
  const ways = new Set(
    specs.map(({ resample, featureShare }) => {
      const share = 'share' in resample && resample.share !== 1 ? ` of ${percent(resample.share, 0)}` : '';
      const features = featureShare === 1 ? '' : `, ${percent(featureShare, 0)} of the features`;
      const rows =
        resample.kind === 'cv' ? `all but one of ${resample.folds} folds` : `${resample.kind}${share}`;
      return `${resample.kind === 'none' ? 'all rows' : rows}${features}`;
    }),
  );
  return [`Rows of a member: ${[...ways].join('; ')}`];
}

function optimisation(specs: readonly MemberSpec[]): string[] {
  const losses = new Set(specs.filter(hasEpochs).map(({ loss }) => loss));
  return losses.size === 0 ? [] : [`Loss: ${[...losses].join(', ')}`];
}

function stopping(specs: readonly MemberSpec[]): string {
  const on = new Set(
    specs.flatMap(({ earlyStopping }) => (earlyStopping === null ? [] : [earlyStopping.on])),
  );
  if (on.size === 0) return '';
  const rows = [...on].map((own) => (own === 'outOfBag' ? 'out-of-bag rows' : 'validation rows'));
  return `; stopped by ${rows.join(' or ')}, which count in no figure of that member`;
}
