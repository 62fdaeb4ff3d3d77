// Between an ensemble in memory and the metadata of its file: the same facts, the history by columns, and
// the checks that no single field can make: members of the plan, tasks that agree, weights that fit.

import { contradictionOfCalibration } from '../calibration/contradiction.js';
import type { Conformity } from '../conformal/conformity.js';
import type { Task } from '../data/dataset/dataset.js';
import type { TargetMap } from '../data/dataset/encoding.js';
import { columnWidth } from '../data/dataset/feature-columns.js';
import type { ColumnRanges } from '../data/dataset/training-facts.js';
import { encodingFrom } from '../data/preprocessing/encoding-from.js';
import { storedEngineOf } from '../engines/stored-engines.js';
import type { EpochRecord, FailedMember, TrainedEnsemble, TrainedMember } from '../ensemble/ensemble.js';
import { describe, type ErrorCode, TuttiError } from '../errors.js';
import { sortedPlain } from '../files/sorted-plain.js';
import type { MemberSpec } from '../model/spec.js';
import { isSameData } from '../same-data.js';
import { VERSION } from '../version.js';
import type { Environment, StoredReport } from './environment.js';
import type {
  FailureMetadata,
  FormerMetadata,
  MemberMetadata,
  Metadata,
  TimedMetadata,
  UntrustedMetadata,
} from './schema.js';

/**
 * The metadata that describes an ensemble; the report loses what JSON cannot say.
 * @param conformityBytes how long its conformity is, which lies behind the members; null for none.
 */
export function metadataOf(
  ensemble: TrainedEnsemble,
  report: StoredReport | null,
  conformityBytes: number | null,
): Metadata {
  const { members, failures, ...rest } = ensemble;
  return structuredClone({
    plan: sortedPlain(rest.plan),
    task: rest.task,
    features: rest.features,
    encoding: rest.encoding,
    preprocessing: sortedPlain(rest.preprocessing),
    datasetHash: rest.datasetHash,
    trainedOn: rest.trainedOn,
    members: members.map(describeMember),
    failures: failures.map(describeFailure),
    complete: rest.complete,
    executors: rest.executors,
    baseline: sortedPlain(rest.baseline),
    calibration: sortedPlain(rest.calibration),
    conformityBytes,
    environment: environmentNow(),
    report: report === null ? null : plainReport(report),
  }) as Metadata;
}

/** @throws ERR_OPTION for what JSON cannot say at all. */
function plainReport(report: StoredReport): StoredReport {
  try {
    return JSON.parse(JSON.stringify(report));
  } catch (error) {
    const message = `Expected \`report\` to be plain JSON, got ${describe(report)}: ${(error as Error).message}`;
    throw new TuttiError('ERR_OPTION', message, { option: 'report' }, error);
  }
}

/** The ensemble that metadata makes up with weights and stored models, in the order of its members. */
export function ensembleFrom(
  metadata: Metadata,
  stored: readonly Pick<TrainedMember, 'parameters' | 'model'>[],
  conformity: Conformity | null,
): TrainedEnsemble {
  return {
    plan: metadata.plan,
    task: metadata.task,
    features: metadata.features,
    encoding: metadata.encoding,
    preprocessing: metadata.preprocessing,
    datasetHash: metadata.datasetHash,
    trainedOn: metadata.trainedOn,
    members: metadata.members.map((member, at) => memberFrom(member, stored[at]!)),
    failures: metadata.failures.map(failureFrom),
    complete: metadata.complete,
    wallMs: null,
    executors: metadata.executors,
    baseline: metadata.baseline,
    calibration: metadata.calibration,
    conformity,
  };
}

/** Metadata of formats 1 and 2 as format 3 has it: scales are an encoding, the training rows are not known. */
export function withEncoding({ targetScale, featureScale, ...common }: FormerMetadata): TimedMetadata {
  const { preprocessing } = common;
  const arrays = featureScale === null ? null : { ...featureScale, softClip: null };
  const features = preprocessing === null ? arrays : encodingFrom(preprocessing).features;
  return structuredClone({
    ...common,
    encoding: { features, targets: targetScale },
    trainedOn: null,
  }) as TimedMetadata;
}

