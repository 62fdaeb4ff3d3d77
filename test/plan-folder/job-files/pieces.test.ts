import t from 'tap';
import { plannedPieces, pricedPieces, trialPieces } from '../../../src/plan-folder/job-files/pieces.js';
import type { TrainingOptions } from '../../../src/training/options/options.js';
import { planWork } from '../../../src/training/train-ensemble.js';
import { clusters } from '../../support/datasets.js';

const dataset = clusters(40, 3, 2);
const piecesOf = async (options: TrainingOptions, isLeft = (_member: number) => true) =>
  plannedPieces((await planWork(dataset, { seed: 1, ...options }, {})).plan, dataset, isLeft);

t.test('members by themselves are a piece each, at a cost of epochs × weights', async (t) => {
  const pieces = await piecesOf({ members: 3, hidden: [4], epochs: 10 });
  // 3 × 4 + 4 weights and biases in front of the hidden layer, 4 × 2 + 2 behind it.
  const own = { width: 1, kind: 'network', effort: 10 * (16 + 10) };
  t.same(
    pieces,
    [0, 1, 2].map((member) => ({ members: [member], ...own })),
  );
});

t.test('the snapshots of a run, and a tied group, are one piece', async (t) => {
  const snapshots = await piecesOf({ members: 2, hidden: [4], epochs: 10, snapshots: 2 });
  t.same(
    snapshots.map(({ members, width }) => ({ members, width })),
    [
      { members: [0, 1], width: 1 },
      { members: [2, 3], width: 1 },
    ],
  );
  const [rounds, ...none] = await piecesOf({ members: 3, hidden: [4], epochs: 2, tie: 0.1 });
  t.match(rounds, { members: [0, 1, 2], width: 3, effort: 3 * 2 * 26 });
  t.same(none, []);
  const [exact] = await piecesOf({ members: 3, hidden: [4], epochs: 2, tie: 0.1, tyingMode: 'exact' });
  t.equal(exact!.width, 1, 'one thread has a group in lockstep');
});

t.test('what is settled is left out, by whole pieces', async (t) => {
  const left = await piecesOf({ members: 2, hidden: [4], epochs: 4, snapshots: 2 }, (member) => member === 3);
  t.same(
    left.map(({ members }) => members),
    [[2, 3]],
  );
});

t.test('each kind is measured by its first, and tells what the others cost', async (t) => {
  const pieces = await piecesOf({
    members: [
      { hidden: [4], epochs: 10 },
      { hidden: [4], epochs: 30 },
      { engine: 'neighbours', neighbours: 3 },
      { engine: 'neighbours', neighbours: 5 },
    ],
  });
  t.same(
    trialPieces(pieces).map(({ members }) => members),
    [[0], [2]],
  );
  const [network, nearest] = trialPieces(pieces);
  const costs = new Map([
    [network!.kind, 500 / network!.effort],
    [nearest!.kind, 7 / nearest!.effort],
  ]);
  t.same(
    pricedPieces(pieces, costs).map(({ cost }) => Math.round(cost)),
    [500, 1500, 7, 7],
  );
});
