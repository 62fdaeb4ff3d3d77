// The way back from a plan to options that give it: for whoever wants to train an ensemble again that is only there as a
// file. What is found is held against the plan, so that it is right or not given at all.

import { engines, userModuleOf } from '../../engines/registry.js';
import type { TrainedEnsemble } from '../../ensemble/ensemble.js';
import { sortedJson } from '../../files/sorted-plain.js';
import { inputRuns } from '../../model/input-columns.js';
import type { NumberEmbedding } from '../../model/inputs.js';
import { isNetwork } from '../../model/network-members.js';
import type { OptionUser, Users } from '../../model/options/field.js';
import { SHARED_FIELDS } from '../../model/options/member-fields.js';
import type { TrainingOptions } from '../../model/options/training-options.js';
import { placeInRun } from '../../model/snapshots.js';
import {
  type EnsemblePlan,
  hasEpochs,
  type MemberSpec,
  type NetworkSpec,
  SOURCES,
} from '../../model/spec.js';
import { type PlanContext, resolvePlan } from './options.js';

type Plain = Readonly<Record<string, unknown>>;

/** More different members are not listed one by one. */
const MOST_LISTED = 64;

/**
 * Options that give a plan, without those that say what is so anyway. Members that began again with other streams, because
 * they had diverged, are taken as planned.
 * @param made what the plan was made for: a dataset, or an ensemble.
 * @returns null for a plan with modules of the user's, tangent vectors of its dataset, members of several trainings, or too
 * many that differ.
 */
export function optionsOfPlan(
  plan: EnsemblePlan,
  made: Pick<PlanContext, 'task' | 'features'> & Partial<Pick<TrainedEnsemble, 'preprocessing'>>,
): TrainingOptions | null {
  const { seed, arithmetic, validationShare } = plan;
  if (plan.members.some((spec) => userModuleOf(spec) !== null || spec.streams.seed !== undefined))
    return null;
  const { task, features, preprocessing = null } = made;
  const context: PlanContext = { task, features, inputColumns: inputRuns(preprocessing), seed, arithmetic };
  const runs = runsOf(plan);
  const varied = runs.slice(1).filter(({ streams }) => streams.reseeds === undefined);
  const vary = SOURCES.filter((source) => varied.some(({ streams }) => streams[source] !== 0));
  const own = runs.map((spec) => leastOptions(spec, context));
  if (!own.every((options) => options !== null)) return null;
  const givesPlan = (options: TrainingOptions) => {
    const given = resolved(options, context);
    return given !== null && isSamePlan(given, plan);
  };
  // Members alike embed numbers in turn where nobody says how.
  for (const options of [together(own.map(withoutEmbedding)), together(own)]) {
    if (options === null) continue;
    const all: TrainingOptions = {
      seed,
      ...options,
      ...(varied.length === 0 || vary.length === SOURCES.length ? {} : { vary }),
      ...(validationShare === 0 ? {} : { validationShare }),
    };
    if (givesPlan(all)) return all;
  }
  return null;
}

function withoutEmbedding({ numericEmbedding: _, embeddingSize: _size, ...others }: Plain): Plain {
  return others;
}

/** The first member of each run. */
function runsOf({ members }: EnsemblePlan): readonly MemberSpec[] {
  return members.filter((spec) => placeInRun(spec) === 0);
}

/** Whether a plan is another, but for the streams of members of that which diverged. */
function isSamePlan(given: EnsemblePlan, plan: EnsemblePlan): boolean {
  const text = ({ members, validationShare }: EnsemblePlan) => {
    const specs = members.map((spec, index) =>
      plan.members[index]?.streams.reseeds === undefined ? spec : withoutStreams(spec),
    );
    return sortedJson({ specs, validationShare });
  };
  return text(given) === text(plan);
}

/** The options of one member that make a difference; null where none give it. */
function leastOptions(spec: MemberSpec, context: PlanContext): Plain | null {
  const wanted = leavesOf(spec);
  const differencesOf = (options: Plain) => {
    const member = resolved({ ...options, members: 1 }, context)?.members[0];
    return member === undefined ? null : differences(wanted, leavesOf(member));
  };
  let least: Plain = {};
  // What is said in one round may show in the next what else differs from its default.
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const places = differencesOf(least);
    if (places === null) return null;
    if (places.length === 0) return withoutVain(least, (options) => differencesOf(options)?.length === 0);
    least = { ...least, ...Object.assign({}, ...places.map((place) => saying(place, spec, wanted))) };
  }
  return null;
}

/** Rounds until all is said, and one more. */
const MOST_ROUNDS = 5;

function withoutVain(options: Plain, isRight: (options: Plain) => boolean): Plain {
  let least = options;
  for (const name of Object.keys(options)) {
    const { [name]: _, ...others } = least;
    if (isRight(others)) least = others;
  }
  return least;
}

