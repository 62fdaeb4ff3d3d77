// Ensembles of the same data as one: every member keeps its seed and its random streams, so that what was out of bag for
// it is known as before and out-of-bag figures are over all members.

import type { TaskKind } from '../data/dataset/dataset.js';
import { engineOf } from '../engines/registry.js';
import { failOption, TuttiError } from '../errors.js';
import { type EnsemblePlan, type MemberSpec, type ModuleSpec, SOURCES, seedOf } from '../model/spec.js';
import { isSameData } from '../same-data.js';
import {
  isOfMasks,
  isWeighed,
  NOT_YET_FITTED,
  requireIndependent,
  type TrainedEnsemble,
  totalMs,
} from './ensemble.js';

/**
 * One ensemble of the members of several, in their order, that were trained on the same dataset.
 *
 * @param ensembles at least one; member i of the second has index i + the members that the first planned, and so on.
 * @throws ERR_OPTION for what is no list of ensembles, when a member is in two of them, when their arithmetic, validation
 * share or preprocessing differ, or for members with averaging weights and for masks; ERR_DATA when the datasets differ,
 * naming both by their hashes.
 *
 * **Source:** Breiman, "Bagging predictors", 1996: members are drawn independently, so those of two ensembles make one.
 */
export function joinRecords<Kind extends TaskKind>(
  ensembles: readonly TrainedEnsemble<Kind>[],
): TrainedEnsemble<Kind> {
  const [first] = Array.isArray(ensembles) ? ensembles : [];
  if (first === undefined) return failOption('ensembles', 'a list of at least one ensemble', ensembles);
  const stranger = ensembles.findIndex((ensemble) => !isEnsemble(ensemble));
  if (stranger >= 0) failOption(`ensembles[${stranger}]`, 'an ensemble', ensembles[stranger]);
  for (const [at, ensemble] of ensembles.entries()) requireJoinable(first, ensemble, at);
  requireDistinct(ensembles);
  const members = ensembles.flatMap(({ plan }) => plan.members.map((spec) => seeded(first.plan, plan, spec)));
  const starts = ensembles.map((_, at) => sum(ensembles.slice(0, at), ({ plan }) => plan.members.length));
  const moved = <Own extends { readonly index: number }>(own: readonly Own[], at: number) =>
    own.map((one) => ({ ...one, index: one.index + (starts[at] ?? 0) }));
  const retried = ensembles.flatMap((ensemble, at) => moved(ensemble.retried ?? [], at));
  const modules = ensembles.flatMap(({ allowedModules = [] }) => allowedModules);
  return {
    ...{ task: first.task, features: first.features, encoding: first.encoding },
    ...{ preprocessing: first.preprocessing, datasetHash: first.datasetHash },
    plan: { ...first.plan, members },
    trainedOn: ensembles.find(({ trainedOn }) => trainedOn !== null)?.trainedOn ?? null,
    members: ensembles.flatMap((ensemble, at) => moved(ensemble.members, at)),
    failures: ensembles.flatMap((ensemble, at) => moved(ensemble.failures, at)),
    ...(retried.length === 0 ? {} : { retried }),
    complete: ensembles.every(({ complete }) => complete),
    wallMs: totalMs(ensembles),
    // Of the same rows, whoever of them has it.
    baseline: ensembles.find(({ baseline }) => baseline !== null)?.baseline ?? null,
    ...NOT_YET_FITTED,
    executors: [...new Set(ensembles.flatMap(({ executors }) => executors))],
    ...(modules.length === 0 ? {} : { allowedModules: distinctModules(modules) }),
    ...(ensembles.some(({ isolate }) => isolate === 'process') ? { isolate: 'process' } : {}),
  };
}

function isEnsemble(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'plan' in value && 'members' in value;
}

function requireJoinable(first: TrainedEnsemble, own: TrainedEnsemble, at: number): void {
  const name = `ensembles[${at}]`;
  if (own.datasetHash !== first.datasetHash) {
    const message = `Expected \`${name}\` to be trained on the dataset of \`ensembles[0]\`, ${first.datasetHash}, got ${own.datasetHash}`;
    const hashes = { datasetHash: own.datasetHash, expectedHash: first.datasetHash };
    throw new TuttiError('ERR_DATA', message, { ensemble: at, ...hashes });
  }
  for (const part of ['arithmetic', 'validationShare'] as const) {
    if (own.plan[part] === first.plan[part]) continue;
    failOption(name, `of \`${part}\` ${first.plan[part]}, as \`ensembles[0]\` is`, own.plan[part]);
  }
  if (!isSameData(own.preprocessing, first.preprocessing)) {
    failOption(name, 'of the preprocessing that `ensembles[0]` has', 'another');
  }
  requireIndependent(own, name);
  if (isOfMasks(own)) {
    failOption(name, 'one that was trained', 'masks of a net');
  }
  if (isWeighed(own)) {
    failOption(name, 'one without averaging weights, which were weighed within it', 'one with weights');
  }
}

/** A member's spec in the joined plan, with its seed where that is not the plan's. */
function seeded(joined: EnsemblePlan, plan: EnsemblePlan, spec: MemberSpec): MemberSpec {
  const { seed: _, ...streams } = spec.streams;
  const seed = seedOf(plan, spec);
  return { ...spec, streams: seed === joined.seed ? streams : { ...streams, seed } };
}

/** The same options, seed and streams give the same member: it would count twice, and its errors would seem shared. */
function requireDistinct(ensembles: readonly TrainedEnsemble[]): void {
  const known = new Map<
    string,
    { readonly spec: MemberSpec; readonly at: number; readonly index: number }[]
  >();
  for (const [at, { plan }] of ensembles.entries()) {
    for (const [index, spec] of plan.members.entries()) {
      const key = JSON.stringify([seedOf(plan, spec), SOURCES.map((source) => spec.streams[source])]);
      const alike = known.get(key) ?? [];
      const twin = alike.find((other) => other.at !== at && isTwin(other.spec, spec));
      if (twin !== undefined) failTwin({ at, index }, twin);
      known.set(key, [...alike, { spec, at, index }]);
    }
  }
}

function isTwin(one: MemberSpec, other: MemberSpec): boolean {
  const hashed = (spec: MemberSpec) => engineOf(spec).hashed({ ...spec, streams: NO_STREAMS });
  return one.engine === other.engine && isSameData(hashed(one), hashed(other));
}

/** Compared apart. */
const NO_STREAMS = { resample: 0, init: 0, order: 0, masks: 0 };

interface Place {
  readonly at: number;
  readonly index: number;
}

function failTwin(member: Place, twin: Place): never {
  const name = ({ at, index }: Place) => `member ${index} of \`ensembles[${at}]\``;
  const message = `Expected members that are trained once, got ${name(member)}, which is ${name(twin)}; train with another seed`;
  throw new TuttiError('ERR_OPTION', message, {
    option: 'ensembles',
    ensemble: member.at,
    member: member.index,
  });
}

function distinctModules(modules: readonly ModuleSpec[]): readonly ModuleSpec[] {
  return [...new Map(modules.map((module) => [module.hash, module])).values()];
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
