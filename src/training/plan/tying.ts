// Groups of tied runs: who belongs together, whether they can, and the mean that the next round is drawn to.
// When rounds are run, and by whom, is the business of coordinator/schedule.ts.

import type { Dataset } from '../../data/dataset/dataset.js';
import { drawFeatureSubset } from '../../data/resample.js';
import { type ParameterRange, stateShape } from '../../engines/wasm/tying.js';
import { failOption, TuttiError } from '../../errors.js';
import { allocateShared } from '../../memory/uncounted-bytes.js';
import type { LayerShape } from '../../model/layers.js';
import { layerShapes } from '../../model/network.js';
import type { TyingSpec } from '../../model/spec.js';
import { isTied, type Run, type TiedRun } from './runs.js';

/** What tied layers are drawn to: the mean of their group one round ago. */
export interface Anchor {
  /** The tied layers' values, one layer after the other. */
  readonly values: Float32Array<SharedArrayBuffer>;
  /** Live members of the group. */
  readonly memberCount: number;
}

/** Runs whose tying is equal, group number and all. */
export interface TyingGroup {
  readonly tying: TyingSpec;
  readonly runs: readonly TiedRun[];
}

/**
 * The plan's groups, in the order of their first runs.
 * @throws ERR_OPTION for a group of one; ERR_SHAPE for tied layers that differ, naming the members.
 */
export function listGroups(runs: readonly Run[], dataset: Dataset, seed: number): TyingGroup[] {
  return tiedRuns(runs).map((tied) => {
    checkGroup(tied, dataset, seed);
    return { tying: tied[0]!.spec.tying, runs: tied };
  });
}

/** Runs that are tied to each other, in the order of the first of each group. */
export function tiedRuns(runs: readonly Run[]): readonly (readonly TiedRun[])[] {
  const groups = new Map<string, TiedRun[]>();
  for (const run of runs) {
    if (!isTied(run)) continue;
    const key = JSON.stringify(run.spec.tying);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups.values()];
}

function checkGroup(runs: readonly TiedRun[], dataset: Dataset, seed: number): void {
  const first = runs[0]!;
  const tie = first.spec.tying;
  if (runs.length === 1) {
    const of = first.memberIndices[0];
    failOption(
      'tie',
      'for two members or more of equal tying options',
      `${tie.strength} for member ${of} alone`,
    );
  }
  const { features, task } = dataset;
  const shapes = layerShapes(first.spec, features, task);
  const layers = tie.layers === 'all' ? shapes.map((_, index) => index + 1) : tie.layers;
  const columns = inputColumns(first, features, seed);
  const others = new Set<string>();
  for (const run of runs.slice(1)) {
    // Plans of thousands of members have few different networks.
    const key = JSON.stringify([run.spec.network, run.spec.loss]);
    if (!others.has(key)) requireEqualLayers(first, run, layers, dataset);
    others.add(key);
    if (layers.includes(1) && inputColumns(run, features, seed) !== columns) failInputs(first, run);
  }
}

function requireEqualLayers(
  a: TiedRun,
  b: TiedRun,
  layers: readonly number[],
  { features, task }: Dataset,
): void {
  const [own, other] = [a, b].map((run) => layerShapes(run.spec, features, task)) as [
    readonly LayerShape[],
    readonly LayerShape[],
  ];
  for (const layer of layers) {
    const [x, y] = [own[layer - 1]!, other[layer - 1]];
    if (y !== undefined && parametersOf(x) === parametersOf(y)) continue;
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected tied layer ${layer} to have one shape in all members of its group, ` +
        `got ${describe(x)} in member ${a.memberIndices[0]} and ${y === undefined ? 'none' : describe(y)} in member ${b.memberIndices[0]}`,
      { layer, member: b.memberIndices[0]! },
    );
  }
  if (own.length !== other.length && a.spec.tying.layers === 'all') {
    throw new TuttiError(
      'ERR_SHAPE',
      `Expected members whose layers are all tied to have equally many, got ${own.length} in member ` +
        `${a.memberIndices[0]} and ${other.length} in member ${b.memberIndices[0]}`,
      { member: b.memberIndices[0]! },
    );
  }
}

/** All that places a layer's parameters; activations may differ. */
function parametersOf({ activation: _, ...shape }: LayerShape): string {
  return JSON.stringify(shape);
}

function describe({ inputs, units }: LayerShape): string {
  return `${inputs}×${units}`;
}

/** Which features a run sees, as a key. */
function inputColumns({ spec }: Run, features: number, seed: number): string {
  return String(drawFeatureSubset(spec.featureShare, seed, spec.streams.resample, features) ?? 'all');
}

function failInputs(a: TiedRun, b: TiedRun): never {
  throw new TuttiError(
    'ERR_OPTION',
    `Expected members ${a.memberIndices[0]} and ${b.memberIndices[0]} to see the same features, because their first layers ` +
      'are tied; leave layer 1 out of `tiedLayers`, or `featureShare` at 1',
    { option: 'featureShare', member: b.memberIndices[0]! },
  );
}

/**
 * The mean of the tied layers over resting runs, summed in plan order in double precision, so that it does not
 * depend on who finished first.
 */
export function groupMean(runs: readonly TiedRun[], { features, task }: Dataset): Anchor {
  const sources = runs.map(({ spec, state }) => ({
    values: state!.parameters,
    ranges: stateShape(spec, features, task).tied,
  }));
  const length = totalLength(sources[0]!.ranges);
  const sums = new Float64Array(length);
  for (const { values, ranges } of sources) {
    let at = 0;
    for (const { start, length: count } of ranges) {
      for (let i = 0; i < count; i++) sums[at + i]! += values[start + i]!;
      at += count;
    }
  }
  const mean = new Float32Array(allocateShared(length * 4));
  for (let i = 0; i < length; i++) mean[i] = sums[i]! / runs.length;
  return { values: mean, memberCount: runs.length };
}

function totalLength(ranges: readonly ParameterRange[]): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}
