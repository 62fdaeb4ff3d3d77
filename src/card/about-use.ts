// How to have a model’s answers, and how to have the model again.

import { MAX_CATEGORIES } from '../data/columns/column-options.js';
import type { FeatureColumn } from '../data/dataset/preprocessing-types.js';
import { defaultClip } from '../data/preprocessing/preprocessing.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { optionsOfPlan } from '../training/options/options-of-plan.js';
import type { CardFacts } from './card-facts.js';
import { code, fenced, paragraphs, section } from './markdown.js';

/** Columns of the row that is shown. */
const MOST_SHOWN = 6;

export function howToStart({ ensemble, file }: CardFacts): string | null {
  const rows =
    ensemble.preprocessing === null ? arrayText(ensemble) : recordText(ensemble.preprocessing.features);
  const answer =
    ensemble.task.kind === 'classification'
      ? 'console.log(row.label, row.probabilities);'
      : 'console.log(row.value, row.deviation);';
  const program = [
    "import { Ensemble } from 'tutti';",
    '',
    `const ensemble = await Ensemble.load(${JSON.stringify(file)});`,
    ...(ensemble.preprocessing === null
      ? [`const { mean } = await ensemble.predict({ x: ${rows}, rows: 1 });`, 'console.log(mean);']
      : [`const [row] = await ensemble.predict([${rows}]);`, answer]),
  ];
  const name = shellWord(file);
  const commands = [
    `tutti inspect ${name}`,
    ...(ensemble.preprocessing === null
      ? []
      : [`tutti predict ${name} new.csv --out predictions.csv`, `tutti evaluate ${name} test.csv`]),
  ];
  return section('How to start', fenced('js', program.join('\n')), fenced('sh', commands.join('\n')));
}

/** A row as it may be: means of numbers, a category of each. */
function recordText(columns: readonly FeatureColumn[]): string {
  const shown = columns.slice(0, MOST_SHOWN).map((column) => {
    const value =
      column.kind === 'numeric' ? Number(column.mean.toPrecision(3)) : (column.categories[0] ?? '');
    return `${JSON.stringify(column.column)}: ${JSON.stringify(value)}`;
  });
  const more = columns.length - shown.length;
  return `{ ${shown.join(', ')}${more > 0 ? `, /* and ${more} more columns */` : ''} }`;
}

function arrayText({ features }: TrainedEnsemble): string {
  return `new Float64Array(${features})`;
}

export async function reproduce(facts: CardFacts): Promise<string | null> {
  const { ensemble, environment, contentHash } = facts;
  const by = environment === null ? 'tutti' : `tutti ${environment.tutti}`;
  const options = optionsOfPlan(ensemble.plan, ensemble);
  const told = `It is the same model, byte for byte, when its content hash is ${code(contentHash)}.`;
  if (options === null)
    return section(
      'Reproduce',
      `Its plan cannot be said as options (it has modules, or members of several trainings); the file holds it whole: \`Ensemble.load\`, then \`ensemble.plan\`, ${by}. ${told}`,
    );
  const { stringify } = await (await import('../files/yaml.js')).loadYaml();
  const config = stringify({ ...dataOptions(ensemble), ...options });
  const arithmetic = ensemble.plan.arithmetic === 'fused' ? '' : ' --arithmetic strict';
  const command =
    ensemble.preprocessing === null
      ? null
      : fenced('sh', `tutti train FILE --config options.yaml${arithmetic} --out ${shellWord(facts.file)}`);
  return section(
    'Reproduce',
    `With ${by}, the training file as FILE, and these options${ensemble.preprocessing === null ? ', given to `trainEnsemble`' : ' in options.yaml'}:`,
    paragraphs(fenced('yaml', config), command),
    told,
  );
}

/** What its file knows of how the training file was read. */
function dataOptions({ plan, preprocessing, trainedOn }: TrainedEnsemble): object {
  if (preprocessing === null) return {};
  const {
    target,
    leftOut = [],
    features,
    unseen,
    weightColumn,
    groupColumn,
    timeColumn,
    timeGap,
    missing,
    missingTarget,
    scaling,
    softClip,
    clipShape,
  } = preprocessing;
  const numbers = features.filter((column) => column.kind === 'numeric');
  const together = new Set(numbers.map(({ mean, std }) => `${mean} ${std}`)).size === 1 && numbers.length > 1;
  const used = scaling ?? (together ? 'together' : 'columns');
  const clip = defaultClip(used);
  const declared = features.flatMap((column) =>
    column.kind === 'categorical' && column.declared === true ? [column.column] : [],
  );
  const split = trainedOn?.split ?? null;
  return {
    target: target.kind === 'classification' ? target.column : target.columns,
    // What nobody said is left to be guessed again, as a file knows whether it was said.
    ...(target.kind === 'regression' || target.declared === true ? { task: target.kind } : {}),
    ...(leftOut.length === 0 ? {} : { drop: leftOut.map(({ column }) => column) }),
    ...(declared.length === 0 ? {} : { categorical: declared }),
    ...(features.some(({ fill }) => fill !== null) ? { impute: imputeOf(features) } : {}),
    ...(features.some(({ indicator }) => indicator === true) ? { missingIndicators: true } : {}),
    ...(unseen === 'error' ? {} : { unseen }),
    ...maxCategoriesOf(features),
    ...(used === 'columns' ? {} : { scaling: used }),
    ...((softClip ?? null) === clip.softClip ? {} : { softClip: softClip ?? null }),
    ...(softClip === undefined || (clipShape ?? 'kneed') === clip.clipShape
      ? {}
      : { clipShape: clipShape ?? 'kneed' }),
    ...(target.kind === 'regression' && target.map !== undefined ? { targetScaling: target.map.kind } : {}),
    ...(weightColumn === null ? {} : { weightColumn }),
    ...(groupColumn === null ? {} : { groupColumn }),
    ...(timeColumn === undefined ? {} : { timeColumn }),
    ...(timeGap === undefined ? {} : { timeGap }),
    ...(missing === undefined ? {} : { missing }),
    ...(missingTarget === undefined ? {} : { missingTarget }),
    // `tutti train` splits by the seed that it trains by.
    ...(split === null || split.testShare === 0 || split.seed !== plan.seed
      ? {}
      : { testShare: split.testShare }),
  };
}

/** As many as have a feature of their own where others share one, or else enough for every column. */
function maxCategoriesOf(features: readonly FeatureColumn[]): { maxCategories?: number } {
  const columns = features.filter((feature) => feature.kind === 'categorical');
  const grouped = columns.find(({ others }) => others !== undefined);
  const most = Math.max(
    0,
    ...(grouped === undefined ? columns : [grouped]).map((own) => own.categories.length),
  );
  const usual = MAX_CATEGORIES.default;
  return most === usual || (grouped === undefined && most < usual) ? {} : { maxCategories: most };
}

/** Numbers filled by their mean show it; of categories alone either says the same. */
function imputeOf(features: readonly FeatureColumn[]): 'mean' | 'median' {
  const isMean = features.every(
    (column) =>
      column.kind !== 'numeric' ||
      column.fill === null ||
      Math.abs(column.fill - column.mean) <= 1e-9 * Math.max(1, Math.abs(column.mean)),
  );
  return isMean ? 'mean' : 'median';
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
