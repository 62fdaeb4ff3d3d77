// A model card of an ensemble in the shape that Hugging Face reads: YAML at its head, then what the model is, is for and is
// worth. All of it is from the ensemble and what its file says; nothing is measured here.
// **Source:** Mitchell et al. (2019), Model cards for model reporting; huggingface.co/docs/hub/model-cards.

import { contentHash } from '../bundle/content-hash.js';
import type { Environment, StoredReport } from '../bundle/environment.js';
import type { TrainedEnsemble } from '../ensemble/ensemble.js';
import { failOption } from '../errors.js';
import { loadYaml } from '../files/yaml.js';
import { betweenBlocks, LONG_CALL_OPTIONS, type LongCallOptions } from '../long-calls.js';
import { checkOptions, type OptionTable, option } from '../option-names.js';
import type { EnsembleReport } from '../report/ensemble-report.js';
import { averaging, evaluation, memberList, trust } from './about-figures.js';
import { intendedUses, limits, modelDetails, opening } from './about-model.js';
import { trainingData, trainingProcedure } from './about-training.js';
import { howToStart, reproduce } from './about-use.js';
import type { CardFacts } from './card-facts.js';
import { frontMatter } from './front-matter.js';
import { paragraphs } from './markdown.js';

export interface ModelCardOptions extends LongCallOptions {
  /** What was measured of it: the report stored with it, as `Ensemble.inspect` gives it. @default none */
  readonly report?: StoredReport | null;
  /** Where it was saved, as `Ensemble.inspect` gives it. @default unknown */
  readonly environment?: Environment | null;
  /** What the model is called. @default 'ensemble' */
  readonly name?: string;
  /** What the training data is called. @default not named */
  readonly dataName?: string;
  /** Of the model, such as `mit`. @default none stated */
  readonly license?: string;
  /** The file to load it from, in the card’s examples. @default 'ensemble.tutti' */
  readonly file?: string;
}

const nonEmpty = {
  expected: 'text',
  holds: (value: unknown) => typeof value === 'string' && value.trim() !== '',
};

const OPTIONS = {
  ...LONG_CALL_OPTIONS,
  report: option.orNull(option.object),
  environment: option.orNull(option.object),
  name: nonEmpty,
  dataName: nonEmpty,
  license: nonEmpty,
  file: nonEmpty,
} satisfies OptionTable<ModelCardOptions>;

/**
 * The model card of an ensemble: Markdown with a head in YAML. Names of columns, classes and files stand in it as they are.
 * @throws ERR_OPTION for a report that is none.
 */
export async function makeModelCard(
  ensemble: TrainedEnsemble,
  options: ModelCardOptions = {},
): Promise<string> {
  checkOptions('modelCard', options, OPTIONS);
  const { environment = null, name = 'ensemble', dataName = null, license = null, signal } = options;
  await betweenBlocks(signal);
  const { file = 'ensemble.tutti' } = options;
  const report = await reportOf(options);
  const facts: CardFacts = {
    ...{ ensemble, report, environment, name, dataName, license, file },
    contentHash: contentHash(ensemble),
  };
  const { stringify } = await loadYaml();
  await betweenBlocks(signal);
  const body = paragraphs(
    opening(facts),
    modelDetails(facts),
    intendedUses(facts),
    limits(facts),
    evaluation(facts),
    trust(facts),
    averaging(facts),
    trainingData(facts),
    trainingProcedure(facts),
    memberList(facts),
    howToStart(facts),
    await reproduce(facts),
  );
  return `---\n${stringify(frontMatter(facts), { aliasDuplicateObjects: false })}---\n\n${body}\n`;
}

/** Reports come from files, which are believed nothing. */
async function reportOf({ report = null }: ModelCardOptions): Promise<EnsembleReport | null> {
  if (report === null) return null;
  const { parseReport } = await import('../report/report-schema.js');
  return parseReport(report) ?? failOption('report', 'a report as `Ensemble.inspect` gives it', report);
}
