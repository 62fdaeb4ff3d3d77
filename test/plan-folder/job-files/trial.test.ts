import t from 'tap';
import type { PlannedPiece } from '../../../src/plan-folder/job-files/pieces.js';
import { measurePiece, type TrainTrial } from '../../../src/plan-folder/job-files/trial.js';
import type { TrainingProgress } from '../../../src/training/session/progress.js';

const piece: PlannedPiece = { members: [4, 5], width: 1, kind: 'network', effort: 50 };
const limits = { enoughMs: 1000, mostMs: 5000 };

/** A clock that goes when it is told to. */
function clock() {
  let ms = 0;
  return { now: () => ms, pass: (more: number) => (ms += more) };
}

/** As a training says it of work in members, of which two are planned. */
function progress(work: number, elapsedMs: number): TrainingProgress {
  const remainingMs = work === 0 ? null : (elapsedMs * (2 - work)) / work;
  return {
    planned: 2,
    done: 0,
    failed: 0,
    elapsedMs,
    remainingMs,
    loss: null,
    slots: [],
    hosts: null,
    fewerThreads: null,
  };
}

t.test('a piece that ends is measured from its first member on', async (t) => {
  const { now, pass } = clock();
  const train: TrainTrial = async (members, { onPlan }) => {
    t.same(members, [4, 5]);
    pass(700);
    onPlan();
    pass(300);
  };
  t.equal(await measurePiece(piece, train, limits, undefined, now), 300 / 50);
});

t.test('one that takes long is stopped when its pace is known', async (t) => {
  const { now, pass } = clock();
  const train: TrainTrial = async (_members, { onPlan, onProgress, signal }) => {
    pass(400);
    onPlan();
    pass(900);
    onProgress(progress(0.2, 1300));
    t.notOk(signal.aborted);
    pass(100);
    onProgress(progress(0.25, 1400));
    t.ok(signal.aborted);
    throw signal.reason;
  };
  // A quarter of a member, one of two, in a second.
  t.ok(Math.abs((await measurePiece(piece, train, limits, undefined, now)) - 8000 / 50) < 1e-9);
});

t.test('one of which nothing is heard takes a task at least', async (t) => {
  const { now, pass } = clock();
  const train: TrainTrial = async (_members, { onPlan, onProgress, signal }) => {
    onPlan();
    pass(4900);
    onProgress(progress(0, 4900));
    t.notOk(signal.aborted);
    pass(100);
    onProgress(progress(0, 5000));
    throw signal.reason;
  };
  t.equal(await measurePiece(piece, train, limits, undefined, now), 5000 / 50);
});

t.test('an error of the training, or of who waits for it, is the caller’s', async (t) => {
  await t.rejects(
    measurePiece(piece, () => Promise.reject(new Error('no threads')), limits),
    /no threads/,
  );
  const controller = new AbortController();
  const train: TrainTrial = async (_members, { signal }) => {
    controller.abort(new Error('Ctrl-C'));
    throw signal.reason;
  };
  await t.rejects(measurePiece(piece, train, limits, controller.signal), /Ctrl-C/);
});
