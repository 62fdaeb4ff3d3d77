// Learning rate schedules against their closed forms.

import t from 'tap';
import { scheduleFactor } from '../../src/model/learning-rate.js';
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