/** Metadata of format 3 as format 4 has it. */
export function withoutTimes({ wallMs: _, environment, ...others }: TimedMetadata): UntrustedMetadata {
  const { savedAt: _savedAt, ...where } = environment;
  return { ...others, environment: where };
}

/** Metadata of format 4 in today's form. */
export function withoutTrust(metadata: UntrustedMetadata): Metadata {
  return { ...metadata, baseline: null, calibration: null, conformityBytes: null };
}

/** What contradicts itself in metadata whose every field is fine, or null. */
export function findContradiction(metadata: Metadata): string | null {
  return (
    contradictionOfTask(metadata) ??
    contradictionOfPreprocessing(metadata) ??
    contradictionOfRanges(metadata) ??
    contradictionOfMembers(metadata) ??
    contradictionOfBaseline(metadata) ??
    (metadata.calibration && contradictionOfCalibration(metadata.calibration, metadata.task))
  );
}

function contradictionOfTask({ task, encoding, features, plan }: Metadata): string | null {
  const { features: scale, targets } = encoding;
  const names = task.kind === 'classification' ? task.classes : task.targets;
  if (new Set(names).size !== names.length) return 'a class or target is named twice';
  const scales = task.kind === 'classification' ? 0 : names.length;
  for (const list of [targets.mean, targets.std, ...listsOfMap(targets.map)]) {
    if (list.length !== scales) return `${list.length} target scales for ${scales} targets`;
  }
  if (
    scale !== null &&
    [scale.mean, scale.std, scale.softClip, scale.quantiles ?? null].some(
      (list) => list !== null && list.length !== features,
    )
  ) {
    return `feature scales of another length than ${features}`;
  }
  for (const [index, spec] of plan.members.entries()) {
    const contradiction = storedEngineOf(spec).contradiction(spec, features, task);
    if (contradiction !== null) return `member ${index}'s ${contradiction}`;
  }
  return null;
}

function listsOfMap(map: TargetMap | undefined): readonly (readonly unknown[])[] {
  if (map === undefined) return [];
  return map.kind === 'log' ? [map.shift, map.mean, map.std] : [map.quantiles];
}

function contradictionOfMembers({
  plan,
  members,
  failures,
  complete,
  task,
  features,
}: Metadata): string | null {
  const planned = plan.members.length;
  let previous = -1;
  if (members.every(({ averagingWeight }) => averagingWeight === 0)) return 'no member counts in an average';
  for (const member of members) {
    const { index } = member;
    if (index <= previous || index >= planned) return `member ${index} is out of order or not planned`;
    previous = index;
    const spec = plan.members[index]!;
    const contradiction = contradictionOfStored(member, spec, features, task);
    if (contradiction !== null) return contradiction;
  }
  const finished = new Set(members.map(({ index }) => index));
  const badFailure = failures.find(({ index }) => index >= planned || finished.has(index));
  if (badFailure !== undefined) return `member ${badFailure.index} cannot have failed`;
  if (complete !== (members.length === planned))
    return `${members.length} of ${planned} members, complete: ${complete}`;
  return null;
}

/** Weights and a stored model of the lengths that the member's spec leads to; null when they are. */
export function contradictionOfStored(
  { index, parameters, inBagRows, modelBytes }: MemberMetadata,
  spec: MemberSpec,
  features: number,
  task: Task,
): string | null {
  const engine = storedEngineOf(spec);
  if ((modelBytes !== null) !== engine.storesModel) {
    return `member ${index} of engine ${spec.engine} has ${modelBytes === null ? 'no' : 'a'} stored model`;
  }
  const expected = engine.weightsLength(spec, features, task, inBagRows);
  if (expected !== null && parameters !== expected) {
    return `member ${index} has ${parameters} weights where its spec makes ${expected}`;
  }
  const contradiction = engine.memberContradiction?.(spec, inBagRows) ?? null;
  return contradiction === null ? null : `member ${index} ${contradiction}`;
}