/** The numbers, words and lists of a spec by their places; nothing of what is off. */
function leavesOf(spec: MemberSpec): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (value: unknown, place: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object' || Array.isArray(value)) leaves.set(place, value);
    else for (const [key, own] of Object.entries(value)) visit(own, place === '' ? key : `${place}.${key}`);
  };
  visit(withoutStreams(spec), '');
  return leaves;
}

function differences(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter(
    (place) => sortedJson([a.get(place)]) !== sortedJson([b.get(place)]),
  );
}

function withoutStreams({ streams: _, ...spec }: MemberSpec): object {
  return spec;
}

function resolved(options: TrainingOptions, context: PlanContext): EnsemblePlan | null {
  try {
    return resolvePlan(options, context);
  } catch {
    return null;
  }
}

/** Options with their places in a spec, or the place's last word. */
const PLACES: readonly (readonly [place: string, name: string, users: readonly OptionUser[]])[] = [
  ...Object.entries<{ readonly spec?: string; readonly by: Users }>(SHARED_FIELDS).map(
    ([name, { spec, by }]) => [spec ?? name, name, by.groups] as const,
  ),
  ['engine', 'engine', ['member']],
];

/** The option that says what the spec of such a member has in a place; what is epochs of one is rounds of another. */
function optionAt(place: string, { engine }: MemberSpec): string | undefined {
  const own = engines.get(engine).optionUsers({});
  const isOwn = (users: readonly OptionUser[]) => users.some((user) => own.includes(user));
  const at = (wanted: string) => PLACES.find(([other, , users]) => other === wanted && isOwn(users))?.[1];
  return at(place) ?? at(place.split('.').at(-1)!);
}

/** The options that say what a spec has in a place. */
function saying(place: string, spec: MemberSpec, wanted: ReadonlyMap<string, unknown>): Plain {
  if (place.startsWith('network.') && isNetwork(spec)) return networkOptions(spec.network);
  if (place.startsWith('earlyStopping.')) return stoppingOptions(spec);
  const value = wanted.get(place);
  const name = optionAt(place, spec);
  // The cycles of snapshots say that their schedule is one of cycles.
  if (value === 'cyclicCosine') return {};
  if (value === 'fastGeometric') return { snapshotMode: value };
  if (isNetwork(spec) && spec.swag !== undefined) {
    if (place === 'snapshot.of') return { snapshots: value };
    if (place === 'snapshot.at') return { snapshotMode: 'swag' };
  }
  if (value === undefined || name === undefined) return {};
  return { [name]: value };
}

function stoppingOptions(spec: MemberSpec): Plain {
  const { earlyStopping } = spec;
  if (earlyStopping === null) return hasEpochs(spec) ? { earlyStopping: 'none' } : {};
  const { on, patience, optional } = earlyStopping;
  // One that nobody asked for follows from the resample.
  return { patience, ...(optional === true ? {} : { earlyStopping: on }) };
}

function inputOptions({ inputs }: NetworkSpec): Plain {
  if (inputs === undefined) return { numericEmbedding: 'none' };
  const { numbers, categories, scale } = inputs;
  return {
    inputScale: scale,
    ...(categories === null ? {} : { categoryEmbedding: 'learned', categoryEmbeddingSize: categories.size }),
    ...(numbers === null ? { numericEmbedding: 'none' } : numberOptions(numbers)),
  };
}

function numberOptions(numbers: NumberEmbedding): Plain {
  const numericEmbedding = numbers.kind;
  const size = numbers.size === null ? {} : { embeddingSize: numbers.size };
  if (numbers.kind === 'piecewiseLinear') return { numericEmbedding, ...size, embeddingBins: numbers.bins };
  const waves = { numericEmbedding, ...size, frequencyScale: numbers.scale };
  return numbers.kind === 'cosine' ? waves : { ...waves, embeddingFrequencies: numbers.frequencies };
}

function networkOptions(network: NetworkSpec): Plain {
  const { layers, image, init } = network;
  const dense = layers.flatMap((layer) => (layer.kind === 'dense' ? [layer] : []));
  const activation = dense[0]?.activation;
  const isPlain = dense.length === layers.length && dense.every((layer) => layer.activation === activation);
  return {
    init,
    ...inputOptions(network),
    ...(image === null ? {} : { image: `${image.channels}x${image.height}x${image.width}` }),
    ...(isPlain
      ? { hidden: dense.map(({ units }) => units), ...(activation === undefined ? {} : { activation }) }
      : { layers }),
  };
}

/** One object for runs that are alike, else what they share beside a list of what they do not; null for too many. */
function together(own: readonly Plain[]): TrainingOptions | null {
  const [first = {}] = own;
  const isShared = (name: string) =>
    own.every((options) => name in options && sortedJson(options[name]) === sortedJson(first[name]));
  const names = new Set(Object.keys(first).filter(isShared));
  const part = (options: Plain, shared: boolean) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => names.has(name) === shared));
  const members = own.map((options) => part(options, false));
  if (members.every((options) => Object.keys(options).length === 0))
    return { members: own.length, ...part(first, true) };
  return own.length > MOST_LISTED ? null : { ...part(first, true), members };
}
