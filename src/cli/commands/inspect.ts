// `tutti inspect`: what a saved ensemble is, without predicting with it.

import { stat } from 'node:fs/promises';
import { type InspectedEnsemble, inspectEnsemble } from '../../bundle/load.js';
import { engineOf } from '../../engines/registry.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { memberAccount } from '../../ensemble/member-account.js';
import { averagingWeights } from '../../ensemble/predict/averaging-weights.js';
import { sortedJson } from '../../files/sorted-plain.js';
import { largest } from '../../math/statistics.js';
import { specDifferences } from '../../model/options/spec-differences.js';
import type { MemberSpec } from '../../model/spec.js';
import { accountLines } from '../../report/account-text.js';
import { calibrationJson, calibrationLines } from '../../report/calibration-text.js';
import { reportJson } from '../../report/report-json.js';
import { parseReport } from '../../report/report-schema.js';
import { reportLines } from '../../report/report-text.js';
import type { TextRow } from '../../report/text-table.js';
import { byteSize, counted, figure, rangeText, shortList } from '../../report/words.js';
import { type CommandDefinition, JSON_ROW } from '../options/command.js';
import { paletteOf, print, printJson } from '../terminal/terminal.js';
import { failureTexts } from '../text/failure-text.js';

export const command: CommandDefinition = {
  arguments: [{ name: 'ensemble', description: 'saved ensemble' }],
  options: [JSON_ROW],
  examples: ['tutti inspect digits.tutti', 'tutti inspect digits.tutti --json'],
  async run([path], { json }) {
    const inspected = await inspectEnsemble(path!);
    const modifiedAt = (await stat(path!)).mtime.toISOString();
    if (json === true) printJson({ ...inspectionJson(inspected), modifiedAt });
    else for (const line of inspectionLines(path!, modifiedAt, inspected)) print(line);
    return 0;
  },
};

/** Members that share all but their random streams, as one entry. */
interface SpecGroup {
  readonly memberIndices: readonly number[];
  /** Of the first of them. */
  readonly spec: MemberSpec;
}

function groupSpecs(specs: readonly MemberSpec[]): SpecGroup[] {
  const groups = new Map<string, { memberIndices: number[]; spec: SpecGroup['spec'] }>();
  for (const [index, spec] of specs.entries()) {
    const key = sortedJson(withoutStreams(spec));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { memberIndices: [index], spec });
    else group.memberIndices.push(index);
  }
  return [...groups.values()];
}

function withoutStreams({ streams: _, ...spec }: MemberSpec): object {
  return spec;
}

/** The same for programs. */
export function inspectionJson({ ensemble, report, ...file }: InspectedEnsemble): object {
  const { plan, task, features, members, failures, complete, datasetHash, preprocessing } = ensemble;
  const figures = parseReport(report);
  return {
    contentHash: file.contentHash,
    complete,
    planned: plan.members.length,
    members: members.length,
    account: memberAccount(ensemble),
    seed: plan.seed,
    arithmetic: plan.arithmetic,
    task,
    features,
    datasetHash,
    specs: groupSpecs(plan.members).map(({ memberIndices, spec }) => ({
      members: memberIndices,
      ...withoutStreams(spec),
    })),
    trained: members.map(({ index, epoch, inBagRows, averagingWeight = 1, parameters, model, history }) => ({
      index,
      epoch,
      inBagRows,
      averagingWeight,
      weights: parameters.length,
      ...(model === null ? {} : { modelBytes: model.length }),
      loss: history.at(-1)?.loss ?? null,
    })),
    failures: failures.map(({ index, error: { code, message, details } }) => ({
      index,
      code,
      message,
      details,
    })),
    preprocessing,
    calibration: calibrationJson(ensemble.calibration, task),
    baseline: ensemble.baseline,
    conformity: conformityJson(ensemble),
    executors: ensemble.executors,
    formatVersion: file.formatVersion,
    bytes: file.bytes,
    environment: file.environment,
    report: figures === null ? report : reportJson(figures),
  };
}

