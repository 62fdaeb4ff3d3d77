// Predicts with trained networks, block of rows by block of rows, on the calling thread.

import { outputCount, type TargetScale, type Task } from '../../data/dataset/dataset.js';
import type { Operand } from '../../kernels/operand.js';
import type { ProgramBuilder } from '../../kernels/program-builder.js';
import type { RegionAllocator } from '../../memory/layout.js';
import { inputLayers } from '../../model/embedding-layer.js';
import type { UnitFactors } from '../../model/layer-types.js';
import { BLOCK_ROWS } from '../../predictions/blocks.js';
import type { Predictions } from '../../predictions/predictions.js';
import { type CallableMember, LoadedNetworks, type TrainedNetwork } from './loaded-networks.js';
import { type AnsweredRows, callAnswers, ONE_ROW } from './losses.js';
import type { StageLayout } from './network-layout.js';
import { panelStrideOf, panelsOf } from './panels.js';
import { answerReader } from './prediction-head.js';
import type { ProgramSite } from './program-site.js';
import { STEP } from './step-block.js';

export interface NetworkPredictor {
  /**
   * Predicts encoded rows, f32[count, features], at most `blockRows`.
   * @returns one per member, in order, in the user's units; views that the next call overwrites.
   */
  predict(rows: Float32Array, count: number): readonly Predictions[];
  /** Gives the member at a position other factors; it must have been loaded with some. */
  setFactors(position: number, factors: UnitFactors): void;
  /**
   * How many (row, unit) pairs of `count` rows have an output of magnitude above `threshold`:
   * one list per member, one count per hidden layer.
   */
  countActive(rows: Float32Array, count: number, threshold: number): readonly (readonly number[])[];
  /** Gives its memory to whoever predicts next; views of it are not to be read any more. */
  dispose(): void;
  /** Takes its memory back and loads the weights anew. @returns whether that memory was still to be had. */
  resume(): boolean;
}

/**
 * Loads the members into a memory of their own, ready to predict.
 * @param loadedBytes of weights that stay loaded; the others take turns.
 */
export function createNetworkPredictor(
  site: ProgramSite,
  members: readonly TrainedNetwork[],
  features: number,
  task: Task,
  scale: TargetScale,
  blockRows: number = BLOCK_ROWS,
  loadedBytes?: number,
): NetworkPredictor {
  const outputs = outputCount(task);
  const answers = (regions: RegionAllocator, each = outputs) => regions.takeWords(blockRows * each);
  const loaded = new LoadedNetworks(site, {
    ...{ members, features, task, blockRows, loadedBytes, mode: 'predict' },
    what: `Predicting with ${members.length} members`,
    place: (regions) => ({
      pair: regions.take(panelsOf(blockRows) * panelStrideOf(2)),
      own: members.map(({ spec: { quantiles } }) => ({
        mean: answers(regions, outputs * (quantiles?.length ?? 1)),
        second: answers(regions),
      })),
    }),
    write(calls, callable, { pair, own }, gather) {
      const answer = (at: number, rows: AnsweredRows) => {
        const { output: z } = callable[at]!.network.stages.at(-1)!;
        callAnswers(calls, { z, pair, ...own[at]! }, members[at]!.spec, outputs, rows);
      };
      return writePredictions(calls, callable, gather, answer);
    },
  });
  const { buffer, places, segments, block } = loaded;
  const read = members.map(({ spec }, at) => {
    return answerReader(buffer, places.own[at]!, spec, outputs, scale);
  });
  const { together, alone } = segments;
  return {
    predict(rows, count) {
      const part = count === 1 ? 'row' : 'block';
      loaded.writeRows(rows, count);
      loaded.run(together[part]);
      for (const { member, segments: own } of alone) {
        loaded.takeTurn(member);
        loaded.run(own[part]);
      }
      return read.map((answers) => answers(count));
    },
    countActive(rows, count, threshold) {
      loaded.writeRows(rows, count);
      block.setNumber('threshold', threshold);
      loaded.run(segments.gather);
      return segments.forward.map((forward, member) => {
        loaded.takeTurn(member);
        loaded.run(forward);
        return segments.active[member]!.map((count) => loaded.run(count));
      });
    },
    setFactors: (member, factors) => loaded.setFactors(member, factors),
    dispose: () => loaded.dispose(),
    resume: () => loaded.resume(),
  };
}

/** Numbers of segments: of a block of rows, and of one. */
interface Answering {
  readonly block: number;
  readonly row: number;
}

interface PredictionSegments {
  /** Brings a block of rows before the members that see all columns. */
  readonly gather: number;
  /** The same, then all members whose weights stay. */
  readonly together: Answering;
  /** Each of the others, behind it. */
  readonly alone: readonly { readonly member: number; readonly segments: Answering }[];
  /** Of each member, its forward pass on a block of rows. */
  readonly forward: readonly number[];
  /** Of each member and each of its hidden layers, the count of what was active in the last forward pass. */
  readonly active: readonly (readonly number[])[];
}

function writePredictions(
  calls: ProgramBuilder,
  members: readonly CallableMember[],
  gather: (count: Operand) => void,
  answer: (member: number, rows: AnsweredRows) => void,
): PredictionSegments {
  const forward: number[] = [];
  const block = (member: number) => {
    forward[member] = calls.segment(() => members[member]!.callForward());
    answer(member, STEP);
  };
  const row = (member: number) => {
    members[member]!.callForwardRow();
    answer(member, ONE_ROW);
  };
  const all = [...members.keys()];
  const residents = all.filter((member) => members[member]!.stays);
  const guests = all.filter((member) => !members[member]!.stays);
  const together: Answering = {
    block: calls.segment(() => {
      gather(STEP.count);
      residents.forEach(block);
    }),
    row: calls.segment(() => {
      gather(1);
      residents.forEach(row);
    }),
  };
  const alone = guests.map((member) => {
    const segments = { block: calls.segment(() => block(member)), row: calls.segment(() => row(member)) };
    return { member, segments };
  });
  return {
    ...{ together, alone, forward },
    gather: calls.segment(() => gather(STEP.count)),
    active: members.map(({ network: { stages } }) =>
      stages
        .slice(inputLayers(stages.map(({ shape }) => shape)), -1)
        .map((stage) => countActive(calls, stage)),
    ),
  };
}

function countActive(calls: ProgramBuilder, { output, shape }: StageLayout): number {
  const { address, stride } = output;
  return calls.segment(() => calls.countActive(address, stride, shape.units, STEP.count, STEP.threshold));
}