/** The fitted preprocessing must make the very columns and targets that the members were trained on. */
function contradictionOfPreprocessing(metadata: Metadata): string | null {
  const { preprocessing, task, features, encoding } = metadata;
  if (preprocessing === null) return null;
  const made = preprocessing.features.reduce((sum, feature) => sum + columnWidth(feature), 0);
  if (made !== features) return `its preprocessing makes ${made} features where members take ${features}`;
  if (!isSameData(encoding, encodingFrom(preprocessing))) {
    return 'its preprocessing has other scales than its encoding';
  }
  const { target } = preprocessing;
  const fits =
    target.kind === 'classification'
      ? task.kind === 'classification' && isSameData(target.classes, task.classes)
      : task.kind === 'regression' && isSameData(target.columns, task.targets);
  return fits ? null : 'its preprocessing has other targets than its task';
}

/** Ranges of the right number of columns, low below high. */
function contradictionOfRanges({ trainedOn, features, task }: Metadata): string | null {
  if (trainedOn === null) return null;
  const { featureRanges, targetRange } = trainedOn;
  if ((targetRange !== null) !== (task.kind === 'regression')) return `a target range for ${task.kind}`;
  if (!isRange(featureRanges, features)) return 'feature ranges that are none';
  const targets = task.kind === 'regression' ? task.targets.length : 0;
  return targetRange === null || isRange(targetRange, targets) ? null : 'target ranges that are none';
}

function isRange({ low, high }: ColumnRanges, columns: number): boolean {
  return low.length === columns && high.length === columns && low.every((end, i) => end <= high[i]!);
}

/** As many outputs, and weights of a linear model, as the task and the features make. */
function contradictionOfBaseline({ baseline, task, features }: Metadata): string | null {
  if (baseline === null) return null;
  const outputs = task.kind === 'classification' ? task.classes.length : task.targets.length;
  const { constant, linear } = baseline;
  if (constant.length !== outputs) return `a baseline of ${constant.length} outputs for ${outputs}`;
  if (linear === null) return null;
  const { weights, bias } = linear;
  const fits = bias.length === outputs && weights.length === features * outputs;
  return fits ? null : `a linear baseline of another size than ${features} features × ${outputs} outputs`;
}

/** A member beside its weights and stored model. */
export function describeMember(member: TrainedMember): MemberMetadata {
  const { index, epoch, inBagRows, averagingWeight = 1, parameters, model, history } = member;
  return {
    index,
    epoch,
    inBagRows,
    averagingWeight,
    parameters: parameters.length,
    modelBytes: model?.length ?? null,
    history: historyColumns(history),
  };
}

export function historyColumns(history: readonly EpochRecord[]): MemberMetadata['history'] {
  return {
    epoch: history.map((record) => record.epoch),
    loss: history.map((record) => record.loss),
    learningRate: history.map((record) => record.learningRate),
    validationLoss: history.map((record) => record.validationLoss ?? null),
  };
}

/** The reverse of {@link describeMember}. */
export function memberFrom(
  { index, epoch, inBagRows, averagingWeight, history }: MemberMetadata,
  stored: Pick<TrainedMember, 'parameters' | 'model'>,
): TrainedMember {
  return {
    index,
    epoch,
    inBagRows,
    ...(averagingWeight === 1 ? {} : { averagingWeight }),
    history: historyRows(history),
    ...stored,
  };
}

export function describeFailure({ index, error: { code, message, details } }: FailedMember): FailureMetadata {
  return { index, code, message, details: sortedPlain(details) };
}

export function historyRows({
  epoch,
  loss,
  learningRate,
  validationLoss,
}: MemberMetadata['history']): EpochRecord[] {
  return epoch.map((number, i) => {
    const record = { epoch: number, loss: loss[i]!, learningRate: learningRate[i]! };
    const validation = validationLoss[i]!;
    return validation === null ? record : { ...record, validationLoss: validation };
  });
}

export function failureFrom({ index, code, message, details }: FailureMetadata): FailedMember {
  return { index, error: { code: code as ErrorCode, message, details } };
}

function environmentNow(): Environment {
  return {
    tutti: VERSION,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
  };
}