/** What is printed of a saved ensemble. @param modifiedAt its file's own time. */
export function inspectionLines(path: string, modifiedAt: string, inspected: InspectedEnsemble): string[] {
  const { ensemble, environment, bytes } = inspected;
  const { plan, task, members, failures, complete, features, executors } = ensemble;
  const planned = plan.members.length;
  const outputs = task.kind === 'classification' ? task.classes : task.targets;
  const weights = members.reduce((sum, own) => sum + own.parameters.length, 0);
  const models = members.reduce((sum, { model }) => sum + (model?.length ?? 0), 0);
  const rows: TextRow[] = [
    ['contentHash', inspected.contentHash],
    ['members', complete ? `${planned}` : `${members.length} of ${planned} (incomplete)`],
    ...accountLines(memberAccount(ensemble)).map((line): TextRow => ['', line]),
    ['task', `${task.kind} of ${features} features: ${shortList(outputs)}`],
    ['weights', counted(weights, 'number')],
    ...(models === 0 ? [] : [['models', byteSize(models)]]),
    ['plan', `seed ${plan.seed}, ${plan.arithmetic} arithmetic`],
    ...columnsRow(ensemble),
    ...specRows(plan.members),
    ...averagingRow(ensemble),
    ...trustRows(ensemble),
    ...(executors.length === 0 ? [] : [['kernels', executors.join(' and ')]]),
    ['saved', `${modifiedAt}, as the file's own time has it`],
    [
      'by',
      `tutti ${environment.tutti}, Node.js ${environment.node}, ${environment.platform} ${environment.arch}`,
    ],
    ...failureTexts(failures).map(({ index, text }): TextRow => [`failed ${index}`, text]),
  ];
  const width = largest(rows.map(([label]) => label!.length));
  const lines = rows.map(([label, value]) => `  ${label!.padEnd(width)}  ${value}`);
  const palette = paletteOf(process.stdout);
  const report = parseReport(inspected.report);
  const measured = report === null ? [] : reportLines(report, palette);
  return [
    palette.bold(`${path} (${byteSize(bytes)})`),
    ...lines,
    ...(measured.length === 0 ? [] : ['', 'Measured when it was trained:', ...measured]),
  ];
}

/** One line for each setting, with the options in which it differs from the others and which it does not show. */
function specRows(specs: readonly MemberSpec[]): TextRow[] {
  const groups = groupSpecs(specs);
  const differences = specDifferences(groups.map(({ memberIndices }) => specs[memberIndices[0]!]!));
  return groups.map(({ memberIndices, spec }, at) => {
    const text = specText(spec);
    const more = differences[at]!.filter((difference) => !text.includes(difference));
    return [`members ${rangeText(memberIndices)}`, [text, ...more].join('; ')];
  });
}

/** The columns that predict, with the categories of each; nothing for an ensemble trained on arrays. */
function columnsRow({ preprocessing }: TrainedEnsemble): TextRow[] {
  if (preprocessing === null) return [];
  const columns = preprocessing.features.map((feature) => {
    if (feature.kind === 'numeric') return feature.column;
    const { length } = feature.categories;
    return `${feature.column} (${counted(length, 'category', 'categories')}: ${shortList(feature.categories, MOST_CATEGORIES)}${feature.others === undefined ? '' : '; all others share a feature'})`;
  });
  return [['columns', shortList(columns)]];
}

/** Categories shown of each column. */
const MOST_CATEGORIES = 4;

function specText(spec: SpecGroup['spec']): string {
  const { resample, featureShare } = spec;
  const share = 'share' in resample && resample.share !== 1 ? ` ${resample.share}` : '';
  const rows = resample.kind === 'cv' ? `cv of ${resample.folds} folds` : `${resample.kind}${share}`;
  const features = featureShare === 1 ? '' : `, ${figure(100 * featureShare, 2)} % of features`;
  return `${engineOf(spec).describe(spec)}; rows: ${rows}${features}`;
}

/** How probabilities are calibrated, and what sets and intervals are made of. */
function trustRows({ calibration, conformity, task }: TrainedEnsemble): TextRow[] {
  const lines = calibration === null ? [] : calibrationLines(calibration, task);
  return [
    ...lines.map((line, at): TextRow => [at === 0 ? 'calibration' : '', line]),
    ...(conformity === null
      ? []
      : [['guarantees', `${conformity.method}, of ${counted(conformity.rows, 'row')}`]]),
  ];
}

/** Without its scores, which grow with the rows. */
function conformityJson({ conformity }: TrainedEnsemble): object | null {
  if (conformity === null) return null;
  const { method, aggregator, rows } = conformity;
  return { method, aggregator, rows };
}

/** The weights of members in averages, where they differ. */
function averagingRow(ensemble: TrainedEnsemble): TextRow[] {
  const weights = averagingWeights(ensemble);
  return weights === null
    ? []
    : [['averaged', `with weights ${weights.map((own) => figure(own, 3)).join(', ')}`]];
}
