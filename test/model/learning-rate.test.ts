// Learning rate schedules against their closed forms.

import t from 'tap';
import { decayFactor, scheduleFactor } from '../../src/model/learning-rate.js';
import { cycleOf } from '../../src/model/snapshots.js';
import type { ScheduleSpec } from '../../src/model/spec.js';

const STEPS = 10;
const EPOCHS = 6;

function factors(schedule: ScheduleSpec): number[] {
  return Array.from({ length: STEPS * EPOCHS }, (_, step) => scheduleFactor(schedule, step, STEPS, EPOCHS));
}

function nearly(t: { ok(value: boolean, message: string): unknown }, actual: number, expected: number) {
  t.ok(Math.abs(actual - expected) < 1e-12, `${actual} is ${expected}`);
}

t.test('constant is one throughout', async (t) => {
  t.ok(factors({ kind: 'constant', warmupEpochs: 0 }).every((factor) => factor === 1));
});

t.test('step falls by the factor every so many epochs', async (t) => {
  const all = factors({ kind: 'step', everyEpochs: 2, factor: 0.5, warmupEpochs: 0 });
  all.forEach((factor, step) => {
    nearly(t, factor, 0.5 ** Math.floor(step / STEPS / 2));
  });
});

t.test('cosine goes from 1 to its final factor along half a cosine', async (t) => {
  const all = factors({ kind: 'cosine', finalFactor: 0.1, warmupEpochs: 0 });
  const last = STEPS * EPOCHS - 1;
  all.forEach((factor, step) => {
    nearly(t, factor, 0.1 + 0.9 * 0.5 * (1 + Math.cos((Math.PI * step) / last)));
  });
  nearly(t, all[0]!, 1);
  nearly(t, all.at(-1)!, 0.1);
});

t.test('flatCos is one for its share of the steps and then goes down along half a cosine', async (t) => {
  const all = factors({ kind: 'flatCos', flatShare: 0.75, finalFactor: 0.1, warmupEpochs: 0 });
  const [start, last] = [45, STEPS * EPOCHS - 1];
  all.forEach((factor, step) => {
    const t1 = Math.max(0, step - start) / (last - start);
    nearly(t, factor, 0.1 + 0.9 * 0.5 * (1 + Math.cos(Math.PI * t1)));
  });
});

t.test('coslog4 has four waves, each about twice as long, and ends at zero', async (t) => {
  const steps = 1500;
  const schedule: ScheduleSpec = { kind: 'coslog4', warmupEpochs: 0 };
  const all = Array.from({ length: steps }, (_, step) => scheduleFactor(schedule, step, steps, 1));
  all.forEach((factor, step) => {
    nearly(t, factor, (1 - Math.cos(2 * Math.PI * Math.log2(1 + (15 * (step + 0.5)) / steps))) / 2);
  });
  // 1 + 15t is a power of two at its zeros, and halfway between two of them in powers at its tops.
  for (const [end, top] of [
    [100, Math.SQRT2 - 1],
    [300, 2 ** 1.5 - 1],
    [700, 2 ** 2.5 - 1],
    [1500, 2 ** 3.5 - 1],
  ] as const) {
    t.ok(all[end - 1]! < 1e-3 && all[Math.floor(top * 100)]! > 0.999, `${end}`);
  }
});

t.test('fastGeometric is one, then goes down to each member and up between them', async (t) => {
  const schedule: ScheduleSpec = {
    ...{ kind: 'fastGeometric', cycles: 3, finalFactor: 0.1, trajectoryStart: 0.5, warmupEpochs: 0 },
  };
  const epochs = 20;
  const all = Array.from({ length: epochs * STEPS }, (_, step) =>
    scheduleFactor(schedule, step, STEPS, epochs),
  );
  t.ok(all.slice(0, 10 * STEPS).every((factor) => factor === 1));
  let from = 0;
  // Half a cycle of two epochs, then two of four.
  for (const [index, last] of [12, 16, 20].entries()) {
    const place = { epochs, schedule, snapshot: { index, of: 3 } };
    t.same(cycleOf(place), { first: from + 1, last });
    nearly(t, all[last * STEPS - 1]!, 0.1);
    from = last;
  }
  nearly(t, all[10 * STEPS]!, 1);
  nearly(t, Math.max(...all.slice(12 * STEPS, 16 * STEPS)), 0.1 + 0.9 * (1 - 1 / 39));
  const rise = all.slice(12 * STEPS, 14 * STEPS);
  t.ok(rise.every((factor, i) => i === 0 || factor > rise[i - 1]!));
});

t.test('decay is whole for half of the run and then goes down to zero', async (t) => {
  for (const step of [0, 10, 50]) nearly(t, decayFactor(step, 101), 1);
  nearly(t, decayFactor(75, 101), 0.5);
  nearly(t, decayFactor(100, 101), 0);
});

t.test('a warm-up rises linearly from above zero, then the schedule takes over', async (t) => {
  const warmup = 2 * STEPS;
  for (const schedule of [
    { kind: 'constant', warmupEpochs: 2 },
    { kind: 'cosine', finalFactor: 0, warmupEpochs: 2 },
  ] as const) {
    const all = factors(schedule);
    for (let step = 0; step < warmup; step++) nearly(t, all[step]!, (step + 1) / (warmup + 1));
    nearly(t, all[warmup]!, 1);
  }
  nearly(t, factors({ kind: 'cosine', finalFactor: 0, warmupEpochs: 2 }).at(-1)!, 0);
});

t.test('a run of one step, or all warm-up, divides by no zero', async (t) => {
  t.equal(scheduleFactor({ kind: 'cosine', finalFactor: 0.5, warmupEpochs: 0 }, 0, 1, 1), 1);
  t.equal(scheduleFactor({ kind: 'constant', warmupEpochs: 1 }, 0, 1, 1), 0.5);
});
